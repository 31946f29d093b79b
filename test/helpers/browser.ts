// GraphiQL in Chromium, before the gateway as its own process with demo people.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
  type Response,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Gateway, startGateway, temporaryFolder } from './process.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Longest anything in a page may take, in milliseconds. */
export const patience = 120_000;

/** @throws what to do where there is no Chromium. */
function findChromium(): string {
  const { CHROMIUM, PATH = '' } = process.env;
  const places = PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  for (const place of CHROMIUM ? [CHROMIUM] : places) {
    try {
      accessSync(place, constants.X_OK);
      return place;
    } catch {}
  }
  throw new Error(
    'No Chromium found. Install it (apt-get update && apt-get install -y chromium), or say where it is in CHROMIUM.',
  );
}

export interface OpenOptions {
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
}

export interface Windows {
  gateway: Gateway;
  /** GraphiQL in a window of a new profile. */
  open: (options?: OpenOptions) => Promise<GraphiQL>;
}

/** A gateway and a browser for a file of tests. After each test no page may have complained, or asked another host. */
export function useBrowser(): Windows {
  const ends: (() => void)[] = [];
  const contexts: BrowserContext[] = [];
  const wrong: string[] = [];
  let gateway: Gateway | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    const executablePath = findChromium();
    const until = (end: () => void) => void ends.push(end);
    gateway = await startGateway({ DATA_DIR: temporaryFolder(until) }, until);
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    expect(wrong.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    for (const end of ends.toReversed()) end();
  });

  const begun = () => {
    if (!gateway || !browser) throw new Error('The browser is there within tests only.');
    return { gateway, browser };
  };
  return {
    get gateway() {
      return begun().gateway;
    },
    open: async ({ width = 1280, height = 800, colorScheme = 'light' } = {}) => {
      const { gateway, browser } = begun();
      // As the banner and the README have it, which is also where pictures are.
      const { href, origin } = new URL(gateway.url.replace('127.0.0.1', 'localhost'));
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      contexts.push(context);
      // A machine that has much else to do is no failure.
      context.setDefaultTimeout(patience);
      context.on('request', (request) => {
        const { protocol, origin: asked } = new URL(request.url());
        if (!['data:', 'blob:'].includes(protocol) && asked !== origin) wrong.push(`asked ${request.url()}`);
      });
      context.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) wrong.push(`console: ${message.text()}`);
      });
      context.on('weberror', (error) => void wrong.push(`uncaught: ${error.error().stack}`));
      return openGraphiQL(context, href);
    },
  };
}

async function openGraphiQL(context: BrowserContext, url: string): Promise<GraphiQL> {
  const page = await context.newPage();
  await page.goto(url);
  const graphiql = new GraphiQL(page, () => openGraphiQL(context, url));
  await graphiql.ready();
  return graphiql;
}

/** What somebody does and sees there. */
export class GraphiQL {
  readonly page: Page;
  readonly chooser: Locator;
  readonly picker: Locator;
  readonly run: Locator;
  readonly answer: Locator;
  /** The same in another window of the same profile. */
  readonly another: () => Promise<GraphiQL>;

  constructor(page: Page, another: () => Promise<GraphiQL>) {
    this.page = page;
    this.another = another;
    this.chooser = page.getByLabel('You are');
    this.picker = page.getByLabel('Upload');
    this.run = page.locator('.graphiql-execute-button');
    this.answer = page.getByLabel('Result Window');
  }

  /** Resolves once the editors are there and the schema has come. */
  async ready(): Promise<void> {
    await this.page.getByLabel('Operation Editor').locator('.view-line').first().waitFor();
    await this.page.locator('.graphiql-spinner').waitFor({ state: 'detached' });
  }

  tabs(): Promise<string[]> {
    return this.page.locator('.graphiql-tab-button').allInnerTexts();
  }

  async openTab(name: string): Promise<void> {
    await this.page.locator('.graphiql-tab-button').getByText(name, { exact: true }).click();
    // A moment after it is in the editor, it is taken notice of and in the address too.
    const taken = () => new URL(this.page.url()).searchParams.get('query') ?? '';
    await expect.poll(taken, { timeout: patience }).toMatch(new RegExp(`\\s${name}\\W`));
  }

  /** Presses the button, and gives back what the server answered; of a stream the beginning of it. */
  async press(): Promise<Response> {
    const [response] = await Promise.all([
      this.page.waitForResponse((one) => one.request().resourceType() === 'fetch'),
      this.run.click(),
    ]);
    return response;
  }

  /** Runs what a tab has in it, and gives the answer back once it is shown. */
  async runTab(name: string): Promise<{ data: Record<string, never>; errors?: unknown[] }> {
    await this.openTab(name);
    const response = await this.press();
    const body = await response.json();
    await this.shows('"data"');
    return body;
  }

  /** Waits until the answer's part that is in sight has the text in it. */
  async shows(text: string): Promise<void> {
    // The editor's spaces are others, and its lines are elements.
    await expect
      .poll(async () => (await this.answer.innerText()).replaceAll(/\s/g, ''), { timeout: patience })
      .toContain(text.replaceAll(/\s/g, ''));
  }
}
