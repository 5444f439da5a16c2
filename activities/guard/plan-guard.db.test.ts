import { expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { findRun } from '../../src/db/runs/runs.ts';
import { rollout } from '../../src/db/schema/index.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { planGuardActivities } from './plan-guard.ts';

const model = 'guarded';
const { database } = await openTestDatabase();
await withTransaction(database, (tx) => storeSpec(tx, specOf(model), 'seed'));
const promoted = { model, attempt: 1, status: 'promoted', specRevision: 1, salt: 's' } as const;
await database.db.insert(rollout).values([
  { ...promoted, version: 2, baseVersion: 1 },
  { ...promoted, version: 3, baseVersion: 2 },
]);

const plan = (version: number) =>
  planGuardActivities({ database } as ActivityDependencies).planGuard({ model, version });
const endingOf = async (version: number) => {
  const run = await findRun(database.db, `guard/${model}/${version}`);
  return run === null ? null : [run.status, run.detail];
};

test('the guard over the predecessor ends with the plan of the next one, however often that is asked for', async () => {
  expect(await plan(2)).toMatchObject({ version: 2, predecessor: 1 });
  expect(await endingOf(2)).toEqual(['running', null]);
  await plan(3);
  await plan(3);
  expect(await endingOf(2)).toEqual(['completed', 'superseded: v3 is champion']);
  expect(await endingOf(3)).toEqual(['running', null]);
});

test('a guard that has ended by itself keeps its ending', async () => {
  await database.pool.query(`update run set detail = 'fine: as good' where run_id = 'guard/${model}/2'`);
  await plan(3);
  expect(await endingOf(2)).toEqual(['completed', 'fine: as good']);
});
