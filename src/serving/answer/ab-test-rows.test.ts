import { expect, test } from 'vitest';
import type { PredictionRecord } from '../../domain/record/records.ts';
import { weightOfPercent } from '../../domain/rollout/routing.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { servedInMemory, servingInMemory } from '../../../tests/worlds/serving-in-memory.ts';
import { until } from '../../../tests/worlds/wait.ts';
import type { ServedModel, ServedVersion } from '../versions/model-table.ts';
import { answerRequest } from './answer-request.ts';

const spec = completeSpec({
  name: 'fraud',
  about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
  entity: { column: 'card' },
  features: [{ kind: 'number', name: 'amount', missing: 'refuse' }],
  target: { task: 'binary', column: 'y', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
});

function version(number: number, score: readonly number[] | null): ServedVersion {
  const { champion } = servedInMemory(spec, { score: () => score });
  if (champion === null) throw new Error('it has a champion');
  return { ...champion, routed: { ...champion.routed, version: number } };
}

/** v9 is champion, with v8 in shadow; the test has v1 for its control, and all entities but a tenth. */
function model(isStopped: boolean): ServedModel {
  const served = { 1: version(1, [0.9, 0.1]), 2: version(2, [0.2, 0.8]), 3: version(3, null) };
  const challenger = version(8, [0.3, 0.7]);
  const steady = servedInMemory(spec, { score: () => [0.6, 0.4] });
  const champion = version(9, [0.6, 0.4]);
  const arms = ([1, 2, 3] as const).map((number) => ({
    name: number === 1 ? 'control' : `v${number}`,
    version: served[number].routed,
    weight: 1,
    isStopped: isStopped && number === 2,
  }));
  const abTest = {
    number: 1,
    salt: 'ab-test/fraud/1',
    share: weightOfPercent(90),
    arms,
    leaseUntilMs: Date.now() + 60_000,
  };
  return {
    ...steady,
    champion,
    challenger,
    entry: { ...steady.entry, champion: champion.routed, challenger: challenger.routed, stage: 'shadow', abTest },
    abTest: {
      arms: arms.map((arm) => ({
        version: arm.version.version,
        served: arm.isStopped ? null : served[arm.version.version as 1 | 2 | 3],
      })),
    },
  };
}

async function answered(isStopped = false): Promise<readonly PredictionRecord[]> {
  const given = model(isStopped);
  const { serving, records } = servingInMemory([given]);
  const rows = Array.from({ length: 300 }, (_, i) => ({ amount: 1, card: `card-${i}` }));
  await answerRequest(serving, given, { rows, startedAtMs: 0 });
  await until('the records are written', () => Promise.resolve(records.length === rows.length));
  return records.flatMap((one) => (one.type === 'prediction' ? [one.record] : []));
}

/** What the records of each kind say, once each. */
function kinds(records: readonly PredictionRecord[]): ReadonlySet<string> {
  return new Set(
    records.map(({ arm, stage, version: by, answer, otherVersion, otherAnswer, failed }) =>
      [
        `${arm} in ${stage}`,
        `v${by} ${answer.scores.join('/')}`,
        otherVersion === null ? 'alone' : `with v${otherVersion} ${otherAnswer?.scores.join('/') ?? 'unasked'}`,
        failed ? 'failed' : 'well',
      ].join(', '),
    ),
  );
}

test('each arm answers its own, the control scores them too and answers where they fail', async () => {
  expect(kinds(await answered())).toEqual(
    new Set([
      'ab-test in steady, v1 0.9/0.1, alone, well',
      'ab-test in steady, v2 0.2/0.8, with v1 0.9/0.1, well',
      'ab-test in steady, v1 0.9/0.1, with v3 unasked, failed',
      'champion in shadow, v9 0.6/0.4, with v8 0.3/0.7, well',
    ]),
  );
});

test('entities of an arm that was stopped stay its own, and the control answers them', async () => {
  const [before, after] = [await answered(), await answered(true)];
  expect(kinds(after)).toContain('ab-test in steady, v1 0.9/0.1, with v2 unasked, well');
  const ofSecond = (records: readonly PredictionRecord[]) =>
    records.filter((one) => one.version === 2 || one.otherVersion === 2).map(({ entityHash }) => entityHash);
  expect(ofSecond(after)).toEqual(ofSecond(before));
  expect(ofSecond(after).length).toBeGreaterThan(50);
});
