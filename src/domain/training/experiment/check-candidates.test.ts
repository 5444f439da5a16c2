import { expect, test } from 'vitest';
import { specOf } from '../../../../tests/worlds/two-models.ts';
import type { ModelSpec } from '../../spec/spec.ts';
import { checkCandidates, metricOfExperiment, type NamedCandidate } from './check-candidates.ts';

const spec = specOf('orders');
const changed = (name: string, change: Partial<ModelSpec>): NamedCandidate => ({ name, spec: { ...spec, ...change } });
const a = changed('a', {});

test('candidates that differ in what is learnt and not in what is judged are compared', () => {
  expect(() => checkCandidates('orders', [a, changed('b', { features: spec.features.slice(0, 1) })])).not.toThrow();
});

test.each([
  [[a], '1 candidate cannot be compared: 2 at least.'],
  [Array.from({ length: 17 }, (_, at) => changed(`c${at}`, {})), '17 candidates are too many: 16 at most.'],
  [[a, changed('a', {})], 'Two candidates are called "a".'],
  [[a, changed('../b', {})], 'The name of a candidate is not one that can be used.'],
  [[a, changed('b', { name: 'other' })], 'The candidate "b" defines "other", not "orders".'],
  [
    [a, changed('b', { split: { ...spec.split, testShare: 0.4 } })],
    'The candidate "b" has another split than "a": they would not be judged alike.',
  ],
  [
    [a, changed('b', { target: { ...spec.target, labelDelay: { rows: 7 } } })],
    'The candidate "b" has another target than "a": they would not be judged alike.',
  ],
])('%# is refused in one sentence', (candidates, sentence) => {
  expect(() => checkCandidates('orders', candidates)).toThrow(sentence);
});

test('the metric is that of the first rollout, unless another one is asked for that exists', () => {
  expect(metricOfExperiment([a, a], null)).toBe(spec.rollout.promotion.metric);
  expect(metricOfExperiment([a, a], 'auroc')).toBe('auroc');
  expect(() => metricOfExperiment([a, a], 'aurok')).toThrow('has no metric "aurok"; did you mean auroc?');
  expect(() => metricOfExperiment([a, a], 'value')).toThrow('only where all of them declare the same value');
});
