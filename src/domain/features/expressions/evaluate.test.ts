import { expect, test } from 'vitest';
import { derive, type Cell } from './evaluate.ts';
import type { Expression } from './expression.ts';

const col = (name: string): Expression => ({ op: 'column', name });
const a = col('a');
const b = col('b');

/** The table of docs/sdk.md, row by row: what each operator makes of what is missing, 0, below 0 and far out. */
test.each<[Expression, Readonly<Record<string, Cell>>, Cell]>([
  [{ op: 'ratio', of: [a, b] }, { a: 1, b: 4 }, 0.25],
  [{ op: 'ratio', of: [a, b] }, { a: 1, b: 0 }, NaN],
  [{ op: 'ratio', of: [a, b] }, { a: 0, b: 0 }, NaN],
  [{ op: 'ratio', of: [a, b] }, { a: NaN, b: 2 }, NaN],
  [{ op: 'sum', of: [a, b] }, { a: 1, b: NaN }, NaN],
  [{ op: 'sum', of: [a, b] }, { a: 1e308, b: 1e308 }, NaN],
  [{ op: 'product', of: [a, b] }, { a: 1e20, b: 1e20 }, NaN],
  [{ op: 'difference', of: [a, b] }, { a: 1_000_000_001, b: 1_000_000_000 }, 1],
  [{ op: 'log1p', of: [a] }, { a: 0 }, 0],
  [{ op: 'log1p', of: [a] }, { a: -1e-9 }, NaN],
  [{ op: 'log1p', of: [a] }, { a: Infinity }, NaN],
  [{ op: 'bucket', of: [a], edges: [0, 10] }, { a: -1 }, 0],
  [{ op: 'bucket', of: [a], edges: [0, 10] }, { a: 0 }, 1],
  [{ op: 'bucket', of: [a], edges: [0, 10] }, { a: 10 }, 2],
  [{ op: 'bucket', of: [a], edges: [0, 10] }, { a: NaN }, NaN],
  [{ op: 'clip', of: [a], min: 0, max: 5 }, { a: 9 }, 5],
  [{ op: 'clip', of: [a], min: 0, max: 5 }, { a: NaN }, NaN],
  [{ op: 'hour', of: [a], timeZone: 'UTC' }, { a: -1 }, 23],
  [{ op: 'hour', of: [a], timeZone: '+05:30' }, { a: Date.UTC(2026, 0, 1, 18, 45) }, 0],
  [{ op: 'weekday', of: [a], timeZone: 'UTC' }, { a: 0 }, 4],
  [{ op: 'dayOfMonth', of: [a], timeZone: 'UTC' }, { a: Date.UTC(2024, 1, 29, 23) }, 29],
  [{ op: 'month', of: [a], timeZone: '+14:00' }, { a: Date.UTC(2025, 11, 31, 12) }, 1],
  [{ op: 'month', of: [a], timeZone: 'UTC' }, { a: 8.7e15 }, NaN],
  [{ op: 'age', of: [a, b], unit: 'days' }, { a: 0, b: 43_200_000 }, -0.5],
  [{ op: 'age', of: [a, b], unit: 'days' }, { a: 0, b: NaN }, NaN],
  [{ op: 'textLength', of: [a] }, { a: '👩‍👩‍👧' }, 5],
  [{ op: 'textLength', of: [a] }, { a: 'x'.repeat(2_000) }, 1_023],
  [{ op: 'textLength', of: [a] }, { a: '' }, NaN],
  [{ op: 'isMissing', of: [a] }, { a: '' }, 1],
  [{ op: 'isMissing', of: [a] }, { a: 0 }, 0],
  [{ op: 'isMissing', of: [{ op: 'ratio', of: [a, b] }] }, { a: 1, b: 0 }, 1],
  [{ op: 'isWord', of: [a], word: 'x' }, { a: 'X' }, 0],
  [{ op: 'isWord', of: [a], word: 'x' }, { a: null }, NaN],
  [{ op: 'cross', of: [a, b] }, { a: 'DE', b: 'app' }, 'DE × app'],
  [{ op: 'cross', of: [a, b] }, { a: 'DE', b: '' }, null],
  [{ op: 'holds', of: [a, b], sign: '!=' }, { a: 1, b: NaN }, NaN],
  [{ op: 'holds', of: [a, b], sign: '<=' }, { a: 1, b: 1 }, 1],
  [{ op: 'coalesce', of: [a, b] }, { a: NaN, b: 2 }, 2],
  [{ op: 'coalesce', of: [a, b] }, { a: NaN, b: NaN }, NaN],
  [{ op: 'coalesce', of: [a, b] }, { a: '', b: 'y' }, 'y'],
])('%j of %j is %s', (expression, row, expected) => {
  expect(derive(expression, (name) => row[name] ?? null)).toBe(expected);
});
