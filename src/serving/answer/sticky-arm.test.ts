import { expect, test } from 'vitest';
import type { PredictionRecord } from '../../domain/record/records.ts';
import { weightOfPercent, type RoutingEntry } from '../../domain/rollout/routing.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { entitiesUnder } from '../../../tests/worlds/entity-names.ts';
import { servedInMemory, servingInMemory } from '../../../tests/worlds/serving-in-memory.ts';
import { until } from '../../../tests/worlds/wait.ts';
import { answerRequest } from './answer-request.ts';

const version = {
  version: 1,
  modelDigest: 'a',
  profileDigest: 'b',
  correction: 'identity',
  threshold: null,
  specRevision: 1,
};
const entry: RoutingEntry = {
  model: 'fraud',
  revision: 3,
  specRevision: 1,
  champion: version,
  challenger: { ...version, version: 2 },
  stage: 'canary',
  rollout: { model: 'fraud', version: 2, attempt: 1 },
  challengerWeight: weightOfPercent(20),
  salt: 'salt',
  leaseUntilMs: 1_000,
};
const entities = Array.from({ length: 50 }, (_, index) => `card-${index}`);
test('the arm of an entity is the same under every key, and as before there was one', async () => {
  const spec = completeSpec({
    name: 'fraud',
    about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
    entity: { column: 'card' },
    features: [{ kind: 'number', name: 'amount', missing: 'refuse' }],
    target: { task: 'binary', column: 'y', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
  });
  const steady = servedInMemory(spec, { score: () => [0.5, 0.5] });
  const leased = { ...entry, leaseUntilMs: Date.now() + 60_000 };
  const model = { ...steady, entry: leased, challenger: steady.champion };
  const rows = entities.map((card) => ({ amount: 1, card }));
  const logged = await Promise.all(
    ['a', 'b'].map(async (secret) => {
      const { serving, records } = servingInMemory([model]);
      await answerRequest({ ...serving, entities: entitiesUnder(secret) }, model, { rows, startedAtMs: 0 });
      await until('the records are written', () => Promise.resolve(records.length === rows.length));
      return records.flatMap((one) => (one.type === 'prediction' ? [one.record] : []));
    }),
  );
  const of = <T>(read: (record: PredictionRecord) => T) => logged.map((records) => records.map(read));
  const [first, second] = of(({ bucket, arm }) => [bucket, arm]);
  expect(first).toEqual(second);
  // Recorded of the release before the key: an arm that moved would take its entity out of an open rollout.
  expect(first?.slice(0, 3)).toEqual([
    [1_990_685_415, 'champion'],
    [487_641_671, 'challenger'],
    [3_982_657_930, 'champion'],
  ]);
  expect(new Set(of(({ entityHash }) => entityHash).flat()).size).toBe(100);
});
