import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ActivityDependencies } from '../../../activities/dependencies.ts';
import { planGuardActivities } from '../../../activities/guard/plan-guard.ts';
import { readOutcomeActivities } from '../../../activities/model/read-outcome.ts';
import { ForgetfulBus, makeStanding, personOn, standing } from '../../../tests/worlds/delivered-world.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { unperformedCommands } from '../../db/people/unperformed-commands.ts';
import { readRouting } from '../../db/routing/routing.ts';
import { specOf } from '../../../tests/worlds/two-models.ts';
import { abort } from './abort.ts';
import { approve } from './approve.ts';
import { freeze } from './freeze.ts';
import { promote } from './promote.ts';
import { thaw } from './thaw.ts';

const { database } = await openTestDatabase();
const deps = { database } as ActivityDependencies;
const bus = new ForgetfulBus(database);
const context = personOn(database, bus);

const say = (model: string, key = randomUUID()) => ({ model, key, reason: 'because' });
const begin = (model: string, version: number, key = randomUUID()) =>
  promote(context, { ...say(model, key), version, force: false, rollout: true });
const attemptsOf = async (model: string) =>
  (
    await database.pool.query(
      `select attempt, spec_revision as revision, status, salt from rollout where model = $1 and version = $2
       order by attempt`,
      [model, standing.challenger],
    )
  ).rows;

/** The first rollout of its challenger was taken out, and the definition has another plan now. */
async function again(): Promise<string> {
  const model = await makeStanding(database);
  await abort(context, say(model));
  const spec = specOf(model);
  const later = { ...spec, rollout: { ...spec.rollout, deadline: { rows: 9_999 } } };
  await withTransaction(database, (tx) => storeSpec(tx, later, 'ana'));
  await database.pool.query(
    `insert into run (run_id, model, kind, status, input, output)
    values ($1, $2, 'train', 'completed', '{}', $3)`,
    [`train/${model}/${standing.challenger}`, model, JSON.stringify({ version: standing.challenger })],
  );
  return model;
}

test('another rollout of a version is opened once, by the plan that stands now, and its model starts it', async () => {
  const model = await again();
  const key = randomUUID();
  const first = await begin(model, standing.challenger, key);
  expect(first.text).toBe('a rollout of v3 begins by the plan of revision 2, attempt 2');
  expect(await begin(model, standing.challenger, key)).toEqual(first);
  expect(await attemptsOf(model)).toEqual([
    { attempt: 1, revision: 1, status: 'rolled-back', salt: 'salt-3' },
    { attempt: 2, revision: 2, status: 'active', salt: `rollout/${model}/3/2` },
  ]);
  const { readOutcome } = readOutcomeActivities(deps);
  expect(await readOutcome({ model, runId: `train/${model}/3` })).toEqual({
    state: 'version-ready',
    version: 3,
    attempt: 2,
  });
  // Nothing is owed for it, and its command moves no champion.
  expect(await unperformedCommands(database.db, model)).toEqual([]);
  const message = { commandId: first.commandId, actor: 'mallory', reason: 'a lie', toVersion: standing.challenger };
  await bus.perform({ kind: 'rollback', model, message });
  expect((await readRouting(database.db, model))?.champion?.version).toBe(standing.champion);
});

test('its promotion is guarded like that of a first one', async () => {
  const model = await again();
  await begin(model, standing.challenger);
  await approve(context, say(model));
  const { rows } = await database.pool.query(
    `select routing_revision::int as moved from alias_move where model = $1 order by move_id desc limit 1`,
    [model],
  );
  expect(await planGuardActivities(deps).planGuard({ model, version: 3, attempt: 2 })).toMatchObject({
    predecessor: standing.champion,
    moved: rows[0]?.moved,
  });
});

test('none begins while another is under way, for the champion, frozen, or for another target', async () => {
  const model = await makeStanding(database);
  await expect(begin(model, standing.released)).rejects.toThrow(/A rollout of v3 .* is under way: end it first/);
  await abort(context, say(model));
  await expect(begin(model, standing.champion)).rejects.toThrow(/is champion already/);
  await freeze(context, say(model));
  await expect(begin(model, standing.released)).rejects.toThrow(/because the model is frozen by ana: because/);
  await thaw(context, say(model));
  const spec = specOf(model);
  const other = { ...spec, target: { ...spec.target, column: 'another', labelDelay: { rows: 123 } } };
  await withTransaction(database, (tx) => storeSpec(tx, other, 'ana'));
  await expect(begin(model, standing.released)).rejects.toThrow(/answers another question/);
});
