// What a source says of a post, as it can be kept here. Its text goes the way of our own: Markdown, rendered and sanitised.
import sanitizeHtml from 'sanitize-html';
import TurndownService from 'turndown';
import { writtenText } from '../features/posts/input.ts';
import { maxMedia, tagsOf } from '../features/posts/rules.ts';
import { isNsfwText, mediaTypeOf, mediumOf, slugOf } from '../features/posts/text-rules.ts';
import { textTags } from '../features/profile/markdown.ts';
import { tag } from '../features/profile/rules.ts';
import type { RemotePoll, RemotePost } from '../features/remotes/post-store.ts';
import type { SourcePoll, SourcePost } from '../sources/records.ts';
import { lineOf, linkOf, maxText, pointOf, textOf } from './profile.ts';

const turndown = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', emDelimiter: '*' });

/** Longest HTML that is read, in UTF-16 units, and how deep it may be nested: both take far longer than they say. */
const maxHtml = 200_000;
const maxNesting = 20;

const plain: sanitizeHtml.IOptions = {
  allowedTags: [...textTags, 'i', 'b'],
  allowedAttributes: { a: ['href'] },
  nestingLimit: maxNesting,
};

/** A text as Markdown, whatever the source has it in. */
export function markdownOf(body: SourcePost['body']): string {
  const text =
    'markdown' in body
      ? body.markdown
      : turndown.turndown(sanitizeHtml(body.html.slice(0, maxHtml).toWellFormed(), plain));
  return textOf(text, maxText) ?? '';
}

const maxChoices = 20;

function pollOf(poll: SourcePoll): RemotePoll | null {
  const question = lineOf(poll.question, 255);
  const choices = poll.choices.slice(0, maxChoices).flatMap(({ text, votes }) => {
    const line = lineOf(text, 255);
    return line === null ? [] : [{ text: line, votes: countOf(votes) }];
  });
  if (choices.length < 2) return null;
  const { externalId, multipleChoice, isHidden, isClosed, expiresAt } = poll;
  return { externalId, question: question ?? '…', choices, multipleChoice, isHidden, isClosed, expiresAt };
}

const countOf = (count: number) => Math.min(Math.max(Math.trunc(count), 0), 2 ** 31 - 1);

/** As Kith has it, by what there is of it: what says that it is a poll may have lost its choices. */
function typeOf(told: SourcePost['type'], hasPoll: boolean, hasTitle: boolean): SourcePost['type'] {
  if (told === 'RESHARE') return 'RESHARE';
  if (hasPoll) return 'POLL';
  return hasTitle ? 'DISCUSSION' : 'STATUS';
}

/**
 * What a post of a source is here. What was limited there is for its author's aspects, of which there are none: nobody
 * else sees it.
 * @param now for what is not yet.
 */
export function remotePostOf(post: SourcePost, now: Date): RemotePost {
  const text = writtenText(post.type === 'RESHARE' && !post.title ? '' : markdownOf(post.body));
  const poll = post.poll ? pollOf(post.poll) : null;
  const title = post.type === 'RESHARE' ? null : lineOf(post.title, 255);
  const links = post.links.flatMap(({ url, title: name, description }) => {
    const link = linkOf(url);
    if (link === null) return [];
    return [
      { ...mediumOf(link), url: link, title: lineOf(name, 255), description: textOf(description, 1_000) },
    ];
  });
  const photos = post.photos.flatMap(({ url, description }) => {
    const address = linkOf(url);
    return address === null ? [] : [{ url: address, description: textOf(description, 1_000) }];
  });
  const createdAt = post.createdAt <= now && post.createdAt.getTime() >= 0 ? post.createdAt : now;
  const updatedAt =
    post.updatedAt && post.updatedAt > createdAt && post.updatedAt <= now ? post.updatedAt : createdAt;
  return {
    externalId: post.externalId,
    root: post.root?.externalId ?? null,
    made: {
      type: typeOf(post.type, poll !== null, title !== null),
      visibility: post.isPublic ? 'PUBLIC' : 'ASPECTS',
      createdAt,
    },
    row: {
      title: title ?? text.title,
      hasOwnTitle: title !== null,
      body: text.body,
      html: text.render(new Map()).html,
      summary: text.summary,
      isNsfw: post.isNsfw || isNsfwText(text.hashtags),
      isCollapsed: post.isCollapsed,
      provider: lineOf(post.provider, 100),
      mediaType: mediaTypeOf(
        photos.length > 0,
        links.map(({ kind }) => kind),
      ),
      locationName: textOf(post.location?.name ?? null, 255),
      ...pointOf(post.location),
      updatedAt,
    },
    slug: slugOf(title ?? text.title),
    links: links.slice(0, maxMedia - Math.min(photos.length, 20)),
    photos: photos.slice(0, 20),
    tags: tagsOf(
      post.tags.slice(0, 100).flatMap((name) => tag.safeParse(name).data ?? []),
      text.hashtags,
    ),
    poll,
    counters: Object.fromEntries(
      Object.entries(post.counters).map(([name, count]) => [name, countOf(count)]),
    ),
  };
}
