import { Readable } from 'node:stream';
import type { Plugin } from 'graphql-yoga';
import type { MediaStorage } from '../media/storage.ts';

const prefix = '/media/';
const headers = {
  'content-type': 'image/webp',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
};

/**
 * The Yoga plugin that serves pictures' files under `/media/`. A file never changes, so its name is its ETag, and whoever
 * has it may keep it for a year.
 * @param isFileName whether a text is the name of such a file: nothing else ever reaches the storage.
 */
export function useMedia(storage: MediaStorage, isFileName: (text: string) => boolean): Plugin {
  return {
    async onRequest({ request, url, endResponse }) {
      if (!url.pathname.startsWith(prefix)) return;
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        endResponse(plain(405, 'Pictures can only be read.', { allow: 'GET, HEAD' }));
        return;
      }
      const name = url.pathname.slice(prefix.length);
      const file = isFileName(name) ? await storage.get(name) : null;
      if (!file) {
        endResponse(plain(404, 'There is no such picture.'));
        return;
      }
      const etag = `"${name}"`;
      const known = request.headers.get('if-none-match')?.split(',') ?? [];
      const caching = { etag, 'cache-control': 'public, max-age=31536000, immutable' };
      const fresh = known.some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
      if (fresh || request.method === 'HEAD') {
        file.body.destroy();
        const length = { 'content-length': String(file.size) };
        endResponse(
          new Response(null, {
            status: fresh ? 304 : 200,
            headers: { ...headers, ...caching, ...(fresh ? {} : length) },
          }),
        );
        return;
      }
      endResponse(
        new Response(Readable.toWeb(file.body) as ReadableStream, {
          headers: { ...headers, ...caching, 'content-length': String(file.size) },
        }),
      );
    },
  };
}

function plain(status: number, message: string, more: Record<string, string> = {}): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...more },
  });
}
