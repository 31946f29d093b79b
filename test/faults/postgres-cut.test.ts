// Connections to PostgreSQL break, or fall silent, while people read and write.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../helpers/cluster.ts';
import { type Community, community, recovery, startKith } from '../helpers/community.ts';
import { startProxy } from '../helpers/proxy.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  return cluster.end;
});

/** Sees that all is well again, and that nobody was told what is not so. */
async function expectRecovered(people: Community, DATABASE_URL: string): Promise<void> {
  expect(await people.wellAgain()).toBeLessThan(recovery);
  const well = performance.now();
  await sleep(500);
  await people.end();
  expect(people.codesSince(well)).toEqual([]);
  expect(new Set(people.codesSince(0)), people.gateway.output()).toEqual(new Set(['SERVICE_UNAVAILABLE']));
  expect(people.gateway.child.exitCode).toBeNull();
  await people.check({ DATABASE_URL });
}

describe('connections to PostgreSQL', () => {
  it('that are terminated again and again: no write is half done, or done twice', async () => {
    const DATABASE_URL = await cluster.createDatabase();
    const people = await community(await startKith({ DATABASE_URL }));
    people.begin();
    await people.wellAgain();
    const name = new URL(DATABASE_URL).pathname.slice(1);
    let terminated = 0;
    for (let n = 0; n < 25; n++) {
      const rows = await cluster.admin`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = ${name} AND application_name = 'kith'`;
      terminated += rows.length;
      await sleep(80 + Math.random() * 40);
    }
    expect(terminated).toBeGreaterThan(0);
    await expectRecovered(people, DATABASE_URL);
  });

  /** People whose server has a way to PostgreSQL that can be cut. */
  async function throughProxy() {
    const DATABASE_URL = await cluster.createDatabase();
    const proxy = await startProxy({ host: '127.0.0.1', port: cluster.port });
    const through = new URL(DATABASE_URL);
    through.port = String(proxy.port);
    const people = await community(await startKith({ DATABASE_URL: through.href }));
    people.begin();
    await people.wellAgain();
    return { DATABASE_URL, proxy, people };
  }

  it('that are cut, with none to be had for a while', async () => {
    const { DATABASE_URL, proxy, people } = await throughProxy();
    for (let n = 0; n < 3; n++) {
      await proxy.close();
      await sleep(400);
      await proxy.open();
      await people.wellAgain();
    }
    await expectRecovered(people, DATABASE_URL);
  });

  it('that fall silent, and new ones too: nobody waits for ever', async () => {
    const { DATABASE_URL, proxy, people } = await throughProxy();
    proxy.cut();
    const silent = performance.now();
    while (people.codesSince(silent).length === 0 && performance.now() - silent < 15_000) await sleep(50);
    expect(people.codesSince(silent).length).toBeGreaterThan(0);
    proxy.mend();
    await expectRecovered(people, DATABASE_URL);
    // A statement may take 5 seconds, and a connection 3 to be had.
    for (const { took } of people.heard) expect(took).toBeLessThan(15_000);
  });
});
