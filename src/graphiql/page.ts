// GraphiQL's page: as its package renders it, and what is put around it.
import { readFileSync } from 'node:fs';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { GraphiQLOptions } from 'graphql-yoga';
import { examples, uploadExample } from './examples.ts';

/** Somebody one can be by choosing them. */
export interface DemoPerson {
  username: string;
  name: string;
  token: string;
}

/** What GraphiQL opens with. */
export interface GraphiQLSetup {
  title: string;
  /** In demo mode: who one can be, the first of them unless another is chosen, and the `id` of somebody to follow. */
  demo: { people: readonly DemoPerson[]; someone: string } | null;
}

/** GraphiQL with example queries in its tabs, which work as they are in demo mode. */
export function graphiqlOptions({ title, demo }: GraphiQLSetup): GraphiQLOptions {
  const variables: Record<string, object> = {
    $query: { query: 'a' },
    $id: { id: demo?.someone ?? '' },
    $file: { file: null },
  };
  return {
    title,
    defaultTabs: [...examples, ...(demo ? [uploadExample] : [])].map((query) => {
      const [, values] = Object.entries(variables).find(([name]) => query.includes(name)) ?? [];
      return { query, variables: values ? JSON.stringify(values, null, 2) : null };
    }),
    shouldPersistHeaders: false,
  };
}

const beside = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const pageStyle = beside('page.css');
const barStyle = beside('demo-bar.css');
const barScript = beside('demo-bar.js');

/** The page as HTML; in demo mode with a choice of person to be, and of a file to upload. */
export function graphiqlPage(options: GraphiQLOptions, demo: GraphiQLSetup['demo']): string {
  const head = `<meta name="viewport" content="width=device-width, initial-scale=1" />
    <style>${pageStyle}${demo ? barStyle : ''}</style>`;
  return renderGraphiQL(options)
    .replace('</head>', (end) => `${head}${end}`)
    .replace('<div id="root">', (root) => `${demo ? demoBar(demo.people) : ''}${root}`);
}

/** Lies before GraphiQL, which asks for the schema as soon as it is there. */
function demoBar(people: readonly DemoPerson[]): string {
  // In a script, "<" could end it.
  const data = JSON.stringify(people).replaceAll('<', '\\u003c');
  return `<header class="demo-bar" aria-label="Demo">
      <label>You are <select id="demo-person" autocomplete="off"></select></label>
      <label title="Takes the place of an Upload variable that is null">
        Upload <input id="demo-file" type="file" multiple autocomplete="off" />
      </label>
      <script type="application/json" id="demo-people">${data}</script>
      <script>${barScript}</script>
    </header>
    `;
}
