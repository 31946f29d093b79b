// Pictures to send, forms to send them in, and what of them has been stored.
import { existsSync, readdirSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import type { GraphQLFormattedError } from 'graphql';
import sharp, { type Sharp } from 'sharp';
import { expect } from 'vitest';
import type { TestApp } from './app.ts';

export type Color = readonly [red: number, green: number, blue: number];
export const red: Color = [200, 30, 40];
export const green: Color = [30, 160, 60];
export const blue: Color = [40, 60, 190];
export const white: Color = [250, 250, 250];

/** A picture of one color, not encoded yet. */
export function plain(width: number, height: number, [r, g, b]: Color = red): Sharp {
  return sharp({ create: { width, height, channels: 3, background: { r, g, b } } });
}

/** A picture as rows of fields of equal size, not encoded yet. */
export function fields(width: number, height: number, rows: readonly (readonly Color[])[]): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = rows[Math.floor((y * rows.length) / height)] ?? [];
    for (let x = 0; x < width; x++) {
      pixels.set(row[Math.floor((x * row.length) / width)] ?? white, (y * width + x) * 3);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** One file of a form, and the paths in the operations that it is mapped to. */
export interface FormFile {
  paths: readonly string[];
  content: Uint8Array;
  name?: string;
  type?: string;
}

/** A form by the GraphQL multipart request specification. */
export function formOf(operations: unknown, files: readonly FormFile[]): FormData {
  const form = new FormData();
  form.set('operations', JSON.stringify(operations));
  form.set('map', JSON.stringify(Object.fromEntries(files.map(({ paths }, i) => [i, paths]))));
  for (const [i, { content, name = 'picture', type = 'application/octet-stream' }] of files.entries()) {
    form.set(String(i), new Blob([Uint8Array.from(content)], { type }), name);
  }
  return form;
}

export interface FormAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a test asks for, it knows the shape of
  data: any;
  errors: readonly GraphQLFormattedError[];
}

/** Posts a body as a form and gives the answer back. */
export async function postForm(
  kith: TestApp,
  body: FormData | Uint8Array | ReadableStream<Uint8Array>,
  as: string | null,
  headers: Record<string, string> = {},
): Promise<FormAnswer> {
  const response = await kith.fetch('/graphql', {
    method: 'POST',
    headers: { ...(as === null ? {} : { authorization: `Bearer ${await kith.token(as)}` }), ...headers },
    body,
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit);
  const { data = null, errors = [] } = (await response.json()) as Partial<FormAnswer>;
  return { status: response.status, data, errors };
}

/** The document of a mutation that takes an input. */
export function mutationOf(name: string, selection: string): string {
  const inputType = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  return `mutation ($input: ${inputType}) { ${name}(input: $input) { ${selection} userErrors { code message path } } }`;
}

/** The same as `kith.mutate`, for an input with files in it: they go as a form. */
export async function mutateWithFiles(
  kith: TestApp,
  name: string,
  input: object,
  as: string,
  selection = '',
): ReturnType<TestApp['mutate']> {
  const files: FormFile[] = [];
  const withoutFiles = (value: unknown, path: string): unknown => {
    if (value instanceof Uint8Array) {
      files.push({ paths: [path], content: value });
      return null;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, withoutFiles(inner, `${path}.${key}`)]),
    );
  };
  const variables = { input: withoutFiles(input, 'variables.input') };
  const form = formOf({ query: mutationOf(name, selection), variables }, files);
  const { data, errors } = await postForm(kith, form, as);
  expect(errors, kith.logged.filter((line) => line.includes('unexpected error')).join('')).toEqual([]);
  return data[name];
}

/** An image's fields, with its URL in every size. */
export const imageFields =
  'width height hash SMALL: url(size: SMALL) MEDIUM: url(size: MEDIUM) LARGE: url(size: LARGE) ORIGINAL: url(size: ORIGINAL)';
export const sizes = ['SMALL', 'MEDIUM', 'LARGE', 'ORIGINAL'] as const;
export type Shown = { width: number; height: number; hash: string } & Record<(typeof sizes)[number], string>;

