import MarkdownIt from 'markdown-it';
import sanitizeHtml from 'sanitize-html';
import { urlSchemes } from '../../graphql/scalars.ts';

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false }).disable([
  'image',
  'table',
]);

/** What Kith lets through, whatever the renderer made: nothing that loads, runs or frames. */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: [
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
  ],
  allowedAttributes: { a: ['href', 'rel', 'title'], ol: ['start'] },
  allowedSchemes: urlSchemes,
  allowProtocolRelative: false,
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'nofollow noopener noreferrer ugc' }) },
};

/** Markdown as sanitised HTML: links, emphasis, lists, quotes, headings and code; no images, no HTML of the author's. */
export function renderMarkdown(source: string): string {
  return sanitizeHtml(markdown.render(source), allowed).trim();
}
