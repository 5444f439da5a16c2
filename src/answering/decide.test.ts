import { expect, test } from 'vitest';
import { decide, decideRows, thresholdOf } from './decide.ts';

const binary = { task: 'binary', classes: ['fine', 'fraud'] } as const;
const several = { task: 'multiclass', classes: ['a', 'b', 'c'] } as const;
const value = { task: 'regression', classes: [] } as const;

test('decisions: threshold, even odds, largest probability (the first of equal ones), none', () => {
  expect(decide(binary, 0.3, [0.7, 0.3])).toBe('fraud');
  expect(decide(binary, null, [0.7, 0.3])).toBe('fine');
  expect(decide(binary, null, [0.5, 0.5])).toBe('fraud');
  expect(decide(several, null, [0.2, 0.5, 0.3])).toBe('b');
  expect(decide(several, 0.9, [0.4, 0.4, 0.2])).toBe('a');
  expect(decide(value, 0.3, [4.2])).toBeNull();
});

test('many rows, each by its own threshold', () => {
  const thresholds = [0.3, null, 0.6];
  expect([...decideRows(binary, (row) => thresholds[row] ?? null, [0.6, 0.4, 0.6, 0.4, 0.45, 0.55])]).toEqual([
    1, 0, 0,
  ]);
  expect([...decideRows(value, () => null, [1.5, -2])]).toEqual([0, 0]);
});

test('only a yes or no has a threshold', () => {
  expect([thresholdOf(binary, null), thresholdOf(binary, 0.2)]).toEqual([0.5, 0.2]);
  expect([thresholdOf(several, 0.2), thresholdOf(value, 0.2)]).toEqual([null, null]);
});
