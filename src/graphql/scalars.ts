import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { builder } from './builder.ts';
import { badInput } from './errors.ts';

const dateTimePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const datePattern = /^(\d{4})-(\d\d)-(\d\d)$/;
export const urlSchemes = ['http', 'https', 'mailto', 'xmpp', 'matrix', 'gemini', 'tel'];

/** How a scalar that is written as text is read, from variables and from documents; null from `read` refuses it. */
function textual<Value>(read: (text: string) => Value | null, message: string) {
  const refuse = (node?: ValueNode) =>
    new GraphQLError(message, { ...(node ? { nodes: [node] } : {}), extensions: { code: 'BAD_USER_INPUT' } });
  return {
    parseValue: (value: unknown): Value => {
      const parsed = typeof value === 'string' ? read(value) : null;
      if (parsed === null) throw refuse();
      return parsed;
    },
    parseLiteral: (node: ValueNode): Value => {
      const parsed = node.kind === Kind.STRING ? read(node.value) : null;
      if (parsed === null) throw refuse(node);
      return parsed;
    },
  };
}

builder.scalarType('DateTime', {
  description: 'A point in time as RFC 3339, in UTC with milliseconds on output: 2026-05-01T12:00:00.000Z.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => value.toISOString(),
  ...textual((text) => {
    const date = dateTimePattern.test(text) ? new Date(text) : null;
    return date && !Number.isNaN(date.getTime()) ? date : null;
  }, 'A DateTime must be an RFC 3339 date and time such as 2026-05-01T12:00:00Z.'),
});

builder.scalarType('Date', {
  description: 'A calendar date without a time: yyyy-mm-dd.',
  ...textual(
    (text) => (isCalendarDate(text) ? text : null),
    'A Date must be a date of the calendar written yyyy-mm-dd.',
  ),
});

builder.scalarType('URL', {
  description: `An absolute URL; schemes ${urlSchemes.join(', ')}.`,
  ...textual(
    (text) => (isLinkUrl(text) ? text : null),
    `A URL must be absolute and of one of the schemes ${urlSchemes.join(', ')}.`,
  ),
});

builder.scalarType('HTML', {
  description: 'HTML that Kith rendered and sanitised: safe to insert into a page. Output only.',
  parseValue: () => {
    throw badInput('HTML is never an input.');
  },
});

/** Whether the text is yyyy-mm-dd and that day exists. */
export function isCalendarDate(text: string): boolean {
  const match = datePattern.exec(text);
  if (!match) return false;
  const date = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Whether the text is an absolute URL of a scheme that a profile may show. */
export function isLinkUrl(text: string): boolean {
  const url = URL.parse(text);
  // The URL parser would drop spaces and control characters; a link is stored as it is written, so it has none.
  return url !== null && urlSchemes.includes(url.protocol.slice(0, -1)) && !/[\s\p{Cc}]/u.test(text);
}
