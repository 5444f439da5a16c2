import { expect, test } from 'vitest';
import type { TargetSpec } from '../../domain/spec/spec.ts';
import { preflight } from '../../domain/rollout/preflight/preflight.ts';
import { planSpec } from './plan-spec.ts';

const labelDelay = { rows: 10 };
const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay };
const value: TargetSpec = { task: 'regression', column: 'y', labelDelay };
const planOf = (rows: number, target: TargetSpec) =>
  planSpec({
    name: 'any',
    file: { path: 'x.csv', format: 'csv' },
    features: [{ kind: 'number', name: 'x', missing: 'allow' }],
    target,
    standardDeviation: target.task === 'regression' ? 1 : null,
    entity: null,
    eventTime: null,
    rows,
    historyRows: Math.floor(rows / 5),
  });
const late: TargetSpec = { ...binary, labelDelay: { rows: 500 } };
const correctionOf = (rows: number, target: TargetSpec) => planOf(rows, target).watch.correction;

test('answers are corrected anew five times a window, and never after fewer than 50 rows', () => {
  expect(correctionOf(45_312, late)).toMatchObject({ halfLifeRows: 500, everyRows: 100 });
  expect(correctionOf(300, late)).toMatchObject({ halfLifeRows: 50, everyRows: 50 });
});

test('labels that come at once correct at once, by what errs now; a small table has too few rows for that', () => {
  const soon = (rows: number, target: TargetSpec) => {
    const { everyRows, recentErrors } = correctionOf(rows, target) ?? {};
    return { everyRows, recentErrors };
  };
  expect(soon(45_312, binary)).toEqual({ everyRows: 50, recentErrors: true });
  expect(soon(45_312, value)).toEqual({ everyRows: 50, recentErrors: undefined });
  expect(soon(45_312, late)).toEqual({ everyRows: 100, recentErrors: undefined });
  expect(soon(2_000, binary)).toEqual({ everyRows: 50, recentErrors: undefined });
});

test('trainings are rare, and saved up for a change', () => {
  expect(planOf(45_312, binary).retrain).toMatchObject({
    growthFactor: 2,
    cooldown: { rows: 500 },
    budget: { runs: 1, per: { rows: 5_000 }, savedMax: 3 },
    followUpRowsMax: 4_000,
  });
  expect(planOf(300, binary).retrain.budget).toEqual({ runs: 1, per: { rows: 5_000 }, savedMax: 3 });
});

test('features have a part in corrections of two classes alone', () => {
  expect(correctionOf(45_312, binary)).toMatchObject({ featuresMax: 24 });
  expect(correctionOf(45_312, value)).not.toHaveProperty('featuresMax');
});

test('a rollout waits until equal answers can be proven, where the table has rows enough for that', () => {
  const deadlineOf = (rows: number) => planOf(rows, binary).rollout.deadline;
  // Three windows and the delay: shadow and canary, a window each, come before it.
  expect(deadlineOf(45_312)).toEqual({ rows: 1_510 });
  expect(deadlineOf(5_000)).not.toEqual({ rows: 310 });
  const { rollout } = planOf(5_000, binary);
  const compared = {
    rowsPerHour: 1_000,
    entities: null,
    failureRate: 0,
    wrongRate: 0,
    labels: { share: 1, delayRows: 10 },
  };
  const told = (plan: typeof rollout) => preflight({ traffic: compared, compared: null, rollout: plan });
  expect(told(rollout).promotion).toMatchObject({ betterNeeded: 0 });
  expect(told(rollout).refusal).toBeNull();
  expect(told({ ...rollout, deadline: { rows: 310 } }).promotion?.betterNeeded).toBeGreaterThan(0);
  expect(deadlineOf(1_500), 'a third of the rows does not suffice').toEqual({ rows: 160 });
});
