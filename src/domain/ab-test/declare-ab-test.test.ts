import { describe, expect, test } from 'vitest';
import { completeSpec } from '../spec/default-spec.ts';
import type { ValueSpec } from '../spec/spec.ts';
import { defaultTrainers } from '../spec/trainer-spec.ts';
import { declareAbTest, metricsFor, planOf, type AskedAbTest } from './declare-ab-test.ts';

const value: ValueSpec = {
  currency: 'EUR',
  truePositive: { fixed: 8 },
  falsePositive: { fixed: -2 },
  trueNegative: { fixed: 0 },
  falseNegative: { fixed: -10 },
};
const spec = completeSpec({
  name: 'fraud',
  about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
  features: [{ kind: 'number', name: 'amount', missing: 'refuse' }],
  target: { task: 'binary', column: 'y', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
  value,
});
const declare = (asked: Partial<AskedAbTest>, of = spec) =>
  declareAbTest(of, { versions: [2], metric: 'value', ...asked });

test('what is left out has a default, and bounds come from what is declared', () => {
  const declared = declare({});
  expect(declared).toEqual({
    versions: [2],
    sharePercent: 20,
    metric: 'value',
    better: 'higher',
    bounds: [-10, 8],
    horizon: { kind: 'sequential', unitsMax: 100_000 },
    alpha: 0.05,
    effectMin: 0.18,
    daysMax: 30,
    lookMs: 10_000,
  });
  expect(planOf(declared)).toMatchObject({ direction: 'higher', bounds: [-10, 8] });
  expect(declare({ metric: 'positiveRate', better: 'lower' }).bounds).toEqual([0, 1]);
  expect(declare({ metric: 'accuracy' })).toMatchObject({ better: 'higher', bounds: [0, 1] });
  expect(declare({ unitsPerArm: 500 }).horizon).toEqual({ kind: 'fixed', unitsPerArm: 500 });
});

test('what a task can be tested by', () => {
  expect(metricsFor(spec)).toEqual(['logLoss', 'brier', 'accuracy', 'value', 'positiveRate']);
  const regression = { target: { task: 'regression', column: 'y', labelDelay: { rows: 1 } } } as const;
  expect(metricsFor(regression)).toEqual(['mae', 'pinball', 'mean']);
});

describe('refused in one sentence', () => {
  const amounts = { ...spec, value: { ...value, truePositive: { fixed: 0, per: { column: 'amount', factor: 1 } } } };
  test.each([
    [{ versions: [] }, spec, 'An A/B test has 1 to 7 different versions beside the champion.'],
    [{ versions: [2, 2] }, spec, 'An A/B test has 1 to 7 different versions beside the champion.'],
    [{ sharePercent: 0 }, spec, 'The share of an A/B test is above 0 and at most 50 %.'],
    [{ sharePercent: 51 }, spec, 'The share of an A/B test is above 0 and at most 50 %.'],
    [{ metric: 'auroc' }, spec, /^A model of the task binary is tested by .* or positiveRate, not by "auroc"\.$/],
    [{}, { ...spec, value: null }, 'The definition does not say what a decision is worth: "value" needs `value`.'],
    [{}, amounts, 'Between what one outcome of "value" lies is not known: give its bounds.'],
    [
      { metric: 'positiveRate' },
      spec,
      'Of "positiveRate" nobody knows whether more is better: say "higher" or "lower".',
    ],
    [{ better: 'lower' }, spec, 'Of "value" higher is better.'],
    [{ bounds: [3, 3] }, spec, 'The lower bound lies below the upper one.'],
    [{ unitsPerArm: 10, unitsMax: 100 }, spec, 'An A/B test has a fixed horizon or a sequential one, not both.'],
    [{ effectMin: 40 }, spec, 'The smallest difference that matters lies between 0 and 18.'],
  ] as const)('%j', (asked, of, sentence) => {
    expect(() => declare(asked as Partial<AskedAbTest>, of)).toThrow(sentence);
  });
});

test('pinball loss asks for a trainer that answers a quantile', () => {
  const target = { task: 'regression', column: 'y', labelDelay: { rows: 1 } } as const;
  const means = { ...spec, target, value: null };
  expect(() => declare({ metric: 'pinball' }, means)).toThrow(/answers no quantile, which "pinball" is about/);
  const trainer = { ...defaultTrainers.gbdt, objective: 'quantile', quantile: 0.9 } as const;
  expect(declare({ metric: 'pinball', effectMin: 1, bounds: [0, 100] }, { ...means, trainer })).toMatchObject({
    better: 'lower',
  });
});
