import { beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../src/db/demo/load.ts';
import { graphiqlOptions, graphiqlPage } from '../../src/graphiql/page.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import { useTestApp } from '../helpers/app.ts';

const kith = useTestApp();
beforeAll(() => loadDemo(kith.database.db, diskStorage(kith.mediaFolder), ''));

const setup = async () => {
  const people = [{ username: 'ada', name: 'Ada Okonkwo', token: await kith.token('ada') }];
  return { title: 'Kith', demo: { people, someone: await kith.idOf('eve') } };
};

describe('GraphiQL', () => {
  it('opens with examples that work as they are in demo mode, as ada', async () => {
    const { defaultTabs = [] } = graphiqlOptions(await setup());
    expect(defaultTabs.length).toBeGreaterThanOrEqual(5);
    for (const { query, variables } of defaultTabs) {
      // What takes a browser is in test/browser.
      if (query?.includes('subscription') || query?.includes('Upload')) continue;
      const response = await kith.fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await kith.token('ada')}` },
        body: JSON.stringify({ query, variables: JSON.parse(variables ?? '{}') }),
      });
      const { data, errors } = await response.json();
      expect(errors, query ?? '').toBeUndefined();
      expect(JSON.stringify(data), query ?? '').toMatch(/"username":"/);
      expect(JSON.stringify(data), query ?? '').not.toMatch(/"code":/);
    }
  });

  it('opens with a stream that tells ada what happens to her', async () => {
    const { defaultTabs = [] } = graphiqlOptions(await setup());
    const streams = defaultTabs.filter(({ query }) => query?.includes('subscription'));
    expect(streams).toHaveLength(1);
    const response = await kith.fetch('/graphql', {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${await kith.token('ada')}`,
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

  it('has nobody to be and nothing to upload where there are no demo people', async () => {
    const options = graphiqlOptions({ title: 'Kith', demo: null });
    expect(JSON.stringify(options)).not.toMatch(/bearer|Upload/i);
    const bar = /demo-|\$file/;
    const { demo } = await setup();
    expect(graphiqlPage(graphiqlOptions(await setup()), demo)).toMatch(bar);
    expect(graphiqlPage(options, null)).not.toMatch(bar);
    const response = await kith.fetch('/graphql', { headers: { accept: 'text/html' } });
    expect(await response.text()).not.toMatch(bar);
  });

  it('has names of people in it that would end a script', async () => {
    const people = [{ username: 'eve', name: '</script><script>alert(1)</script>', token: 'x' }];
    const page = graphiqlPage(graphiqlOptions({ title: 'Kith', demo: null }), { people, someone: '' });
    expect(page).toContain('alert(1)');
    expect(page).not.toContain('</script><script>alert');
  });

  it('is served on the endpoint, and asks nothing of another host', async () => {
    const response = await kith.fetch('/graphql', { headers: { accept: 'text/html' } });
    const page = await response.text();
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)=["']?(https?:)?\/\//i);
  });
});
