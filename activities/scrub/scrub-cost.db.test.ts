import { afterAll, expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { findScrub } from '../../src/db/scrub/scrub-round.ts';
import { createExplainedDatabase } from '../../tests/worlds/growth/explained-database.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import { scrubArtifacts } from './scrub-artifacts.ts';

const { database, place } = await openTestDatabase();
const explained = createExplainedDatabase(place.url);
afterAll(() => explained.database.close());
const hourMs = 3_600_000;
const periodMs = 720 * hourMs;
const snapshots = 7_200;

test('an hour reads the rows that are due in it, each of them once in a period', async () => {
  await withTransaction(database, (tx) => storeSpec(tx, specOf('lake'), 'ana'));
  await database.pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest)
     select encode(sha256(i::text::bytea), 'hex'), 'lake', 1, 'history', 'x', 1, 0,
       jsonb_build_object('files', jsonb_build_array(
         jsonb_build_object('sha256', encode(sha256(('file ' || i)::bytea), 'hex'))))
     from generate_series(1, $1::int) i`,
    [snapshots],
  );
  await database.pool.query('analyze snapshot');
  const lookedFor: string[] = [];
  const store = {
    under: () => Promise.resolve([]),
    stateOf: () => Promise.resolve('whole' as const),
    has: (digest: string) => {
      lookedFor.push(digest);
      return Promise.resolve(true);
    },
  };
  const at = (hour: number, startMs: number) =>
    scrubArtifacts(
      { database: explained.database, store, periodMs, nowMs: startMs + hour * hourMs, pace: () => Promise.resolve() },
      () => false,
    );
  await at(0, Date.now());
  const startMs = (await findScrub(database.db))?.startedAt.getTime() ?? 0;
  for (let hour = 1; hour <= 8; hour++) {
    const before = lookedFor.length;
    // oxlint-disable-next-line no-await-in-loop -- one hour after the other
    const { statements } = await explained.costOf(() => at(hour, startMs));
    const rows = [...statements.values()].reduce((sum, { rowsRead }) => sum + rowsRead, 0);
    const found = lookedFor.length - before;
    // A snapshot, its two files, the lines of the plan between them: a few for each that is due, and none of others.
    expect(found).toBeLessThan((4 * 2 * snapshots) / 720);
    expect(rows).toBeLessThan(12 * found + 60);
  }
  // Half of what falls due in eight hours, if all of it were spread evenly.
  expect(lookedFor.length).toBeGreaterThan((8 * 2 * snapshots) / 720 / 2);
  await at(720, startMs);
  expect(lookedFor).toHaveLength(2 * snapshots);
  expect(new Set(lookedFor).size).toBe(2 * snapshots);
}, 120_000);
