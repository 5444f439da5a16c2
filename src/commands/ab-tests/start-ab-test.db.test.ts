import { expect, test } from 'vitest';
import { withTransaction } from '../../db/base/connect.ts';
import { findAbTest } from '../../db/routing/ab-tests.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { makeStanding, personOn, standing } from '../../../tests/worlds/delivered-world.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../../tests/worlds/recording-bus.ts';
import { specOf } from '../../../tests/worlds/two-models.ts';
import { freeze } from '../control/freeze.ts';
import { kill } from '../control/kill.ts';
import { planAbTest } from './plan-ab-test.ts';
import { abTestOf, abTests } from './read-ab-tests.ts';
import { startAbTest } from './start-ab-test.ts';
import { stopAbTest } from './stop-ab-test.ts';

const { database } = await openTestDatabase();
const context = personOn(database, new RecordingBus());
const query = (text: string, values: readonly unknown[]) => database.pool.query(text, [...values]);
const asked = (model: string, more: object = {}) => ({
  model,
  key: null,
  reason: 'to see',
  versions: [standing.released],
  metric: 'positiveRate',
  better: 'lower' as const,
  ...more,
});
const latest = { before: null, rowsMax: 10 };
const begin = (model: string, more: object = {}) => startAbTest(context, asked(model, more));

test('it is written down with every default, and its run is asked for', async () => {
  const nudged: unknown[] = [];
  const bus = new RecordingBus();
  bus.nudge = async (...news: readonly unknown[]) => nudged.push(...news) > 0;
  const model = await makeStanding(database);
  const answer = await startAbTest(personOn(database, bus), asked(model, { sharePercent: 10 }));
  expect(answer.text).toBe(`A/B test 1 of ${model} begins`);
  expect(nudged).toEqual([{ abTest: { model, number: 1 } }]);
  expect(await abTestOf(context, model, 1)).toMatchObject({
    status: 'starting',
    text: 'It begins when every serving process knows its arms.',
    declared: { sharePercent: 10, bounds: [0, 1], alpha: 0.05, daysMax: 30, effectMin: 0.01 },
    arms: [
      { arm: 'control', version: standing.champion, assigned: 0, mean: null },
      { arm: `v${standing.released}`, version: standing.released, verdict: null },
    ],
  });
  const { rows } = await query(`select kind, status from run where model = $1 and kind = 'ab-test'`, [model]);
  expect(rows).toEqual([{ kind: 'ab-test', status: 'running' }]);
});

test('while Temporal is away it is written down all the same, and that is said', async () => {
  const bus = new RecordingBus();
  bus.nudge = () => Promise.resolve(false);
  const model = await makeStanding(database);
  const { text } = await startAbTest(personOn(database, bus), asked(model));
  expect(text).toBe(`A/B test 1 of ${model} begins when Temporal is back`);
});

test('what would come is said without beginning anything', async () => {
  const model = await makeStanding(database);
  const plan = await planAbTest(context, asked(model));
  expect(plan).toMatchObject({ model, control: standing.champion, declared: { horizon: { unitsMax: 100_000 } } });
  expect(plan.text).toBe('Fewer than 30 outcomes of the champion are known: how long it takes nobody can say.');
  expect(await abTests(context, model, latest)).toEqual([]);
});

test('a second one waits for the end of the first, which a person may bring about once', async () => {
  const model = await makeStanding(database);
  await begin(model);
  await expect(begin(model)).rejects.toThrow(`The A/B test 1 of "${model}" is under way: stop it first.`);
  await stopAbTest(context, { model, key: null, reason: 'enough' });
  await expect(stopAbTest(context, { model, key: null, reason: 'enough' })).rejects.toThrow(
    `No A/B test of "${model}" is under way.`,
  );
  await begin(model);
  expect((await abTests(context, model, latest)).map(({ number, ending }) => [number, ending])).toEqual([
    [2, null],
    [1, 'stopped'],
  ]);
});

test('the kill switch ends one, also where the champion stays', async () => {
  const model = await makeStanding(database);
  await begin(model);
  await kill(context, { model, key: null, reason: 'an incident' });
  expect(await findAbTest(database.db, { model, number: 1 })).toMatchObject({
    ending: 'stopped',
    reason: 'kill switch: an incident',
  });
});

test.each([
  ['no such version', { versions: [99] }, 'Version 99 of "M" does not exist.'],
  ['the champion', { versions: [standing.champion] }, 'Version 2 of "M" is champion: it is the control already.'],
  ['a metric that the task has not', { metric: 'mae' }, 'is tested by'],
  ['no value', { metric: 'value', better: undefined }, 'The definition does not say what a decision is worth'],
  ['too large a share', { sharePercent: 60 }, 'The share of an A/B test is above 0 and at most 50 %.'],
])('refused in one sentence: %s', async (_, more, sentence) => {
  const model = await makeStanding(database);
  await expect(begin(model, more)).rejects.toThrow(sentence.replace('M', model));
  expect(await abTests(context, model, latest)).toEqual([]);
});

test('versions that may answer nobody, or answer something else, are no arms', async () => {
  const model = await makeStanding(database);
  const number = standing.released;
  const set = (status: string, gate: string) =>
    query('update version set status = $3, gate_verdict = $4 where model = $1 and version = $2', [
      model,
      number,
      status,
      gate,
    ]);
  await set('rejected', 'fail');
  await expect(begin(model)).rejects.toThrow(`Version 4 of "${model}" did not pass its gate: it may answer nobody.`);
  await set('experiment', 'insufficient');
  await expect(begin(model)).rejects.toThrow('did not pass its gate');
  const wider = { ...specOf(model), features: [{ kind: 'number', name: 'age', missing: 'allow' }] } as const;
  await withTransaction(database, (tx) => storeSpec(tx, { ...specOf(model), ...wider }, 'seed'));
  await query('update version set spec_revision = 2 where model = $1 and version = $2', [model, number]);
  await set('experiment', 'pass');
  await expect(begin(model)).rejects.toThrow(`Version 4 of "${model}" takes or answers something else than v2.`);
  await query('update version set spec_revision = 1 where model = $1 and version = $2', [model, number]);
  await begin(model);
});

test('none begins without a champion, while the model is frozen, or by whom the definition does not name', async () => {
  const fresh = 'never-trained';
  await withTransaction(database, (tx) => storeSpec(tx, specOf(fresh), 'seed'));
  await expect(begin(fresh)).rejects.toThrow(`"${fresh}" has no champion yet: nothing could be the control.`);
  const frozen = await makeStanding(database);
  await freeze(context, { model: frozen, key: null, reason: 'a holiday' });
  await expect(begin(frozen)).rejects.toThrow(/^No A\/B test of ".*" begins, because .*a holiday/);
  const named = await makeStanding(database);
  await query(`update spec_revision set spec = jsonb_set(spec, '{rollout,approval}', $2::jsonb) where model = $1`, [
    named,
    JSON.stringify({ people: 1, fourEyes: false, atDeadline: 'stay', by: ['eve'] }),
  ]);
  await expect(begin(named)).rejects.toThrow(`"ana" may not approve "${named}"`);
});
