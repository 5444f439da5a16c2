import { expect, test } from 'vitest';
import { driftHistograms } from './drift-histograms.ts';
import { judgeDrift } from './judge-drift.ts';
import type { CategoryProfile, ReferenceProfile } from '../training/profile.ts';

const watch = { falseAlarmRate: 0.01, effectMin: 0.05, missingShareRiseMax: 0.05 };
const country: CategoryProfile = {
  name: 'country',
  kind: 'category',
  values: ['DE', 'FR'],
  counts: [500, 500],
  other: 0,
  missing: 0,
};
const profile: ReferenceProfile = {
  formatVersion: 1,
  rows: 1_000,
  features: [{ name: 'amount', kind: 'binned', edges: [10, 20], counts: [300, 400, 300], missing: 0 }, country],
  prediction: { name: 'prediction', kind: 'binned', edges: [0.5], counts: [900, 100], missing: 0 },
};

test('what moved most comes first, with labels that a person can read', () => {
  const cells = [
    [300, 400, 300, 0],
    [100, 850, 0, 50],
    [900, 100, 0],
  ];
  const histograms = driftHistograms(
    profile,
    { cells },
    judgeDrift({ profile, window: { rows: 1_000, cells }, watch }),
  );
  expect(histograms.map((one) => one.name)).toEqual(['country', 'amount', 'prediction']);
  expect(histograms[0]).toEqual({
    name: 'country',
    labels: ['DE', 'FR', 'missing'],
    reference: [500, 500, 0],
    current: [100, 850, 50],
  });
  expect(histograms[1]?.labels).toEqual(['up to 10', '10 to 20', 'above 20']);
});

test('rare values of a category are counted together, and no row is lost', () => {
  const values = Array.from({ length: 60 }, (_, i) => `value ${i}`);
  const counts = values.map((_, i) => 1_000 - i);
  const wide = { ...profile, features: [{ ...country, values, counts }] };
  const cells = [
    [...counts, 0, 0],
    [900, 100, 0],
  ];
  const [first] = driftHistograms(
    wide,
    { cells },
    judgeDrift({ profile: wide, window: { rows: 1_000, cells }, watch }),
  ).filter((one) => one.name === 'country');
  expect(first?.labels).toHaveLength(25);
  expect(first?.labels.at(-1)).toBe('36 rarer');
  expect(first?.current.reduce((sum, count) => sum + count, 0)).toBe(counts.reduce((sum, count) => sum + count, 0));
});

test('a window that was too small to judge has none', () => {
  const cells = [
    [1, 0, 0, 0],
    [1, 0, 0, 0],
    [1, 0, 0],
  ];
  expect(driftHistograms(profile, { cells }, judgeDrift({ profile, window: { rows: 1, cells }, watch }))).toEqual([]);
});
