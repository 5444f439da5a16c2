import { expect, test } from 'vitest';
import type { ModelSpec } from '../spec/spec.ts';
import { defaultTrainers } from '../spec/trainer-spec.ts';
import { unitOutcomes, type UnitRow } from './unit-outcome.ts';

const target = { task: 'binary', column: 'y', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } } as const;
const trainer = defaultTrainers.gbdt;
const spec: Pick<ModelSpec, 'target' | 'value' | 'trainer'> = {
  target,
  trainer,
  value: {
    currency: 'EUR',
    truePositive: { fixed: 0, per: { column: 'amount', factor: 1 } },
    falsePositive: { fixed: -2 },
    trueNegative: { fixed: 0 },
    falseNegative: { fixed: 0, per: { column: 'amount', factor: -1 } },
  },
};
const row = (label: string, decision: string, control: number | null): UnitRow => ({
  label,
  decision,
  scores: [0.4, 0.6],
  controlScores: control === null ? null : [1 - control, control],
});
const rows = [
  row('fraud', 'fraud', 0.5),
  row('fraud', 'fine', 0.1),
  row('fine', 'fraud', null),
  row('maybe', 'fine', 0.2),
];
const amounts = () => Float64Array.of(100, 30, 50, 10);
const of = (metric: string) => unitOutcomes(spec, metric, rows, amounts);

test('the value of the decision that was given, and what the control expects of the better one', () => {
  expect(of('value').map(({ outcome }) => outcome)).toEqual([100, -30, -2, null]);
  const [first, second, third] = of('value').map(({ covariate }) => covariate);
  // Yes: 0.5 of 100 and 0.5 of -2; no: 0.5 of -100.
  expect(first).toBeCloseTo(49, 12);
  expect(second).toBeCloseTo(0.1 * 30 - 0.9 * 2, 12);
  expect(third).toBeNull();
});

test('what came true, whatever was decided; what is no label has no outcome', () => {
  expect(of('positiveRate').map(({ outcome }) => outcome)).toEqual([1, 1, 0, null]);
  expect(of('positiveRate').map(({ covariate }) => covariate)).toEqual([0.5, 0.1, null, 0.2]);
});

test('a metric of the registry, by the decision that was given', () => {
  expect(of('accuracy').map(({ outcome }) => outcome)).toEqual([1, 0, 0, null]);
  expect(of('brier')[0]?.outcome).toBeCloseTo(0.16, 12);
});

test('a value is its own outcome', () => {
  const target = { task: 'regression', column: 'y', labelDelay: { rows: 1 } } as const;
  const regression = { target, value: null, trainer };
  const one = { label: '3.5', scores: [3], decision: null, controlScores: [4] };
  expect(unitOutcomes(regression, 'mean', [one], amounts)).toEqual([{ outcome: 3.5, covariate: 4 }]);
  expect(unitOutcomes(regression, 'mae', [one], amounts)[0]?.outcome).toBeCloseTo(0.5, 12);
  expect(unitOutcomes(regression, 'pinball', [one], amounts)[0]?.outcome).toBeNull();
  const quantile = { ...regression, trainer: { ...trainer, objective: 'quantile', quantile: 0.9 } } as const;
  expect(unitOutcomes(quantile, 'pinball', [one], amounts)[0]?.outcome).toBeCloseTo(0.45, 12);
});
