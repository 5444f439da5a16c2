import { expect, test } from 'vitest';
import type { FeatureFinding, FeatureOutcome, FeatureSelection } from './feature-selection.ts';
import { saySelection } from './say-selection.ts';
import { unreadIn } from './selection.ts';

const finding = (feature: string, outcome: FeatureOutcome): FeatureFinding => ({
  feature,
  share: 0.5,
  nullShareMax: 0.1,
  importance: 0.02,
  standardError: 0.001,
  foldsHelped: 4,
  outcome,
});
const found: FeatureSelection = {
  nulls: 5,
  folds: 4,
  features: [finding('amount', 'helps'), finding('at', 'declared'), finding('b', 'needed'), finding('id', 'dropped')],
  tries: [
    { without: 2, difference: 0.01, standardError: 0.002, folds: 1, isTaken: false },
    { without: 1, difference: -0.0021, standardError: 0.0012, folds: 4, isTaken: true },
  ],
};

test('what a model does not read, and why, is said of its version', () => {
  expect(saySelection({ features: found })).toEqual([
    'The model does not read 1 feature of 4, which no evidence says that it needs: id. Retrained without them its ' +
      'mean loss over 4 folds of time is 0.0021 lower (standard error 0.0012).',
    'It was worse without, or would have had nothing to read: b.',
    'Kept because the definition says so: at.',
  ]);
  const clocks = { suspected: ['year'], withheld: ['year'], lossWith: 2, lossWithout: 1 };
  expect(unreadIn({ clocks, features: found })).toEqual(['year', 'id']);
  expect(unreadIn(undefined)).toEqual([]);
});

test('a model that reads everything, and a selection that was not made, say so', () => {
  const all = { ...found, features: [finding('amount', 'helps')], tries: [] };
  expect(saySelection({ features: all })).toEqual(['The model reads all of 1 feature.']);
  const skipped = { skipped: 'the fit reads none', nulls: 0, folds: 0, features: [], tries: [] };
  expect(saySelection({ features: skipped })).toEqual(['No feature was selected: the fit reads none.']);
});
