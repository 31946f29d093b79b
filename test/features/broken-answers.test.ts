// An answer that breaks off with an error must leave nothing behind for whoever asks next on the same connection.
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { transaction } from '../../src/db/errors.ts';
import { useTestApp } from '../helpers/app.ts';

const kith = useTestApp();

/** Sends two rows, and fails at the third. */
const breaksOff = sql`SELECT 10 / (3 - n) AS part FROM generate_series(1, 5) n`;
const whole = sql`SELECT n FROM generate_series(1, 3) n`;
const rowsOf = (answer: unknown) => [
  ...(Array.isArray(answer) ? answer : (answer as { rows: unknown[] }).rows),
];
const threeRows = [{ n: 1 }, { n: 2 }, { n: 3 }];

describe('an answer that breaks off', () => {
  it('is followed by whole ones', async () => {
    const { db } = kith.database;
    for (let i = 0; i < 3; i++) {
      const [broken, ...next] = await Promise.allSettled([
        db.execute(breaksOff),
        db.execute(whole),
        db.execute(whole),
      ]);
      expect(broken.status).toBe('rejected');
      for (const answer of next) {
        if (answer.status === 'rejected') throw answer.reason;
        expect(rowsOf(answer.value)).toEqual(threeRows);
      }
    }
  });

  it('in a transaction is followed by whole ones in the next', async () => {
    const { db } = kith.database;
    for (let i = 0; i < 3; i++) {
      await expect(transaction(db, (tx) => tx.execute(breaksOff))).rejects.toThrow();
      expect(rowsOf(await transaction(db, (tx) => tx.execute(whole)))).toEqual(threeRows);
    }
  });
});
