import { mkdirSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useBrowser } from '../helpers/browser.ts';

const windows = useBrowser();
const screenshots = '.screenshots';
const sizes = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1440, height: 900 },
];
const looks = sizes.flatMap((size) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ ...size, colorScheme })),
);

describe('GraphiQL’s page', () => {
  it.each(looks)('works in $colorScheme at $width px', async (look) => {
    const graphiql = await windows.open(look);
    const { page } = graphiql;
    await graphiql.chooser.selectOption('carol');
    const { data } = await graphiql.runTab('Me');
    expect(data.viewer).toMatchObject({ user: { username: 'carol' } });
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: `${screenshots}/${look.width}-${look.colorScheme}.png` });

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.width);
    for (const part of [graphiql.chooser, graphiql.picker, graphiql.run]) {
      expect(await partInSight(part, look)).toBe(1);
    }
    const { width = 0, height = 0 } = (await graphiql.answer.boundingBox()) ?? {};
    expect(width).toBeGreaterThan(240);
    expect(height).toBeGreaterThan(140);
    expect(await partInSight(graphiql.answer, look)).toBeGreaterThan(0.9);
    for (const part of [graphiql.chooser, page.locator('label', { has: graphiql.chooser })]) {
      expect(await contrast(part)).toBeGreaterThan(4.5);
    }
  });
});

/** How much of it lies within the window, from 0 to 1. */
async function partInSight(part: Locator, window: { width: number; height: number }): Promise<number> {
  const { x, y, width, height } = (await part.boundingBox()) ?? { x: -1, y: -1, width: 0, height: 0 };
  const across = Math.min(x + width, window.width) - Math.max(x, 0);
  const down = Math.min(y + height, window.height) - Math.max(y, 0);
  return width * height === 0 ? 0 : (Math.max(across, 0) * Math.max(down, 0)) / (width * height);
}

/** Between text and what is behind it, by WCAG 2. */
async function contrast(part: Locator): Promise<number> {
  const colours = await part.evaluate((element) => {
    let behind: Element = element;
    while (behind.parentElement && /^rgba\(.* 0\)$/.test(getComputedStyle(behind).backgroundColor)) {
      behind = behind.parentElement;
    }
    return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
  });
  const [dark = 0, bright = 0] = colours.map(luminance).toSorted((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/\d+/g) ?? []).map((value) => {
    const share = Number(value) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
