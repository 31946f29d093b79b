// The server is killed while people write, and started again.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../helpers/cluster.ts';
import { community, recovery, startKith } from '../helpers/community.ts';
import { migratedFolder, temporaryFolder } from '../helpers/process.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  return cluster.end;
});

describe('a server that is killed in the middle of writes', () => {
  it.each(['PostgreSQL', 'the embedded database'])(
    '%s: what it has acknowledged is there when it is started again, and every counter is exact',
    async (kind) => {
      const env =
        kind === 'PostgreSQL'
          ? { DATABASE_URL: await cluster.createDatabase(), DATA_DIR: temporaryFolder() }
          : { DATA_DIR: migratedFolder() };
      const people = await community(await startKith(env));
      people.begin();
      for (let n = 0; n < 2; n++) {
        await people.wellAgain();
        await sleep(300);
        const { child, ended } = people.gateway;
        child.kill('SIGKILL');
        expect(await ended).toBe('SIGKILL');
        // On the same folder, whose lock has gone with who held it.
        people.gateway = await startKith(env);
      }
      expect(await people.wellAgain()).toBeLessThan(recovery);
      await people.end();
      expect(new Set(people.codesSince(0))).toEqual(new Set(['broken off']));
      await people.check(env);
    },
  );
});
