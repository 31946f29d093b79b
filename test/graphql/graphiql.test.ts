import { beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../src/db/demo/load.ts';
import { graphiqlOptions } from '../../src/graphiql.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import { useTestApp } from '../helpers/app.ts';

const kith = useTestApp();
beforeAll(() => loadDemo(kith.database.db, diskStorage(kith.mediaFolder), ''));

describe('GraphiQL', () => {
  it('opens with examples that work as they are in demo mode, as ada', async () => {
    const demo = { token: await kith.token('ada'), someone: await kith.idOf('eve') };
    const { defaultTabs = [] } = graphiqlOptions({ title: 'Kith', demo });
    expect(defaultTabs.length).toBeGreaterThanOrEqual(5);
    for (const { query, variables, headers } of defaultTabs) {
      if (query?.includes('subscription')) continue;
      const response = await kith.fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...JSON.parse(headers ?? '{}') },
        body: JSON.stringify({ query, variables: JSON.parse(variables ?? '{}') }),
      });
      const { data, errors } = await response.json();
      expect(errors, query ?? '').toBeUndefined();
      expect(JSON.stringify(data), query ?? '').toMatch(/"username":"/);
      expect(JSON.stringify(data), query ?? '').not.toMatch(/"code":/);
    }
  });

  it('opens with a stream that tells ada what happens to her', async () => {
    const demo = { token: await kith.token('ada'), someone: await kith.idOf('eve') };
    const { defaultTabs = [] } = graphiqlOptions({ title: 'Kith', demo });
    const streams = defaultTabs.filter(({ query }) => query?.includes('subscription'));
    expect(streams).toHaveLength(1);
    const response = await kith.fetch('/graphql', {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...JSON.parse(streams[0]?.headers ?? '{}'),
      },
      body: JSON.stringify({ query: streams[0]?.query }),
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader?.read())?.value ?? '';
    await kith.mutate('followUser', { userId: await kith.idOf('ada') }, 'newcomer');
    while (!text.includes('data:')) text += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    expect(text).toContain('"kind":"FOLLOWED","actors":[{"username":"newcomer"}');
  });

  it('has no token where there are no demo people', () => {
    const options = graphiqlOptions({ title: 'Kith', demo: null });
    expect(JSON.stringify(options)).not.toMatch(/bearer/i);
  });

  it('is served on the endpoint, and asks nothing of another host', async () => {
    const response = await kith.fetch('/graphql', { headers: { accept: 'text/html' } });
    const page = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)=["']?(https?:)?\/\//i);
  });
});
