import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasMentions,
  mentionsIn,
  parseText,
  render,
  showMentions,
} from '../../src/features/posts/markdown.ts';
import { renderMarkdown } from '../../src/features/profile/markdown.ts';
import { expectInert, faultsIn, xssPlaces, xssVectors } from '../helpers/xss.ts';

const adaId = '018f0000-0000-7000-8000-000000000001';
const bobId = '018f0000-0000-7000-8000-000000000002';
const people = new Map([
  ['ada', adaId],
  ['bob', bobId],
]);
const readable = new Map([
  [adaId, { id: 'VXNlcjph', username: 'Ada' }],
  [bobId, { id: 'VXNlcjpi', username: 'bob' }],
]);
const mark = (name: string, id = adaId) => `<a data-mention="${id}">${name}</a>`;
const rendered = (source: string, known: ReadonlyMap<string, string> = people) =>
  render(parseText(source), known);

/** Markdown as people would write it and as they would not. */
const fragment = fc.constantFrom(
  ...['@ada', '@bob.', '@', '#tag', '#', '\\', '*', '**', '_', '~~', '`', '```\n', '[', ']', '](', ')', '<'],
  ...['>', '&', '"', "'", '&lt;', '&#64;', '\n', '\n\n', ' ', '    ', '- ', '1. ', '# ', '> ', '---', '://'],
  ...['https://a.example/', 'javascript:', 'a@b.example', 'www.a.example', '<a data-mention="', adaId, '">'],
  ...['</a>', '<script>', 'class="mention"', 'onclick=', 'é', '\u0000', '😀'],
);
const markdown = fc
  .array(fc.oneof({ weight: 4, arbitrary: fragment }, fc.string({ unit: 'binary', maxLength: 5 })), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));

describe('what a text says', () => {
  it('is all its text on one line, without markup', () => {
    const { plain } = parseText(
      '# A *heading*\n\nText  with\n**strong** [link](https://a.example "t") `code` &amp; \\*.\n\n- one\n- two\n\n```js\nlet x;\n```\n\n    indented\n\n---\n\n> quote  \n> on\u0001\u2028on',
    );
    expect(plain).toBe('A heading Text with strong link code & *. one two let x; indented quote on on');
  });

  it('is nothing where nothing is written', () => {
    for (const source of ['', ' \n ', '---', '#', '[x]: https://a.example']) {
      expect(parseText(source)).toMatchObject({ plain: '', hashtags: [], names: [] });
    }
  });

  it.each([
    ['# One *two*\n\nthree', 'One two'],
    ['One\n===\nthree', 'One'],
    ['\n\n### `One` [two](https://a.example) #\n', 'One two'],
    ['#\n\ntext', ''],
    ['text\n\n# Later', null],
    ['> # Quoted', null],
    ['#tag first', null],
    ['', null],
  ])('%j has the leading heading %j', (source, heading) => {
    expect(parseText(source).heading).toBe(heading);
  });
});

describe('hashtags', () => {
  it.each([
    ['#One and #two, #one.', ['one', 'two']],
    ['(#a) "#b" #c! ##d #e#f', ['a', 'b', 'c', 'd', 'e']],
    ['#snake_case #kebab-case #42', ['snake_case', 'kebab-case', '42']],
    ['#ÉTÉ #E\u0301TE\u0301 #日本語 #हिन्दी', ['été', '日本語', 'हिन्दी']],
    ['*#a*b **x**#no _#c_', ['a', 'c']],
    ['no#tag 1#tag _#tag é#tag 日#tag', []],
    ['# #- #_ #, #', []],
    ['\\#a &#35;b \\\\#c', ['c']],
    [
      '`#a` [#b](https://a.example) https://a.example/#c <https://a.example/x?#d>\n\n    #e\n\n```\n#f\n```',
      [],
    ],
    ['# A #heading\n\n> #quote\n\n- #item', ['heading', 'quote', 'item']],
    ['#NSFW', ['nsfw']],
    [`#${'x'.repeat(64)} #${'y'.repeat(65)} #${'𝒳'.repeat(64)}`, ['x'.repeat(64), '𝒳'.repeat(64)]],
  ])('%j has %j', (source, hashtags) => {
    expect(parseText(source).hashtags).toEqual(hashtags);
  });

  it('are 25 at most', () => {
    const tags = Array.from({ length: 27 }, (_, i) => `t${i}`);
    expect(parseText(tags.map((tag) => `#${tag}`).join(' ')).hashtags).toEqual(tags.slice(0, 25));
    expect(parseText(tags.map((tag) => `#${tag}\n\n`).join('')).hashtags).toEqual(tags.slice(0, 25));
  });
});

