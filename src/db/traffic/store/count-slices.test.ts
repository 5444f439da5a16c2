import { expect, test } from 'vitest';
import { predictionRecord } from '../../../../tests/worlds/spool-records.ts';
import { worldSpec } from '../../../../tests/worlds/serving-world.ts';
import type { PredictionRecord } from '../../../domain/record/records.ts';
import { watchedSlices } from '../../../domain/spec/gates/declared-slices.ts';
import { completeSpec } from '../../../domain/spec/default-spec.ts';
import { signatureOf } from '../../../domain/spec/signature.ts';
import type { ReferenceProfile } from '../../../domain/training/profile.ts';
import { countSegment } from './count-segment.ts';
import { sliceFactsOf } from './count-slices.ts';

const spec = completeSpec({
  ...worldSpec,
  slices: ['night', { name: 'large', feature: 'amount', from: 100 }, { name: 'at a', feature: 'merchant', is: 'a' }],
});
const profile: ReferenceProfile = {
  formatVersion: 1,
  rows: 100,
  features: [
    { name: 'amount', kind: 'binned', edges: [10], counts: [50, 50], missing: 0 },
    { name: 'merchant', kind: 'category', values: ['a', 'b'], counts: [50, 50], other: 0, missing: 0 },
    { name: 'gone', kind: 'binned', edges: [1], counts: [50, 50], missing: 0 },
  ],
  prediction: { name: 'prediction', kind: 'binned', edges: [0.5], counts: [90, 10], missing: 0 },
};
const [isNight, isDay, large, atA] = watchedSlices(spec).map(({ key }) => key);

function counted(records: readonly Partial<PredictionRecord>[], of: ReferenceProfile | null = profile) {
  const placed = records.map((more, row) => ({ ...predictionRecord(`p${row}`, more), seq: row + 1, window: 1 }));
  const [delta] = countSegment(placed, {
    profile: () => of,
    columns: () => new Map(signatureOf(spec).columns.map((column) => [column.name, column])),
    derived: () => new Map(),
    slowUs: () => 1_000,
    slices: () => sliceFactsOf(spec),
  });
  return delta?.slices ?? {};
}

test('each slice counts its own rows: missing, unseen, answers, confidence, failures and latency', () => {
  const slices = counted([
    { numbers: [150, 1], texts: ['a'], answer: { scores: [0.75, 0.25], decision: 'fine' }, latencyUs: 100 },
    { numbers: [150, 1], texts: ['z'], answer: { scores: [0.25, 0.75], decision: 'fraud' }, latencyUs: 2_000 },
    { numbers: [20, 0], texts: [null], answer: { scores: [], decision: null }, failed: true, latencyUs: 50 },
    { numbers: [20, Number.NaN], texts: ['a'] },
  ]);
  expect(slices[isNight ?? '']).toEqual({
    rows: 2,
    failed: 0,
    slow: 1,
    latencySumUs: 2_100,
    latencyMaxUs: 2_000,
    values: 4,
    missing: 0,
    unseen: 1,
    answered: 2,
    scoreSum: 1,
    confidenceSum: 1.5,
    decisions: { fine: 1, fraud: 1 },
  });
  expect(slices[isDay ?? '']).toMatchObject({ rows: 1, failed: 1, answered: 0, values: 2, missing: 1 });
  expect(slices[large ?? '']).toMatchObject({ rows: 2 });
  // A missing value is in no slice, and a row may be in several.
  expect(slices[atA ?? '']).toMatchObject({ rows: 2 });
});

test('rows are counted by slice without a profile as well, and at most 20 slices are', () => {
  expect(counted([{ numbers: [150, 1], texts: ['a'] }], null)[large ?? '']).toMatchObject({ rows: 1, values: 0 });
  const many = Array.from({ length: 25 }, (_, from) => ({ name: `from ${from}`, feature: 'amount', from }));
  expect(sliceFactsOf(completeSpec({ ...worldSpec, slices: many })).slices.map(({ name }) => name)).toHaveLength(20);
  // Values of a category that are not declared make no slices before the rows are known.
  expect(watchedSlices(completeSpec({ ...worldSpec, slices: ['merchant'] }))).toEqual([]);
});
