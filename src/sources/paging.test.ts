import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkNext, offsetNext, pageNext, pageQuery } from './paging.ts';

const linked = (link?: string) => new Headers(link === undefined ? {} : { link });
const stuck = (key: string) => expect.objectContaining({ fault: 'INVALID', path: [key] });
const counter = fc.nat({ max: 10 ** 9 });

it('the first page is asked for as the source wants it', () => {
  expect(pageQuery(null, { limit: 20 })).toEqual({ limit: 20 });
});

it('no parameter goes back but those of pages, whatever is there', () => {
  const names = ['limit', 'offset', 'page', 'per_page', 'before', 'after'];
  const name = fc.oneof(fc.string(), fc.constantFrom(...names, '__proto__', 'constructor', 'token'));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.string())), fc.string(), (pairs, garbage) => {
      for (const after of [new URLSearchParams(pairs).toString(), garbage]) {
        for (const [key, value] of Object.entries(pageQuery(after, {}))) {
          expect(names).toContain(key);
          expect(String(value).length).toBeLessThan(65);
        }
      }
    }),
  );
});

describe('pages by offset', () => {
  const urls = ['https://a.example/x', '/x', '', '//b.example:1/x', 'http://[::1]/'];

  it('go on where the URL says, and not to where it leads', () => {
    fc.assert(
      fc.property(counter, counter, fc.constantFrom(...urls), (limit, offset, url) => {
        const next = offsetNext(`${url}?limit=${limit}&token=secret&offset=${offset}`, null);
        expect(pageQuery(next, {})).toEqual({ limit: String(limit), offset: String(offset) });
      }),
    );
    expect(offsetNext('?offset=5', 'offset=4')).toBe('offset=5');
  });

  it.each([null, undefined, ''])('end with %j', (next) => {
    expect(offsetNext(next, null)).toBeNull();
  });

  it('that do not lead on are reported', () => {
    const after = 'limit=20&offset=40';
    for (const next of [
      'https://a.example/?limit=20&offset=40',
      '?limit=20&offset=20',
      '?limit=20',
      '?offset=-1',
      'x:',
    ])
      expect(() => offsetNext(next, after), next).toThrow(stuck('next'));
  });

  it('joined are the whole list', () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 }), fc.integer({ min: 1, max: 50 }), (length, limit) => {
        const seen: number[] = [];
        for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
          const query = pageQuery(after, { limit });
          const from = Number(query.offset ?? 0);
          const to = Math.min(from + Number(query.limit), length);
          for (let item = from; item < to; item++) seen.push(item);
          after = offsetNext(to < length ? `http://a.example/?limit=${limit}&offset=${to}` : null, after);
        }
        expect(seen).toEqual(Array.from({ length }, (_, item) => item));
      }),
    );
  });
});

describe('pages by number', () => {
  it('go on up to the last', () => {
    fc.assert(
      fc.property(counter, counter, fc.integer({ min: 1, max: 100 }), (currentPage, pages, limit) => {
        const next = pageNext({ currentPage, pages, limit }, null);
        if (currentPage >= pages) expect(next).toBeNull();
        else expect(pageQuery(next, {})).toEqual({ page: String(currentPage + 1), limit: String(limit) });
      }),
    );
  });

  it('that are not those asked for are reported', () => {
    expect(pageNext({ currentPage: 2, pages: 9, limit: 10 }, 'page=2&limit=10')).toBe('page=3&limit=10');
    for (const currentPage of [0.5, -9, 1e300])
      expect(() => pageNext({ currentPage, pages: Infinity, limit: 10 }, null)).toThrow(stuck('currentPage'));
    expect(() => pageNext({ currentPage: 1, pages: 9, limit: 10 }, 'page=2&limit=10')).toThrow(
      stuck('currentPage'),
    );
  });
});

describe('pages by Link header', () => {
  const url = 'https://pod.example/api/v1/photos?per_page=2&before=2026-01-01T00%3A00%3A00.000Z';

  it.each([
    `<${url}>; rel="next"`,
    `<${url}>;rel=next`,
    `<https://pod.example/?after=x,y>; rel="previous", <${url}>; rel="next"`,
    `<${url}>; title="a, \\"b; rel=previous"; rel="Next last"`,
    `<${url}>; rel="next", <https://evil.example/?page=1>; rel="next"`,
  ])('go on with %s', (header) => {
    expect(pageQuery(linkNext(linked(header), null), {})).toEqual({
      per_page: '2',
      before: '2026-01-01T00:00:00.000Z',
    });
  });

  it.each([undefined, '', 'garbage', '<x>', '<x?page=2>; rel="previous"', '<x?page=2>; rel="nextish"'])(
    'end with %j',
    (header) => {
      expect(linkNext(linked(header), null)).toBeNull();
    },
  );

  it('that do not lead on are reported', () => {
    const next = linkNext(linked(`<${url}>; rel="next"`), null);
    expect(() => linkNext(linked(`<${url}>; rel="next"`), next)).toThrow(stuck('link'));
    expect(() => linkNext(linked('<x?page=2>; rel="next"'), 'page=2')).toThrow(stuck('link'));
    expect(() => linkNext(linked('<x>; rel="next"'), null)).toThrow(stuck('link'));
  });

  it('are read fast, whatever is there', () => {
    for (const piece of ['<', '<>', '<>;', '<>;"', '<>; rel=', ';\\"', '<a>" '])
      linkNext(linked(piece.repeat(16_384 / piece.length)), null);
  });
});
