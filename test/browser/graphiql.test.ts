import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { patience, useBrowser } from '../helpers/browser.ts';

const windows = useBrowser();
const examples =
  'SomebodyAndTheirFollowers Me Feed Words Search FriendsOfFriends Inbox Live Say Follow Picture';

async function portrait() {
  const image = sharp({ create: { width: 640, height: 640, channels: 3, background: '#2a7' } });
  return { name: 'portrait.png', mimeType: 'image/png', buffer: await image.png().toBuffer() };
}

describe('GraphiQL', () => {
  it('runs each of its examples', async () => {
    const graphiql = await windows.open();
    expect(await graphiql.tabs()).toEqual(examples.split(' '));
    await graphiql.picker.setInputFiles(await portrait());
    for (const name of await graphiql.tabs()) {
      if (name === 'Live') continue;
      const { data, errors } = await graphiql.runTab(name);
      expect(errors, name).toBeUndefined();
      expect(JSON.stringify(data), name).toMatch(/"username":"/);
      expect(JSON.stringify(data), name).not.toMatch(/"code":/);
    }
  });

  it('lets one be somebody by keyboard, and remembers it', async () => {
    const graphiql = await windows.open();
    const { page, chooser } = graphiql;
    expect(await chooser.locator('option').allInnerTexts()).toEqual([
      'Ada Okonkwo (ada)',
      'Bob (bob)',
      'Carol Nguyễn (carol)',
      'Dan Ferreira (dan)',
      'Eve (eve)',
      'nobody',
    ]);
    const viewer = async () => (await graphiql.runTab('Me')).data.viewer;
    expect(await viewer()).toMatchObject({ user: { username: 'ada' } });

    await page.reload();
    await graphiql.ready();
    await page.keyboard.press('Tab');
    expect(await chooser.evaluate((element) => element.matches(':focus-visible'))).toBe(true);
    await page.keyboard.press('c');
    expect(await viewer()).toMatchObject({ user: { username: 'carol' } });
    await page.reload();
    await graphiql.ready();
    expect(await viewer()).toMatchObject({ user: { username: 'carol' } });

    await chooser.selectOption('nobody');
    expect(await viewer()).toBeNull();
    await page.reload();
    await graphiql.ready();
    expect(await viewer()).toBeNull();
  });

  it('lets a header that somebody wrote win', async () => {
    const graphiql = await windows.open();
    const { page, chooser } = graphiql;
    await chooser.selectOption('dan');
    await graphiql.openTab('Me');
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.getByLabel('Headers').locator('.view-lines:visible').click();
    await page.keyboard.insertText(`{"authorization": "Bearer ${windows.gateway.tokenOf('bob')}"}`);
    const { data } = await (await graphiql.press()).json();
    expect(data.viewer.user.username).toBe('bob');
  });

  it('follows somebody as somebody', async () => {
    const graphiql = await windows.open();
    await graphiql.chooser.selectOption('carol');
    const { data } = await graphiql.runTab('Follow');
    expect(data.followUser).toMatchObject({ user: { username: 'eve' }, userErrors: [] });
    await graphiql.shows('"follows": true');
    const after = await windows.gateway.send(
      '{ user(by: { username: "eve" }) { relationship { follows } } }',
      windows.gateway.tokenOf('carol'),
    );
    expect(after.data).toEqual({ user: { relationship: { follows: true } } });
  });

  it('uploads an avatar', async () => {
    const { gateway, open } = windows;
    const graphiql = await open();
    await graphiql.chooser.selectOption('dan');
    await graphiql.picker.setInputFiles(await portrait());
    await graphiql.openTab('Picture');
    const response = await graphiql.press();
    expect(response.request().headers()['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    await graphiql.shows('"width": 640');
    const ask = '{ viewer { user { username avatar { url(size: LARGE) } } } }';
    const { data } = await gateway.send(ask, gateway.tokenOf('dan'));
    const { user } = (await response.json()).data.updateProfile;
    expect(data).toMatchObject({ viewer: { user: { username: 'dan', avatar: { url: user.avatar.url } } } });
    const picture = await fetch(user.avatar.url);
    const { dominant } = await sharp(await picture.arrayBuffer()).stats();
    expect(dominant.g).toBeGreaterThan(dominant.r);
  });

  it('shows what somebody else does, as it happens', async () => {
    const here = await windows.open();
    await here.chooser.selectOption('eve');
    await here.openTab('Live');
    const stream = await here.press();
    expect(stream.headers()['content-type']).toMatch(/^text\/event-stream/);

    const there = await here.another();
    await there.chooser.selectOption('bob');
    await there.runTab('Follow');
    await here.shows('"kind": "FOLLOWED", "actors": [{ "username": "bob" }');
    expect(await here.chooser.inputValue()).toBe('eve');
    await here.run.click();
    await expect.poll(() => here.run.getAttribute('aria-label'), { timeout: patience }).toMatch(/^Execute/);
  });
});
