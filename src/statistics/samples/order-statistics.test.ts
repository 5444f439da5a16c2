import { expect, test } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import { orderStatistics } from './order-statistics.ts';

const random = createRandom('order statistics');
const drawn = (rows: number, next: () => number): Float64Array => Float64Array.from({ length: rows }, next);
const odd = [Infinity, -Infinity, 0, -0, Number.MIN_VALUE, -Number.MIN_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE];

test.each([
  ['few', drawn(100, () => random.normal())],
  ['normal', drawn(20_000, () => random.normal())],
  ['all the same', drawn(20_000, () => 7)],
  ['moments of one day', drawn(20_000, () => 1.7e12 + Math.floor(86_400_000 * random.next()))],
  ['a few values', drawn(20_000, () => random.integer(5) - 2)],
  ['heavy tails', drawn(20_000, () => random.normal() / random.normal())],
  ['the oddest', drawn(20_000, () => odd[random.integer(odd.length)] ?? 0)],
])('%s: as a sort has them', (_, values) => {
  const before = values.slice();
  const sorted = values.slice().sort();
  const ranks = Array.from({ length: 41 }, (__, i) => Math.floor(((values.length - 1) * i) / 40));
  expect(orderStatistics(values, ranks)).toEqual(ranks.map((rank) => sorted[rank]));
  expect(values).toEqual(before);
});

test('a view that begins within its buffer, and ranks that are asked twice', () => {
  const values = drawn(10_000, () => random.normal()).subarray(3, 9_000);
  const sorted = values.slice().sort();
  expect(orderStatistics(values, [5, 5, 8_996])).toEqual([sorted[5], sorted[5], sorted[8_996]]);
});
