// PostgreSQL ends and comes back, in each way it can, while people read and write.
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, type Ending, startCluster } from '../helpers/cluster.ts';
import { community, recovery, startKith } from '../helpers/community.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  return cluster.end;
});

describe('PostgreSQL that ends and comes back', () => {
  it.each<Ending>(['fast', 'immediate', 'killed'])(
    '%s: coded errors meanwhile, and nothing lost',
    async (how) => {
      const DATABASE_URL = await cluster.createDatabase();
      const people = await community(await startKith({ DATABASE_URL }));
      people.begin();
      await people.wellAgain();
      await sleep(500);
      expect(people.codesSince(0)).toEqual([]);

      await cluster.stop(how);
      const gone = performance.now();
      await sleep(1_500);
      const codes = people.codesSince(gone);
      expect(codes.length).toBeGreaterThan(0);
      await cluster.start();
      expect(await people.wellAgain()).toBeLessThan(recovery);
      const well = performance.now();
      await sleep(1_000);
      await people.end();
      expect(new Set(people.codesSince(0)), people.gateway.output()).toEqual(
        new Set(['SERVICE_UNAVAILABLE']),
      );
      expect(people.codesSince(well)).toEqual([]);
      expect(people.gateway.child.exitCode).toBeNull();
      await people.check({ DATABASE_URL });
    },
  );
});
