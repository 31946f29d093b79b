import type { InputFieldBuilder } from '@pothos/core';
import { requireScope } from '../../auth/require-viewer.ts';
import type { Viewer } from '../../auth/viewer.ts';
import type { Context } from '../../context.ts';
import type { SchemaTypes } from '../../graphql/builder.ts';
import { parseText, renderer } from './markdown.ts';
import type { WrittenText } from './mention-store.ts';
import { maxPostCategories, maxPostTags, modifyScope } from './rules.ts';
import { ownVisibility } from './store.ts';
import { summaryOf, titleOf } from './text-rules.ts';

type Input = InputFieldBuilder<SchemaTypes, 'InputObject'>;

/** The text of a post. */
export function bodyInput(t: Input) {
  return {
    body: t.string({
      description:
        'The text in Markdown, 1–65,535 characters; null or empty only beside photos or a poll. “#word” tags the post, “@username” mentions somebody who may see it.',
    }),
  };
}

/** What sorts a post. */
export function labelsInput(t: Input) {
  return {
    isNsfw: t.boolean({
      description: 'Whether it is not for every place; “#nsfw” in the text says so as well. Null: not given.',
    }),
    categories: t.stringList({
      description: `Slugs or names of categories, at most ${maxPostCategories}; one that there is none of is INVALID; null for none.`,
    }),
    tags: t.stringList({
      description: `Words to be tagged with besides the text’s own hashtags, at most ${maxPostTags} in all: 1–64 letters, digits, “-” and “_”; null for none.`,
    }),
  };
}

/** A text, read. */
export function writtenText(body: string): WrittenText & { title: string | null } {
  const parsed = parseText(body);
  return {
    body,
    summary: summaryOf(parsed),
    title: titleOf(parsed),
    hashtags: parsed.hashtags,
    names: parsed.names,
    render: renderer(parsed),
  };
}

/**
 * Asks for the scope that it takes to change a post: by its visibility, where it is one of the viewer's. Of others'
 * posts the store says what there is to say.
 * @throws FORBIDDEN with `requiredScope`.
 */
export async function requireModify(ctx: Context, viewer: Viewer, id: string): Promise<void> {
  requireScope(viewer, modifyScope((await ownVisibility(ctx.db, viewer.id, id)) ?? 'PUBLIC'));
}
