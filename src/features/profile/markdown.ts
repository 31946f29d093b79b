import MarkdownIt, { type Env, type Token } from 'markdown-it';
import sanitizeHtml from 'sanitize-html';
import { isLinkUrl, urlSchemes } from '../../graphql/scalars.ts';

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false }).disable([
  'image',
  'table',
]);
const { escapeHtml } = markdown.utils;

/** A stretch of a text token that names somebody, in UTF-16 units. */
export interface Marker {
  from: number;
  to: number;
  userId: string;
}

/** Which markers the tokens of one rendering have, by its environment: an object that only it knows. */
const markersIn = new WeakMap<Env, (token: Token) => readonly Marker[]>();

// An escaped @ or # is only itself: it is kept apart from the text about it, where it would begin a name or a tag.
markdown.core.ruler.before('text_join', 'literal', ({ tokens }) => {
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    if (token.type === 'text_special' && /^[@#]$/.test(token.content)) token.type = 'literal';
  }
});

markdown.renderer.rules.literal = (tokens, i) => escapeHtml(tokens[i]?.content ?? '');

markdown.renderer.rules.text = (tokens, i, _options, env) => {
  const token = tokens[i];
  if (!token) return '';
  let html = '';
  let at = 0;
  for (const { from, to, userId } of (env && markersIn.get(env)?.(token)) ?? []) {
    html += escapeHtml(token.content.slice(at, from));
    html += `<a data-mention="${userId}">${escapeHtml(token.content.slice(from, to))}</a>`;
    at = to;
  }
  return html + escapeHtml(token.content.slice(at));
};

/** The elements that texts have. */
export const textTags = [
  'p',
  'br',
  'em',
  'strong',
  's',
  'a',
  'ul',
  'ol',
  'li',
  'code',
  'pre',
  'blockquote',
  'hr',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
] as const;

/** What Kith lets through, whatever the renderer made: nothing that loads, runs or frames. */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: [...textTags],
  allowedAttributes: { a: ['href', 'rel', 'title', 'data-mention'], ol: ['start'] },
  allowedSchemes: urlSchemes,
  allowProtocolRelative: false,
  transformTags: {
    a: (tagName, { href, ...attribs }) => ({
      tagName,
      attribs:
        'data-mention' in attribs
          ? attribs
          : {
              // A link without a host would lead to wherever the page that shows it is.
              ...(href !== undefined && isLinkUrl(href) ? { href } : {}),
              ...attribs,
              rel: 'nofollow noopener noreferrer ugc',
            },
    }),
  },
};

/** Markdown as tokens, for who reads the text as well as showing it. */
export function parseMarkdown(source: string): Token[] {
  return markdown.parse(source, {});
}

/**
 * Tokens as sanitised HTML: links, emphasis, lists, quotes, headings and code; no images, no HTML of the author's.
 * @param markersOf who is named in a token of text, in order; nobody else is marked.
 */
export function renderTokens(tokens: Token[], markersOf: (token: Token) => readonly Marker[]): string {
  const env: Env = {};
  markersIn.set(env, markersOf);
  return sanitizeHtml(markdown.renderer.render(tokens, markdown.options, env), allowed).trim();
}

/** Markdown as sanitised HTML; names in it are only text. */
export function renderMarkdown(source: string): string {
  return renderTokens(parseMarkdown(source), () => []);
}
