import { expect, test } from 'vitest';
import type { ColumnSummary } from '../../../domain/training/snapshot.ts';
import { columnMoves } from './differences.ts';

const column = (name: string, change: Partial<ColumnSummary> = {}): ColumnSummary => ({
  name,
  rows: 100,
  missing: 0,
  distinct: 10,
  ...change,
});

test('what moved most stands first; what did not move is left out; what is new or gone is wholly moved', () => {
  const before = [
    column('still', { min: 0, max: 10, mean: 5 }),
    column('amount', { min: 0, max: 1_000_000, mean: 50, histogram: { from: 0, to: 100, everyNth: 1, rows: [1] } }),
    column('shop', {
      top: [
        { value: 'a', rows: 80 },
        { value: 'b', rows: 20 },
      ],
    }),
    column('gone'),
  ];
  const after = [
    column('still', { min: 0, max: 10, mean: 5.05 }),
    column('amount', { min: 0, max: 90, mean: 20, histogram: { from: 0, to: 90, everyNth: 1, rows: [1] } }),
    column('shop', {
      missing: 5,
      top: [
        { value: 'a', rows: 70 },
        { value: 'b', rows: 25 },
      ],
    }),
    column('new'),
  ];
  const moves = columnMoves(before, after).map(({ name, what, size }) => [name, what, Number(size.toFixed(3))]);
  expect(moves).toEqual([
    ['gone', 'gone', 1],
    ['new', 'new', 1],
    ['amount', 'mean', 0.3],
    ['shop', 'most frequent values', 0.075],
  ]);
});
