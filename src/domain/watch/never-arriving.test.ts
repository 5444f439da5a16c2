import { expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import type { TargetSpec } from '../spec/spec.ts';
import { neverArriving, sayNever } from './never-arriving.ts';

const labelDelay = { rows: 10 };
const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay };
const many: TargetSpec = { task: 'multiclass', column: 'y', classes: ['a', 'b', 'c'], labelDelay };
const value: TargetSpec = { task: 'regression', column: 'y', labelDelay };

test('a class whose labels never come shows in the answers that decide for it, not in the labels', () => {
  const random = createRandom('never');
  // Of what is probably positive nobody ever hears: a loan that was refused is never paid back.
  const rows = Array.from({ length: 1_000 }, () => {
    const yes = random.next();
    return { scores: [1 - yes, yes], label: yes > 0.8 ? null : random.next() < yes ? 'yes' : 'no' };
  });
  const never = neverArriving(binary, rows);
  expect(never?.rows).toBe(1_000);
  expect(never?.bands.map(({ rows: count }) => count)).toEqual([200, 200, 200, 200, 200]);
  expect(never?.share).toBeCloseTo(0.2, 1);
  expect(never?.bands[0]?.share).toBe(0);
  expect(never?.bands[4]?.share).toBeGreaterThan(0.9);
  expect(sayNever(never)).toMatch(
    /^\d+(\.\d)? % of old rows never got a label \(0 % to \d+ %, depending on the answer\)/,
  );
});

test('scores that are all alike are one band, and of several classes each is one', () => {
  const alike = Array.from({ length: 10 }, (_, i) => ({ scores: [0.7, 0.3], label: i < 5 ? 'no' : null }));
  expect(neverArriving(binary, alike)).toEqual({
    rows: 10,
    share: 0.5,
    bands: [{ name: '30 %', rows: 10, share: 0.5 }],
  });
  expect(sayNever(neverArriving(binary, alike))).toBe(
    '50 % of old rows never got a label: of these no verdict knows anything.',
  );
  const decided = [
    { scores: [0.1, 0.7, 0.2], label: 'b' },
    { scores: [0.5, 0.3, 0.2], label: 'no class of it' },
  ];
  expect(neverArriving(many, decided)?.bands).toEqual([
    { name: 'a', rows: 1, share: 1 },
    { name: 'b', rows: 1, share: 0 },
  ]);
  expect(neverArriving(value, [{ scores: [3.5], label: '4' }])?.bands).toEqual([{ name: '3.5', rows: 1, share: 0 }]);
});

test('nothing is said where next to every label comes, or nothing is known', () => {
  const all = Array.from({ length: 100 }, (_, i) => ({ scores: [0.5, 0.5], label: i === 0 ? null : 'no' }));
  expect(sayNever(neverArriving(binary, all))).toBeNull();
  expect(sayNever(neverArriving(binary, []))).toBeNull();
});
