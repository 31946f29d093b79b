// What the systems say of their next page, as `SourcePage.next`: the parameters that it is asked for by. No URL of a
// source is followed, and no parameter taken but those that pages go by.
import { SourceError } from './errors.ts';
import type { After } from './source.ts';

const digits = /^\d{1,15}$/;
const anything = /^.{1,64}$/s;
const pageParameters = new Map([
  ['limit', digits],
  ['offset', digits],
  ['page', digits],
  ['per_page', digits],
  ['before', anything],
  ['after', anything],
]);

export type PageQuery = Readonly<Record<string, string | number>>;

/**
 * What a page is asked by.
 * @param first for the first page: how many items there are on one.
 */
export function pageQuery(after: After, first: PageQuery): PageQuery {
  return after === null ? first : Object.fromEntries(known(new URLSearchParams(after)));
}

/**
 * @param next the URL of the next page, whole or not; null for none.
 * @throws SourceError `INVALID` where it does not lead on.
 */
export function offsetNext(next: string | null | undefined, after: After): string | null {
  if (!next) return null;
  const parameters = parametersOf(next);
  if (!parameters.has('offset')) throw stuck('next');
  return onward(parameters, after, 'offset', 'next');
}

/** @throws SourceError `INVALID` where it is not the page that was asked for. */
export function pageNext(
  envelope: { currentPage: number; pages: number; limit: number },
  after: After,
): string | null {
  if (envelope.currentPage >= envelope.pages) return null;
  const { currentPage, limit } = envelope;
  const parameters = known(new URLSearchParams({ page: String(currentPage + 1), limit: String(limit) }));
  if (!parameters.has('page')) throw stuck('currentPage');
  return onward(parameters, after, 'page', 'currentPage');
}

/** @throws SourceError `INVALID` where `rel=next` does not lead on. */
export function linkNext(headers: Headers, after: After): string | null {
  const next = linksOf(headers.get('link') ?? '').get('next');
  if (next === undefined) return null;
  const parameters = parametersOf(next);
  if (parameters.size === 0) throw stuck('link');
  return onward(parameters, after, 'page', 'link');
}

/** Without it a source could send whoever reads it round in circles. */
function onward(next: URLSearchParams, after: After, counter: string, key: string): string {
  const before = new URLSearchParams(after ?? '');
  const [from, to] = [before.get(counter), next.get(counter)];
  const leadsBack = from !== null && to !== null && Number(to) <= Number(from);
  if (leadsBack || next.toString() === after) throw stuck(key);
  return next.toString();
}

function stuck(key: string): SourceError {
  return new SourceError('INVALID', 'The source’s next page does not lead on.', { path: [key] });
}

function parametersOf(url: string): URLSearchParams {
  return known(URL.parse(url, 'https://source.invalid')?.searchParams ?? new URLSearchParams());
}

function known(all: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...all].filter(([name, value]) => pageParameters.get(name)?.test(value)));
}

const link = /<([^<>]*)>((?:[^",<>]|"(?:[^"\\]|\\.)*")*)/g;

const attribute = /;\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))/g;

/** The targets of a Link header by their relation. */
function linksOf(header: string): Map<string, string> {
  const links = new Map<string, string>();
  for (const [, target = '', attributes = ''] of header.matchAll(link)) {
    const [, , quoted, bare = ''] =
      [...attributes.matchAll(attribute)].find(([, name = '']) => name.toLowerCase() === 'rel') ?? [];
    for (const relation of (quoted ?? bare).toLowerCase().split(/\s+/)) {
      if (!links.has(relation)) links.set(relation, target);
    }
  }
  return links;
}
