import type { Token } from 'markdown-it';
import { codePoints } from '../../graphql/validate.ts';
import { type Marker, parseMarkdown, renderTokens } from '../profile/markdown.ts';
import { usernameKey, usernameLength } from '../users/rules.ts';
import type { TextContent } from './text-rules.ts';

/** Most tags that are taken from a text, and longest one; most names that are looked up. */
const maxHashtags = 25;
const maxHashtagLength = 64;
const maxNames = 50;

const mentionPattern = /(?<![\p{L}\p{M}\p{N}_./@-])@([A-Za-z0-9_.-]{2,})(?![A-Za-z0-9_.@-])/gu;
const hashtagPattern = /(?<![\p{L}\p{M}\p{N}_])#([\p{L}\p{M}\p{N}_-]+)/gu;

/** An @ in a token of text, and the usernames that may be meant: the longest first, in lower case. */
interface Mention {
  from: number;
  names: readonly string[];
}

/** A text of Markdown, read once. */
export interface ParsedText extends TextContent {
  /** In lower case, without #, in order, each once. */
  hashtags: readonly string[];
  /** The usernames that may be meant after an @, in lower case, each once. */
  names: readonly string[];
  tokens: Token[];
  mentions: ReadonlyMap<Token, readonly Mention[]>;
}

/** Reads Markdown: its text, its tags and the names in it. Code and links have neither tags nor names. */
export function parseText(source: string): ParsedText {
  const tokens = parseMarkdown(source);
  const hashtags = new Set<string>();
  const names = new Set<string>();
  const mentions = new Map<Token, Mention[]>();

  function readText(token: Token, before: string): void {
    const text = before + token.content;
    for (const { index, 1: word = '' } of text.matchAll(hashtagPattern)) {
      if (hashtags.size === maxHashtags) break;
      const tag = word.toLowerCase().normalize('NFC');
      if (index >= before.length && /[\p{L}\p{N}]/u.test(tag) && codePoints(tag) <= maxHashtagLength) {
        hashtags.add(tag);
      }
    }
    const found: Mention[] = [];
    for (const { index, 1: word = '' } of text.matchAll(mentionPattern)) {
      if (index < before.length) continue;
      const candidates = candidatesIn(word).filter((name) => {
        if (names.size < maxNames) names.add(name);
        return names.has(name);
      });
      if (candidates.length > 0) found.push({ from: index - before.length, names: candidates });
    }
    if (found.length > 0) mentions.set(token, found);
  }

  function readInline(children: readonly Token[]): string {
    const texts: string[] = [];
    let links = 0;
    // What a name or a tag may not follow can stand before the emphasis that it begins.
    let before = '';
    for (const token of children) {
      if (token.type === 'link_open') links++;
      else if (token.type === 'link_close') links--;
      else if (token.type === 'text' && links === 0) readText(token, before);
      const text = /^(soft|hard)break$/.test(token.type) ? ' ' : token.content;
      if (text === '') continue;
      texts.push(text);
      before = text.slice(-2);
    }
    return texts.join('');
  }

  const blocks = tokens.map(({ children, content }) => squash(children ? readInline(children) : content));
  return {
    heading: tokens[0]?.type === 'heading_open' ? (blocks[1] ?? null) : null,
    plain: squash(blocks.join(' ')),
    hashtags: [...hashtags],
    names: [...names],
    tokens,
    mentions,
  };
}

/** Text on one line, with one space where there was any white space. */
function squash(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** The usernames that a word may mean: a stop or a hyphen at its end may be the sentence's. */
function candidatesIn(word: string): string[] {
  let bare = word.length;
  while (bare > 0 && '.-'.includes(word.charAt(bare - 1))) bare--;
  if (bare === 0) return [];
  const shortest = Math.max(bare, usernameLength.min);
  const names: string[] = [];
  for (let length = Math.min(word.length, usernameLength.max); length >= shortest; length--) {
    names.push(usernameKey(word.slice(0, length)));
  }
  return names;
}

/**
 * A text as sanitised HTML in which those who are named are marked, for `showMentions`.
 * @param people the ids of those whom the author may name, by username in lower case.
 */
export function render({ tokens, mentions }: ParsedText, people: ReadonlyMap<string, string>): string {
  return renderTokens(tokens, (token) =>
    (mentions.get(token) ?? []).flatMap(({ from, names }): Marker[] => {
      const name = names.find((candidate) => people.has(candidate)) ?? '';
      const userId = people.get(name);
      return userId === undefined ? [] : [{ from, to: from + 1 + name.length, userId }];
    }),
  );
}

/** What `render` makes of a text once it is known whom it may name, and who of them are marked in it, in its order. */
export function renderer(
  parsed: ParsedText,
): (people: ReadonlyMap<string, string>) => { html: string; mentioned: string[] } {
  return (people) => {
    const html = render(parsed, people);
    return { html, mentioned: mentionsIn(html) };
  };
}

/** Somebody whom a reader can find. */
export interface MentionedPerson {
  /** Their relay id. */
  id: string;
  username: string;
}

const markerStart = '<a data-mention="';
// Only the renderer writes a tag: whatever an author writes like one has its < escaped, in attributes too.
const markerPattern = /<a data-mention="([^"]*)">(@[^<]*)<\/a>/g;

/** Whether anybody is marked in what `render` made; mostly nobody is, and then there is nobody to look for. */
export function hasMentions(html: string): boolean {
  return html.includes(markerStart);
}

/** The ids of those who are marked in what `render` made, each once, in order. */
export function mentionsIn(html: string): string[] {
  if (!hasMentions(html)) return [];
  return [...new Set(Array.from(html.matchAll(markerPattern), ([, userId = '']) => userId))];
}

/**
 * What `render` made, as one reader sees it.
 * @param people those of the marked whom the reader can find, by id; the others' names are only text.
 */
export function showMentions(html: string, people: ReadonlyMap<string, MentionedPerson>): string {
  if (!hasMentions(html)) return html;
  return html.replace(markerPattern, (_marker, userId: string, name: string) => {
    const person = people.get(userId);
    if (!person) return name;
    return `<a class="mention" href="/@${person.username}" data-user-id="${person.id}">${name}</a>`;
  });
}
