import { GraphQLError } from 'graphql';
import { builder } from './builder.ts';

/** Codes of `userErrors`, each with what it says to a client. */
const codes = {
  NOT_FOUND: 'There is nothing with that id, or the viewer may not see it.',
  INVALID: 'The value is not of the form that is asked for.',
  TOO_SHORT: 'The value is empty or too short.',
  TOO_LONG: 'The value is too long.',
  TOO_MANY: 'The list has too many entries.',
  TAKEN: 'Somebody else has it, or it is reserved.',
  ALREADY_EXISTS: 'It is done already.',
  GONE: 'It is over, or has been undone already.',
  SELF: 'This cannot be done to oneself.',
  BLOCKED: 'The viewer has blocked this person.',
  MODE_DISABLED: 'This community does not have this kind of relation; see `Community.mode`.',
  COOLDOWN: 'It was done too recently; the message says from when it works again.',
  FORBIDDEN: 'The viewer may not do this here.',
  LIMIT_REACHED: 'There are as many as there may be.',
  UNSUPPORTED_IMAGE: 'The content is not a PNG, JPEG, WebP or GIF image that can be read.',
  TOO_LARGE: 'The upload has too many bytes or pixels.',
  CONFLICT: 'The present state does not allow it; the message says what has to come first.',
} as const;
export type ErrorCode = keyof typeof codes;

/** One thing that kept a mutation from doing what was asked. `path` leads into the input. */
export interface UserError {
  code: ErrorCode;
  message: string;
  path: readonly string[];
}

/** Thrown inside a mutation to answer with `userErrors`; nothing has been written then. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly errors: readonly UserError[];
  constructor(errors: readonly UserError[]) {
    super(errors.map((e) => e.message).join(' '));
    this.errors = errors;
  }
}

/** A refusal with one error. */
export function refuse(code: ErrorCode, message: string, ...path: string[]): Refusal {
  return new Refusal([{ code, message, path }]);
}

export const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'Why a mutation did not do what was asked.',
  values: Object.fromEntries(
    Object.entries(codes).map(([code, description]) => [code, { description }]),
  ) as Record<ErrorCode, { description: string }>,
});

export const UserErrorRef = builder.objectRef<UserError>('UserError').implement({
  description:
    'Why a mutation did not do what was asked. Expected failures come here, in the payload; only malformed requests, missing rights, limits and bugs are top-level errors.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum, description: 'What kind of failure this is.' }),
    message: t.exposeString('message', {
      description: 'The failure in a sentence, in English, for developers.',
    }),
    path: t.field({
      type: ['String'],
      description:
        'Where in the input the failure lies, e.g. ["links", "1"]; empty when it lies in no single place.',
      resolve: (error) => [...error.path],
    }),
  }),
});

/** A malformed value outside of a mutation's own rules: a top-level error. */
export function badInput(message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', ...extensions } });
}

/** A request past a limit: the error names the limit, its value and what was asked for. */
export function limitExceeded(name: string, what: string, max: number, value: number): GraphQLError {
  return new GraphQLError(`${what}: at most ${max} allowed, this request has ${value}.`, {
    extensions: {
      code: 'LIMIT_EXCEEDED',
      limit: { name, max, value },
      http: { status: 400, spec: true },
    },
  });
}

/** More than there is in a budget for now: nothing has run. `retryAfter` is in seconds. */
export function rateLimited(budget: string, max: number, seconds: number, retryAfter: number): GraphQLError {
  return new GraphQLError(
    `Too much at once: \`${budget}\` has a budget of ${max} in ${seconds} seconds. Try again in ${retryAfter} s.`,
    {
      extensions: {
        code: 'RATE_LIMITED',
        retryAfter,
        budget: { name: budget, max, seconds },
        http: { status: 429, headers: { 'retry-after': String(retryAfter) } },
      },
    },
  );
}

/** No token where one is needed. */
export function unauthenticated(
  message: string,
  http?: { status: number; headers: Record<string, string> },
): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', ...(http ? { http } : {}) } });
}

/** What was there when the request began is gone, or out of the viewer's sight, by now. */
export function noLongerThere(): GraphQLError {
  return new GraphQLError('This is no longer there; ask again.', { extensions: { code: 'CONFLICT' } });
}

/** The viewer's account was deleted while their request ran. */
export function accountGone(): GraphQLError {
  return unauthenticated('The account of this token has been deleted.');
}

/** A right that is missing; `extensions` may say which. */
export function forbidden(message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN', ...extensions } });
}

/** Another system did not answer, and nothing is known here to answer with instead. `reason` says why, `sourcePath` where its answer was wrong. */
export function sourceUnavailable(
  message: string,
  source: {
    provider: string;
    instance: string | null;
    reason: string;
    sourcePath: readonly (string | number)[];
  },
): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'SOURCE_UNAVAILABLE', ...source } });
}
