import { describe, expect, test } from 'vitest';
import { shareLower, shareUpper } from '../../../statistics/distributions/clopper-pearson.ts';
import { createRandom, type Random } from '../../../statistics/numeric/random.ts';
import type { ColumnSummary } from '../../training/snapshot.ts';
import { chanceMin, chanceOfMeans, chanceOfSpreads } from './chance-moves.ts';
import { compareColumn } from './compare-column.ts';

const column = (change: Partial<ColumnSummary>): ColumnSummary => ({
  name: 'x',
  rows: 1_000,
  missing: 0,
  distinct: 10,
  ...change,
});

function profileOf(random: Random, rows: number, draw: (random: Random) => number): ColumnSummary {
  const values = Float64Array.from({ length: rows }, () => draw(random));
  const mean = values.reduce((sum, value) => sum + value, 0) / rows;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
  return column({ rows, mean, deviation });
}

/** How many batches of so many rows break a rule although nothing has changed. */
function alarms(rule: object, rows: number, draw: (random: Random) => number): number {
  const random = createRandom(`alarms ${JSON.stringify(rule)} ${rows}`);
  const asked = { id: 'r', severity: 'reject', column: 'x', ...rule } as Parameters<typeof compareColumn>[0];
  let broken = 0;
  for (let batch = 0; batch < batches; batch++) {
    const [now, before] = [profileOf(random, rows, draw), profileOf(random, 60, draw)];
    if (compareColumn(asked, now, before).verdict === 'broken') broken++;
  }
  return broken;
}

const batches = 10_000;
const normal = (random: Random) => 50 + 10 * random.normal();

describe.each([2, 5, 30])('batches of %i rows in which nothing has changed', (rows) => {
  test.each([
    { rule: 'meanShift', deviationsMax: 0.001 },
    { rule: 'spreadShift', factorMax: 1.001 },
  ])('break %j as often as is said', (rule) => {
    const broken = alarms(rule, rows, normal);
    expect(shareLower(broken, batches, 0.001)).toBeLessThanOrEqual(chanceMin);
    expect(shareUpper(broken, batches, 0.001)).toBeGreaterThanOrEqual(chanceMin);
  });
});

test.each([
  { rule: { rule: 'meanShift', deviationsMax: 0.001 }, least: 2, most: 20 },
  { rule: { rule: 'spreadShift', factorMax: 1.001 }, least: 10, most: 40 },
])('of a skewed column few rows break $rule.rule more often, and it is bounded', ({ rule, least, most }) => {
  const skewed = (random: Random) => -Math.log(1 - random.next());
  const broken = alarms(rule, 5, skewed);
  expect(shareLower(broken, batches, 0.001)).toBeGreaterThan(least * chanceMin);
  expect(shareUpper(broken, batches, 0.001)).toBeLessThan(most * chanceMin);
});

test('what has moved is found in a batch that is large enough', () => {
  const before = column({ mean: 10, deviation: 2 });
  const found = (rows: number, now: Partial<ColumnSummary>) =>
    compareColumn(
      { id: 'r', severity: 'warn', rule: 'meanShift', column: 'x', deviationsMax: 0.5 },
      column({ rows, deviation: 2, ...now }),
      before,
    );
  expect(found(5, { mean: 12 })).toEqual({
    verdict: 'kept',
    about:
      'the mean of x is 12 and was 10: 1 standard deviations, of 0.5 that are allowed; ' +
      'samples of these sizes show that by chance in 2.61 % of cases',
  });
  expect(found(30, { mean: 12 }).verdict).toBe('broken');
  // As many values are missing: five are left.
  expect(found(30, { mean: 12, missing: 25 }).verdict).toBe('kept');
});

test('equal values in a small batch are no loss of spread where many values are equal', () => {
  const histogram = (rows: readonly number[]) => ({ histogram: { from: 0, to: 4, everyNth: 1, rows } });
  const before = (rows: readonly number[]) => column({ mean: 1, deviation: 1, ...histogram(rows) });
  const equal = (rows: number) => column({ rows, mean: 0, deviation: 0 });
  expect(chanceOfSpreads(equal(5), before([900, 50, 50]))).toBeCloseTo(0.9 ** 4, 12);
  expect(chanceOfSpreads(equal(5), before([100, 100, 100, 100]))).toBeCloseTo(0.25 ** 4, 12);
  expect(chanceOfSpreads(equal(100), before([900, 50, 50]))).toBeLessThan(chanceMin);
  expect(chanceOfSpreads(equal(1), before([100, 100]))).toBe(1);
  // Of a time there is no histogram: each of its 601 values, nine tenths of what was counted, was there at least once.
  const times = column({ mean: 1, deviation: 1, distinct: 601 / 0.9 });
  expect(chanceOfSpreads(equal(5), times)).toBeCloseTo(0.4 ** 4, 12);
  // More may be counted than there are rows: one value may be there some hundred times all the same.
  const counted = column({ rows: 10_000, mean: 1, deviation: 1, distinct: 10_150 });
  expect(chanceOfSpreads(equal(2), counted)).toBeGreaterThan(chanceMin);
});

test('without a spread of the batch, that of before stands for it', () => {
  const before = column({ mean: 10, deviation: 2 });
  expect(chanceOfMeans(column({ rows: 4, mean: 12 }), before, 2)).toBeCloseTo(0.0465, 3);
  expect(chanceOfMeans(column({ rows: 1, mean: 12 }), column({ rows: 1, mean: 10, deviation: 0 }), 2)).toBe(1);
});