describe('names', () => {
  it.each([
    ['@Ada and @bob, @ADA', ['ada', 'bob']],
    ['@ada.', ['ada.', 'ada']],
    ['@ada.-.', ['ada.-.', 'ada.-', 'ada.', 'ada']],
    ['@a. @b @-- @... @', ['a.']],
    ['@ada.b_c-d', ['ada.b_c-d']],
    ['(@ada) "@bob"! @cyd’s @日本 @dana語', ['ada', 'bob', 'cyd', 'dana']],
    ['*@ada* **@bob** _@cyd_ @dana**x**', ['ada', 'bob', 'cyd', 'dana']],
    ['x@ada é@ada 1@ada _@ada .@ada /@ada -@ada @@ada **x**@ada', []],
    ['mail ada@bob.example or @ada@bob.example', []],
    ['\\@ada &#64;ada', []],
    ['@ada\\_b', ['ada_b']],
    ['`@a1` [@a2](https://a.example) https://a.example/@a3 <https://a.example/ @a4>', ['a4']],
    ['    @ada\n\n```\n@ada\n```', []],
    ['# @ada\n\n> @bob\n\n- @cyd', ['ada', 'bob', 'cyd']],
    [`@${'x'.repeat(40)} @${'y'.repeat(41)} @${'z'.repeat(40)}.`, ['x'.repeat(40), 'z'.repeat(40)]],
  ])('%j has %j', (source, names) => {
    expect(parseText(source).names).toEqual(names);
  });

  it('are 50 at most, and the others are only text', () => {
    const names = Array.from({ length: 52 }, (_, i) => `name${i}`);
    const parsed = parseText(`${names.map((name) => `@${name}`).join(' ')} @name0`);
    expect(parsed.names).toEqual(names.slice(0, 50));
    const html = render(parsed, new Map(names.map((name) => [name, adaId])));
    expect(html.match(/data-mention/g)).toHaveLength(51);
    expect(html).toContain(`${mark('@name49')} @name50 @name51 ${mark('@name0')}`);
  });
});

