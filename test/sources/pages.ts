import type { SourcePage } from '../../src/sources/records.ts';
import type { After } from '../../src/sources/source.ts';

/** The items of all pages of a list, page by page. */
export async function pagesOf<Item>(
  list: (after: After) => Promise<SourcePage<Item>> | undefined,
): Promise<(readonly Item[])[]> {
  const pages: (readonly Item[])[] = [];
  let after: After = null;
  do {
    const page: SourcePage<Item> | undefined = await list(after);
    if (!page) throw new Error('The source has no such list.');
    pages.push(page.items);
    after = page.next;
  } while (after !== null);
  return pages;
}