/** The file behind a URL. */
export async function contentOf(kith: TestApp, url: string): Promise<Buffer> {
  const response = await kith.fetch(new URL(url).pathname);
  expect(response.status, url).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

/** The name of the file behind a URL. */
export const fileNameOf = (url: string) => new URL(url).pathname.replace('/media/', '');

/** The names of all the files that pictures have. */
export const filesOf = (...pictures: readonly Shown[]) =>
  [...new Set(pictures.flatMap((picture) => sizes.map((size) => fileNameOf(picture[size]))))].sort();

/** The names of the files in the storage, of whatever kind. */
export function storedFiles(kith: TestApp): string[] {
  return existsSync(kith.mediaFolder) ? readdirSync(kith.mediaFolder).sort() : [];
}

/** The names of the pictures that the database knows of, whatever their state. */
export async function knownPictures(kith: TestApp): Promise<string[]> {
  const names = await kith.database.db.execute(sql`SELECT name FROM media_files ORDER BY name`);
  return rowsOf(names).map(({ name }) => String(name));
}

/** The rows of an answer, which PGlite wraps and postgres.js does not. */
export function rowsOf(answer: unknown): Record<string, unknown>[] {
  return (Array.isArray(answer) ? answer : (answer as { rows: unknown[] }).rows) as never;
}

/** Asserts that these pictures' files are stored, and no others, and that the database knows of these alone. */
export async function expectStored(kith: TestApp, ...pictures: readonly Shown[]): Promise<void> {
  const files = filesOf(...pictures);
  expect(storedFiles(kith)).toEqual(files);
  expect(await knownPictures(kith)).toEqual([...new Set(files.map((file) => file.slice(0, 32)))].sort());
}

/** The names of the chunks that a WebP file is made of, which have to be all of it. */
export function chunksOf(webp: Buffer): string[] {
  expect(webp.toString('latin1', 0, 4) + webp.toString('latin1', 8, 12)).toBe('RIFFWEBP');
  expect(webp.readUInt32LE(4) + 8).toBe(webp.length);
  const names: string[] = [];
  for (let at = 12; at < webp.length; ) {
    names.push(webp.toString('latin1', at, at + 4));
    const length = webp.readUInt32LE(at + 4);
    at += 8 + length + (length % 2);
  }
  return names;
}

type Source = Uint8Array | string;

/** What an `ImageInput` is given as: bytes as a file of a form, text as base64. */
export const given = (source: Source) =>
  typeof source === 'string' ? { base64: source } : { upload: source };

/** What puts pictures where they are shown, has to succeed, and gives back what is shown then. */
export function pictureMutations(kith: TestApp) {
  const done = async (name: string, input: object, as: string, selection: string) => {
    const payload = await mutateWithFiles(kith, name, input, as, selection);
    expect(payload.userErrors).toEqual([]);
    return payload;
  };
  return {
    setAvatar: async (source: Source, as = 'ada'): Promise<Shown> =>
      (await done('updateProfile', { avatar: given(source) }, as, `user { avatar { ${imageFields} } }`)).user
        .avatar,
    setCover: async (source: Source, as = 'ada'): Promise<Shown> =>
      (await done('updateProfile', { cover: given(source) }, as, `user { cover { ${imageFields} } }`)).user
        .cover,
    createFlag: async (source: Source, as = 'ada'): Promise<{ id: string; image: Shown }> => {
      const input = { name: 'A flag', image: given(source) };
      return (await done('createPrideFlag', input, as, `flag { id image { ${imageFields} } }`)).flag;
    },
    createMember: async (
      name: string,
      source: Source,
      as = 'ada',
    ): Promise<{ id: string; avatar: Shown }> => {
      const input = { name, avatar: given(source) };
      return (await done('createMember', input, as, `member { id avatar { ${imageFields} } }`)).member;
    },
  };
}

/** A form's parts by hand, so that they can be wrong. */
export const boundary = 'an-unlikely-boundary';
export const formType = { 'content-type': `multipart/form-data; boundary=${boundary}` };
export const part = (name: string, value: string | Uint8Array, file = false) =>
  Buffer.concat([
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${file ? '; filename="x.png"' : ''}\r\n\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
export const end = Buffer.from(`--${boundary}--\r\n`);
export const rawForm = (...parts: Buffer[]) => Buffer.concat([...parts, end]);
export const mapTo = (...paths: string[]) =>
  part('map', JSON.stringify(Object.fromEntries(paths.map((path, i) => [i, [path]]))));

/** The same bytes over and over, as they would come over a wire, without their number said before. */
export function streamOf(
  before: Uint8Array,
  size: number,
  after: Uint8Array = new Uint8Array(),
  onChunk: () => void = () => {},
): ReadableStream<Uint8Array> {
  const chunkSize = 65_536;
  let left = size;
  let begun = false;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      onChunk();
      if (!begun) {
        controller.enqueue(before);
        begun = true;
      } else if (left > 0) {
        // Each in memory of its own, so that whoever keeps them is seen to.
        controller.enqueue(Buffer.alloc(Math.min(left, chunkSize), 'x'));
        left -= chunkSize;
      } else {
        if (after.length > 0) controller.enqueue(after);
        controller.close();
      }
    },
  });
}

/** A PNG of this many pixels, all of them black, in very few bytes. */
export function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  // Only as much of it as is worth its while: a decoder that begins has lost by then.
  const rows = Buffer.alloc(Math.min((Math.ceil(width / 8) + 1) * height, 4_000_000));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A picture that does not get small. */
export const noise = (width: number, height: number) =>
  plain(width, height, red).composite([
    {
      input: Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251)),
      raw: { width, height, channels: 3 },
    },
  ]);
/** The beginning of it. */
export const cut = (content: Buffer, share: number) =>
  content.subarray(0, Math.floor(content.length * share));
