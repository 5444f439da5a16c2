import { expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { closeRun, findRun } from '../../src/db/runs/runs.ts';
import { aliasMove, rollout } from '../../src/db/schema/index.ts';
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

/** The champion moved by hand, as the row of the move says. */
async function moveByHand(fromVersion: number | null, toVersion: number, routingRevision: number): Promise<void> {
  const move = { model, alias: 'champion', actor: 'ana', why: 'because', fromVersion, toVersion, routingRevision };
  await database.db.insert(aliasMove).values(move);
}
const planMoved = (version: number, moved: number) =>
  planGuardActivities({ database } as ActivityDependencies).planGuard({ model, version, moved });

test('who is put in charge by hand is guarded against whom it took the place of, under an id of its own', async () => {
  await moveByHand(3, 2, 70);
  const back = await planMoved(2, 70);
  // Back to an older one: that a newer one is better again is proposed, whatever is declared.
  expect(back).toMatchObject({ version: 2, predecessor: 3, moved: 70, afterSeq: 0, action: 'propose' });
  expect(back?.superseded).toEqual(['guard/guarded/3']);
  expect(await endingOf(3)).toEqual(['completed', 'superseded: v2 is champion']);
  expect((await findRun(database.db, 'guard/guarded/2/70'))?.status).toBe('running');
  await moveByHand(2, 3, 71);
  await database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{rollout,guard}', '{"labelledRows": 50, "action": "roll-back"}')`,
  );
  expect(await planMoved(3, 71)).toMatchObject({ predecessor: 2, action: 'roll-back' });
  expect((await findRun(database.db, 'guard/guarded/2/70'))?.detail).toBe('superseded: v3 is champion');
});

test('a move that is told again begins no guard that has ended, and goes on where one has not', async () => {
  await database.pool.query(
    `insert into model_stream (model, last_seq) values ($1, 900)
    on conflict (model) do update set last_seq = 900`,
    [model],
  );
  expect(await planMoved(3, 71)).toMatchObject({ afterSeq: 0, superseded: [] });
  await closeRun(database.db, 'guard/guarded/3/71', { status: 'completed', detail: 'fine: as good' });
  expect(await planMoved(3, 71)).toBeNull();
  await moveByHand(null, 1, 72);
  expect(await planMoved(1, 72)).toBeNull();
  expect(await planMoved(1, 999)).toBeNull();
});

test('a second rollout of a version is guarded apart from its first', async () => {
  await database.db.insert(rollout).values({ ...promoted, version: 3, attempt: 2, baseVersion: 2, endedSeq: 40 });
  const again = planGuardActivities({ database } as ActivityDependencies);
  expect(await again.planGuard({ model, version: 3, attempt: 2 })).toBeNull();
  await moveByHand(2, 3, 80);
  expect(await again.planGuard({ model, version: 3, attempt: 2 })).toMatchObject({
    predecessor: 2,
    moved: 80,
    afterSeq: 40,
  });
});