describe('mentions', () => {
  it('are marked exactly so, as they were written', () => {
    expect(rendered('Hi @Ada and **@bob**!')).toBe(
      `<p>Hi ${mark('@Ada')} and <strong>${mark('@bob', bobId)}</strong>!</p>`,
    );
  });

  it('mean the longest name that is known', () => {
    expect(rendered('@ada.')).toBe(`<p>${mark('@ada')}.</p>`);
    const both = new Map([...people, ['ada.', bobId]]);
    expect(rendered('@ada.', both)).toBe(`<p>${mark('@ada.', bobId)}</p>`);
    expect(rendered('@ada..', both)).toBe(`<p>${mark('@ada.', bobId)}.</p>`);
  });

  it('of nobody known are text', () => {
    expect(rendered('@ada & @cyd', new Map())).toBe('<p>@ada &amp; @cyd</p>');
    expect(renderMarkdown('@ada & \\@bob')).toBe('<p>@ada &amp; @bob</p>');
  });

  it('leave the parsed text as it was', () => {
    const parsed = parseText('@ada');
    expect(render(parsed, people)).toBe(`<p>${mark('@ada')}</p>`);
    expect(render(parsed, new Map())).toBe('<p>@ada</p>');
    expect(render(parsed, people)).toBe(`<p>${mark('@ada')}</p>`);
  });

  it('are known by their marks', () => {
    expect(mentionsIn(rendered('@bob @ada @Bob'))).toEqual([bobId, adaId]);
    expect(mentionsIn(rendered('nobody'))).toEqual([]);
    expect(hasMentions(rendered('@bob'))).toBe(true);
    expect(hasMentions(rendered('@cyd'))).toBe(false);
  });

  it('are links for who can find the person, and else text', () => {
    const html = rendered('@ADA and @bob');
    const ada = '<a class="mention" href="/@Ada" data-user-id="VXNlcjph">@ADA</a>';
    expect(showMentions(html, new Map([...readable].slice(0, 1)))).toBe(`<p>${ada} and @bob</p>`);
    expect(showMentions(html, new Map())).toBe('<p>@ADA and @bob</p>');
    expect(showMentions('<p>text</p>', readable)).toBe('<p>text</p>');
  });

  it('are made by the map alone, whatever is written', () => {
    fc.assert(
      fc.property(fc.oneof(markdown, fc.constantFrom(...xssVectors)), (source) => {
        const html = rendered(source, new Map());
        expect(hasMentions(html)).toBe(false);
        // Not an attribute of any tag either: a browser would read it as one.
        expect(faultsIn(html)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

it('links are marked as others’, and lead to absolute addresses of known schemes alone', () => {
  const rel = 'rel="nofollow noopener noreferrer ugc"';
  expect(rendered('https://a.example')).toBe(
    `<p><a href="https://a.example" ${rel}>https://a.example</a></p>`,
  );
  expect(rendered('[x](xmpp:a@b.example)')).toBe(`<p><a href="xmpp:a@b.example" ${rel}>x</a></p>`);
  expect(rendered('[x](/logout)')).toBe(`<p><a ${rel}>x</a></p>`);
});

describe('whatever is written', () => {
  it('the ways to look for it find it', () => {
    // A guard that never fails guards nothing: most of these are dangerous as they stand.
    const html = xssVectors.filter((vector) => /^<[a-z]/i.test(vector));
    expect(html.filter((vector) => faultsIn(vector).length > 0).length).toBeGreaterThan(80);
    expect(() => expectInert('<a href="java&Tab;script:alert(1)">x</a>')).toThrow('href');
    expect(() => expectInert('<a href="/@ada">x</a>')).toThrow('href');
    expect(() => expectInert('<a class="x" data-user-id="x">x</a>')).toThrow('a class');
    expect(() => expectInert('<p onclick="x">x</p>')).toThrow('<p onclick>');
    expect(() => expectInert('<template><p></p></template>')).toThrow('<template>');
    expect(() => expectInert('<!-- x -->')).toThrow('#comment');
  });

  it('comes out inert of each known attack', () => {
    expect(new Set(xssVectors).size).toBe(xssVectors.length);
    expect(xssVectors.length).toBeGreaterThanOrEqual(100);
    for (const vector of xssVectors) {
      for (const source of [vector, `@ada ${vector} @bob`, `> - ${vector}`]) {
        expectInert(renderMarkdown(source));
        expectInert(showMentions(rendered(source), readable));
        expectInert(showMentions(rendered(source), new Map()));
      }
    }
  });

  it('comes out inert of each known attack in each place that a text has', () => {
    for (const vector of xssVectors) {
      for (const place of xssPlaces) expectInert(showMentions(rendered(place(vector)), readable));
    }
  });

  it('comes out inert of anything', () => {
    fc.assert(
      fc.property(markdown, (source) => {
        expectInert(showMentions(rendered(source), readable));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps its words, and names nobody twice', () => {
    fc.assert(
      fc.property(markdown, (source) => {
        const { plain, names, hashtags } = parseText(source);
        expect(plain).toBe(plain.trim());
        expect(plain).not.toMatch(/\p{Cc}|\s\s/u);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) {
          expect(name).toMatch(/^[a-z0-9_.-]{2,40}$/);
          expect(plain.toLowerCase()).toContain(`@${name}`);
        }
        for (const tag of hashtags) expect(tag).toMatch(/^[\p{L}\p{M}\p{N}_-]+$/u);
      }),
      { numRuns: 500 },
    );
  });
});
