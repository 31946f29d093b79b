import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { ImportError } from './import.ts';
import { entriesOf, fileLimits } from './json-entries.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-json-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plan = { version: 'value', 'user.profile': 'value', 'user.posts': 'list' } as const;

async function read(content: string | Buffer, limits = fileLimits) {
  const file = join(folder, 'file.json');
  writeFileSync(file, content);
  const entries: unknown[] = [];
  for await (const entry of entriesOf(file, plan, () => {}, limits)) entries.push(entry);
  return entries;
}

const refusal = (content: string | Buffer, limits = fileLimits) =>
  read(content, limits).then(
    () => 'read',
    (error: unknown) => (error instanceof ImportError ? error.message : error),
  );

describe('entriesOf', () => {
  it('gives what was asked for in the order of the file, and nothing else', async () => {
    const text = `{"others": {"user": {"profile": 1}}, "user": {"email": "a@b", "posts": [{"a": ["x\\u00e9\\ud83d\\ude00", -1.5e2, true, null]}, 7, [[]]],
      "key": {"posts": [1]}, "profile": {"name": "${'é'.repeat(70_000)}"}, "posts ": [2]}, "version": "2.0"}`;
    const entries = [
      { path: 'user.posts', value: { a: ['xé😀', -150, true, null] } },
      { path: 'user.posts', value: 7 },
      { path: 'user.posts', value: [[]] },
      { path: 'user.profile', value: { name: 'é'.repeat(70_000) } },
      { path: 'version', value: '2.0' },
    ];
    expect(await read(text)).toEqual(entries);
    expect(await read(gzipSync(text))).toEqual(entries);
    expect(await read(`\ufeff${text}\n `)).toEqual(entries);
  });

  it('has no entry with a prototype of its own', async () => {
    const [entry] = await read(
      '{"user": {"posts": [{"__proto__": {"isPublic": true}, "constructor": 1, "a": 2}]}}',
    );
    expect(JSON.stringify(entry)).toBe('{"path":"user.posts","value":{"a":2}}');
  });

  it('leaves out a value that is too large, and goes on behind it', async () => {
    const limits = { ...fileLimits, characters: 1_000, values: 50 };
    const posts = [
      { text: 'x'.repeat(1_001) },
      { [`${'k'.repeat(600)}`]: 'y'.repeat(401) },
      Array.from({ length: 51 }, () => 0),
      { text: 'x'.repeat(996) },
    ];
    expect(await read(JSON.stringify({ user: { posts } }), limits)).toEqual([
      { path: 'user.posts', problem: 'too large' },
      { path: 'user.posts', problem: 'too large' },
      { path: 'user.posts', problem: 'too many values' },
      { path: 'user.posts', value: posts[3] },
    ]);
  });

  it.each([
    ['nothing', '', 'ends too early'],
    ['words', 'these are words, and no JSON', 'is no JSON'],
    ['a list', '[]', 'It is no object'],
    ['text', '"text"', 'It is no object'],
    ['half of it', '{"version": "2.0", "user": {"posts": [{"a": "b', 'ends too early'],
    ['more behind it', '{"version": "2.0"}}', 'is no JSON'],
    ['what no text is', Buffer.from([0x7b, 0x22, 0xff, 0x22]), 'is no JSON'],
    ['depth', `{"x": ${'['.repeat(100_000)}`, 'nested more than 64 deep'],
    ['a broken gzip', gzipSync('{"version": "2.0"}').subarray(0, 20), 'broken or cut off'],
    // A thousand times as large as it is.
    ['a gzip bomb', gzipSync(Buffer.alloc(48 * 2 ** 20, ' ')), 'unpacks to more than any archive'],
  ])('refuses %s', async (_what, content, said) => {
    expect(await refusal(content)).toContain(said);
  });

  it('says nothing of what is in the file', async () => {
    expect(await refusal('{"user": {"private_key": "SECRET" "x"}}')).not.toContain('SECRET');
  });

  it('reads no more bytes than it may', async () => {
    const text = JSON.stringify({ user: { posts: ['x'.repeat(1_000)] } });
    expect(await refusal(text, { ...fileLimits, bytes: 900 })).toContain('unpacks to more');
  });
});
