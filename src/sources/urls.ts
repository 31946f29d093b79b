import { SourceError } from './errors.ts';

/** @throws SourceError `REFUSED` for what is no plain http or https URL. */
export function refuseUnlessAskable(url: URL): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new SourceError('REFUSED', 'A source is asked over http and https only.');
  if (url.username !== '' || url.password !== '')
    throw new SourceError('REFUSED', 'The address of a source has no user and password in it.');
}

/**
 * The URL of a call.
 * @param path below `root`; or a whole URL of the same origin.
 * @throws SourceError `REFUSED` for what leads elsewhere.
 */
export function urlOf(
  root: URL,
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): URL {
  const url = /^https?:\/\//i.test(path) ? sameOrigin(root, path) : below(root, path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

function sameOrigin(root: URL, path: string): URL {
  const url = URL.parse(path);
  if (url?.origin !== root.origin || url.username !== '' || url.password !== '')
    throw new SourceError('REFUSED', 'The source leads to another one.');
  return url;
}

function below(root: URL, path: string): URL {
  // An id of two dots is one no less than it is a way up.
  const isWayUp = path.split(/[/\\]/).some((segment) => /^(\.|%2e){1,2}$/i.test(segment));
  if (isWayUp) throw new SourceError('REFUSED', 'The address is not one of the source’s calls.');
  const url = new URL(root);
  // The setter encodes "?" and "#".
  url.pathname = `${root.pathname.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
  return url;
}

/**
 * Where a redirect leads.
 * @throws SourceError `INVALID` for nowhere, `REFUSED` for what is not asked: no http or https URL, or one that gives
 * away what https has kept.
 */
export function redirectedTo(from: URL, location: string | null): URL {
  const to = location === null ? null : URL.parse(location, from);
  if (!to) throw new SourceError('INVALID', 'The source redirects to nowhere.');
  refuseUnlessAskable(to);
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw new SourceError('REFUSED', 'The source redirects from https to http.');
  return to;
}
