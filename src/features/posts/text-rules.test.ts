import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNsfwText, mediaTypeOf, mediumOf, slugOf, summaryOf, titleOf } from './text-rules.ts';

const text = (plain: string, heading: string | null = null) => ({ heading, plain });
const anyText = fc.string({ unit: 'binary', maxLength: 400 });
const points = (value: string) => [...value].length;

describe('a derived title', () => {
  it('is the leading heading, else the text', () => {
    expect(titleOf(text('A heading and text', 'A heading'))).toBe('A heading');
    expect(titleOf(text('Only text'))).toBe('Only text');
    expect(titleOf(text('Only text', ''))).toBe('Only text');
  });

  it('is null where there is nothing', () => {
    expect(titleOf(text(''))).toBeNull();
    expect(titleOf(text('', ''))).toBeNull();
  });

  it('has 70 code points at most, of which the last says that there was more', () => {
    expect(titleOf(text('😀'.repeat(70)))).toBe('😀'.repeat(70));
    expect(titleOf(text('😀'.repeat(71)))).toBe(`${'😀'.repeat(69)}…`);
    expect(titleOf(text('x', 'é'.repeat(71)))).toBe(`${'é'.repeat(69)}…`);
    expect(titleOf(text(`${'x'.repeat(68)} yz`))).toBe(`${'x'.repeat(68)}…`);
  });

  it('is never longer, and begins as the text does', () => {
    fc.assert(
      fc.property(anyText, fc.option(anyText), (plain, heading) => {
        const title = titleOf({ plain, heading }) ?? '';
        const whole = heading || plain;
        expect(points(title)).toBeLessThanOrEqual(70);
        expect(title === whole || (title.endsWith('…') && whole.startsWith(title.slice(0, -1)))).toBe(true);
      }),
    );
  });
});

it('a summary has 200 code points at most, of all the text', () => {
  expect(summaryOf(text('Title and text', 'Title'))).toBe('Title and text');
  expect(summaryOf(text(''))).toBe('');
  expect(summaryOf(text('é'.repeat(200)))).toBe('é'.repeat(200));
  expect(summaryOf(text('é'.repeat(201)))).toBe(`${'é'.repeat(199)}…`);
});

describe('a slug', () => {
  it.each([
    ['Hello, World!', 'hello-world'],
    ['  Ünï  cødé  ', 'uni-c-de'],
    ['--a__b--', 'a-b'],
    ['ﬁne ①', 'fine-1'],
    ['日本語', 'post'],
    ['…', 'post'],
    ['', 'post'],
    [null, 'post'],
    [`${'a'.repeat(79)} b`, 'a'.repeat(79)],
    ['a'.repeat(200), 'a'.repeat(80)],
    [` ${'a'.repeat(80)}`, 'a'.repeat(80)],
  ])('of %j is %s', (title, slug) => {
    expect(slugOf(title)).toBe(slug);
  });

  it('is always one', () => {
    fc.assert(
      fc.property(anyText, (title) => {
        const slug = slugOf(title);
        expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(slug.length).toBeLessThanOrEqual(80);
        expect(slugOf(slug)).toBe(slug);
      }),
    );
  });
});

it('#nsfw says that a text is, and nothing else does', () => {
  expect(isNsfwText(['cats', 'nsfw'])).toBe(true);
  expect(isNsfwText(['cats', 'nsfw-not', 'sfw'])).toBe(false);
});

describe('a link', () => {
  it.each(['mp4', 'webm', 'mov', 'm4v', 'MP4'])('to .%s is a video', (ending) => {
    expect(mediumOf(`https://a.example/x.${ending}?a=b.pdf#c.txt`)).toEqual({
      kind: 'VIDEO',
      mimeType: null,
    });
  });

  it.each([
    ['pdf', 'application/pdf'],
    ['PDF', 'application/pdf'],
    ['doc', 'application/msword'],
    ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['odt', 'application/vnd.oasis.opendocument.text'],
    ['xls', 'application/vnd.ms-excel'],
    ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ['ods', 'application/vnd.oasis.opendocument.spreadsheet'],
    ['ppt', 'application/vnd.ms-powerpoint'],
    ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
    ['odp', 'application/vnd.oasis.opendocument.presentation'],
    ['txt', 'text/plain'],
  ])('to .%s is a document', (ending, mimeType) => {
    expect(mediumOf(`https://a.example/a.b/x.${ending}`)).toEqual({ kind: 'DOCUMENT', mimeType });
  });

  it.each([
    'https://a.example',
    'https://a.mov',
    'https://a.example/pdf',
    'https://a.example/x.pdf/',
    'https://a.example/x.pdfx',
    'https://a.example/?x.pdf',
    'https://a.example/#x.pdf',
    'https://a.example/x.constructor',
    'no url.pdf',
  ])('%s is only a link', (url) => {
    expect(mediumOf(url)).toEqual({ kind: 'LINK', mimeType: null });
  });
});

it('what a post shows above all is its first medium, and photos come first', () => {
  expect(mediaTypeOf(false, [])).toBeNull();
  expect(mediaTypeOf(true, [])).toBe('IMAGES');
  expect(mediaTypeOf(true, ['VIDEO'])).toBe('IMAGES');
  expect(mediaTypeOf(false, ['VIDEO', 'LINK'])).toBe('VIDEO');
  expect(mediaTypeOf(false, ['DOCUMENT', 'VIDEO'])).toBe('DOCUMENTS');
  expect(mediaTypeOf(false, ['LINK', 'DOCUMENT'])).toBe('LINK');
  expect(mediaTypeOf(false, ['PHOTO', 'LINK'])).toBe('IMAGES');
});
