import { expect, test } from 'vitest';
import { signatureOf } from '../../domain/spec/signature.ts';
import type { FeatureSpec } from '../../domain/spec/spec.ts';
import { columnsOf } from '../../onnx/run/columns.ts';
import { lehmer } from '../../../tests/worlds/fit-fixture.ts';
import { fixtureTargets } from '../../../tests/worlds/training-fixture.ts';
import { findClocks } from './find-clocks.ts';

const rows = 4_000;
const training = { from: 0, to: 3_000 };
const validation = { from: 3_200, to: rows };

/** A number column by the place of its rows. */
function clocksIn(valueAt: (row: number) => number) {
  const features: readonly FeatureSpec[] = [{ name: 'x', kind: 'number', missing: 'allow' }];
  const numbers = Float64Array.from({ length: rows }, (_, row) => valueAt(row));
  const signature = signatureOf({ features, target: fixtureTargets.binary });
  return findClocks(
    { signature, columns: columnsOf(rows, [{ name: 'x', kind: 'number', numbers }]) },
    training,
    validation,
  );
}

const random = lehmer(7);
const noise = Float64Array.from({ length: rows }, () => random());

test.each<[string, (row: number) => number]>([
  ['a running number', (row) => row],
  ['one that falls', (row) => -row],
  ['a year', (row) => 2_010 + Math.floor(row / 1_000)],
  ['a month within one year', (row) => 1 + Math.floor(row / 340)],
  ['a running number with gaps and some noise', (row) => (row % 7 === 3 ? Number.NaN : row + 400 * (noise[row] ?? 0))],
])('%s follows the order of rows', (_what, valueAt) => {
  expect(clocksIn(valueAt)).toEqual({ ordered: ['x'], beyond: [] });
});

test('what comes round, or has no order, is no clock', () => {
  for (const valueAt of [
    (row: number) => row % 365,
    (row: number) => 1 + (Math.floor(row / 120) % 12),
    (row: number) => Math.sin(row / 200),
    (row: number) => noise[row] ?? 0,
    // An id that was given at random, and one change that may stay.
    (row: number) => (row * 48_271 ** 2) % 2_147_483_647,
    (row: number) => (row < 1_500 ? 0 : 1),
    () => 5,
    () => Number.NaN,
  ])
    expect(clocksIn(valueAt)).toEqual({ ordered: [], beyond: [] });
});

test('a column whose values are new in most validation rows is told apart', () => {
  const jumped = (row: number): number => (noise[row] ?? 0) + (row < 3_100 ? 0 : 2);
  expect(clocksIn(jumped)).toEqual({ ordered: [], beyond: ['x'] });
  // In fewer than half of them it is not.
  expect(clocksIn((row) => (row < 3_700 ? (noise[row] ?? 0) : 2))).toEqual({ ordered: [], beyond: [] });
  // Nothing was learnt by a column that never varied.
  expect(clocksIn((row) => (row < 3_100 ? 0 : 2))).toEqual({ ordered: [], beyond: [] });
});

test('few values, and infinite ones, say nothing of an order', () => {
  expect(clocksIn((row) => (row % 250 === 0 ? row : Number.NaN))).toEqual({ ordered: [], beyond: [] });
  expect(clocksIn((row) => (row % 2 === 0 ? Infinity : -Infinity))).toEqual({ ordered: [], beyond: [] });
});
