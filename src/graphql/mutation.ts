import type { FieldMap, InputFieldBuilder, InputFieldMap, InputShapeFromFields } from '@pothos/core';
import { requireApprovedViewer, requireViewer } from '../auth/require-viewer.ts';
import type { Scope } from '../auth/scopes.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { Context } from '../context.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { Refusal, type UserError, UserErrorRef } from './errors.ts';

/** What a payload's fields resolve from: all of what `run` answered, or nothing but the errors. */
export type Payload<Done extends object> = Partial<Done> & { userErrors: readonly UserError[] };

/** One mutation: everything that is the same for all of them is done here. */
export interface MutationOptions<Input extends InputFieldMap, Done extends object> {
  description: string;
  /** The scope the token must carry; by the visibility of a post, `run` asks for it. */
  scope: Scope | 'by visibility';
  /** Whether it does something towards others, which an account that waits for approval may not. */
  towardsOthers: boolean;
  input: (t: InputFieldBuilder<SchemaTypes, 'InputObject'>) => Input;
  /** The payload's fields besides `userErrors`, all nullable. */
  payload: (t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<Done>>) => FieldMap;
  /** Does it; or throws a Refusal, with nothing done. What it reads afterwards is read anew. */
  run: (input: InputShapeFromFields<Input>, ctx: Context, viewer: Viewer) => Promise<Done>;
}

/**
 * Adds a mutation, with its types `<Name>Input` and `<Name>Payload`.
 * @param name the field's name, which is the file's in kebab case.
 */
export function mutation<Input extends InputFieldMap, Done extends object>(
  name: string,
  options: MutationOptions<Input, Done>,
): void {
  const typeName = name.charAt(0).toUpperCase() + name.slice(1);
  const input = builder.inputType(`${typeName}Input`, {
    description: `What \`${name}\` takes.`,
    fields: options.input,
  });
  const payload = builder.objectRef<Payload<Done>>(`${typeName}Payload`).implement({
    description: `What \`${name}\` answers.`,
    fields: (t) => ({
      ...options.payload(t),
      userErrors: t.field({
        type: [UserErrorRef],
        description: 'Why it was not done; empty when it was.',
        resolve: ({ userErrors }) => [...userErrors],
      }),
    }),
  });
  builder.mutationField(name, (t) =>
    t.field({
      type: payload,
      nullable: true,
      description: `${options.description} Needs ${needed(options.scope)}.`,
      args: { input: t.arg({ type: input, required: true, description: 'What to do it with.' }) },
      resolve: (async (
        _root: unknown,
        args: { input: InputShapeFromFields<Input> },
        ctx: Context,
      ): Promise<Payload<Done>> => {
        const viewer = (options.towardsOthers ? requireApprovedViewer : requireViewer)(
          ctx,
          options.scope === 'by visibility' ? 'public:read' : options.scope,
        );
        try {
          const done = await options.run(args.input, ctx, viewer);
          return { ...done, userErrors: [] };
        } catch (error) {
          if (error instanceof Refusal) return { userErrors: error.errors } as Payload<Done>;
          throw error;
        } finally {
          // Mutations run one after another: the next one, and this one's payload, must see what this one wrote.
          ctx.loaders.clear();
        }
        // Pothos cannot follow a payload that is generic; the options above are checked where they are given.
      }) as never,
    }),
  );
}

function needed(scope: MutationOptions<InputFieldMap, object>['scope']): string {
  return scope === 'by visibility'
    ? 'the scope `public:modify` where the post is PUBLIC, else `private:modify`'
    : `the scope \`${scope}\``;
}
