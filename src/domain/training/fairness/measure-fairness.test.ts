import { expect, test } from 'vitest';
import type { ScoredRows } from '../../metrics/scored-rows.ts';
import type { GroupReport } from './fairness.ts';
import { measureGrouping } from './measure-fairness.ts';

/** `count` rows of a label with a probability. */
function some(count: number, label: number, said: number): readonly (readonly [number, number])[] {
  return Array.from({ length: count }, () => [label, said] as const);
}

function binary(rows: readonly (readonly [label: number, said: number])[]): ScoredRows {
  return {
    task: 'binary',
    classes: ['no', 'yes'],
    labels: rows.map(([label]) => label),
    scores: rows.flatMap(([, said]) => [1 - said, said]),
    threshold: 0.5,
  };
}

function groupsOf(sizes: Readonly<Record<string, number>>) {
  let from = 0;
  return Object.entries(sizes).map(([group, size]) => {
    from += size;
    return { group, rows: Array.from({ length: size }, (_, row) => from - size + row) };
  });
}

const valuesOf = ({ rates }: GroupReport) => Object.fromEntries(rates.map(({ measure, value }) => [measure, value]));

test('of two classes: rates by group as they are counted by hand, and how far apart they are', () => {
  const a = [...some(40, 1, 0.9), ...some(10, 1, 0.1), ...some(5, 0, 0.9), ...some(45, 0, 0.1)];
  const b = [...some(30, 1, 0.9), ...some(30, 1, 0.1), ...some(40, 0, 0.1)];
  const report = measureGrouping('sex', groupsOf({ a: 100, b: 100 }), binary([...a, ...b]));
  expect(report.groups.map(({ group, rows }) => [group, rows])).toEqual([
    ['a', 100],
    ['b', 100],
  ]);
  const [ofA, ofB] = report.groups.map(valuesOf);
  expect(ofA).toMatchObject({ selectionRate: 0.45, truePositiveRate: 0.8, falsePositiveRate: 0.1 });
  expect(ofB).toMatchObject({ selectionRate: 0.3, truePositiveRate: 0.5, falsePositiveRate: 0 });
  // Came true less said: 0.5 - (45 * 0.9 + 55 * 0.1) / 100, and 0.6 - (30 * 0.9 + 70 * 0.1) / 100.
  expect(ofA?.['calibrationGap']).toBeCloseTo(0.04, 12);
  expect(ofB?.['calibrationGap']).toBeCloseTo(0.26, 12);
  const gaps = new Map(report.gaps.map((gap) => [gap.measure, gap]));
  expect(gaps.get('selectionRate')).toMatchObject({ highest: 'a', lowest: 'b' });
  expect(gaps.get('selectionRate')?.difference).toBeCloseTo(0.15, 12);
  expect(gaps.get('selectionRate')?.ratio).toBeCloseTo(2 / 3, 12);
  expect(gaps.get('truePositiveRate')?.difference).toBeCloseTo(0.3, 12);
  expect(gaps.get('falsePositiveRate')).toMatchObject({ ratio: 0 });
  expect(gaps.get('calibrationGap')).toMatchObject({ highest: 'b', ratio: null });
  for (const { difference, differenceMost } of report.gaps) expect(differenceMost).toBeGreaterThan(difference);
  for (const { rates } of report.groups)
    for (const { value, interval } of rates) {
      expect(interval?.lower).toBeLessThanOrEqual(value ?? Number.NaN);
      expect(interval?.upper).toBeGreaterThanOrEqual(value ?? Number.NaN);
    }
});

test('a group of few rows is counted and nothing is told of it, nor held against the others', () => {
  const report = measureGrouping(
    'sex',
    groupsOf({ a: 60, b: 60, rare: 29 }),
    binary([...some(60, 1, 0.9), ...some(60, 0, 0.1), ...some(29, 1, 0.1)]),
  );
  const rare = report.groups.find(({ group }) => group === 'rare');
  expect(rare).toMatchObject({ rows: 29 });
  expect(rare?.rates.every(({ value, interval }) => value === null && interval === null)).toBe(true);
  // No group but a came true, and none but b did not: these rates have nobody to be held against.
  expect(report.gaps.map(({ measure }) => measure)).toEqual(['selectionRate', 'calibrationGap']);
  expect(JSON.stringify(report.gaps)).not.toContain('rare');
});

test('one group, no rows, and a constant answer break nothing', () => {
  expect(measureGrouping('sex', groupsOf({ a: 40 }), binary(some(40, 1, 0.9))).gaps).toEqual([]);
  expect(measureGrouping('sex', [], binary([]))).toEqual({ feature: 'sex', groups: [], leftOut: 0, gaps: [] });
  const never = measureGrouping('sex', groupsOf({ a: 40, b: 40 }), binary(some(80, 1, 0.1)));
  expect(never.gaps[0]).toMatchObject({ measure: 'selectionRate', difference: 0, ratio: null });
});

test('of several classes accuracy is told, of a value its errors', () => {
  const several: ScoredRows = {
    task: 'multiclass',
    classes: ['a', 'b', 'c'],
    labels: Array.from({ length: 80 }, (_, row) => (row < 50 ? 2 : 0)),
    scores: Array.from({ length: 80 }, () => [0.1, 0.2, 0.7]).flat(),
    threshold: null,
  };
  const byClass = measureGrouping('sex', groupsOf({ a: 40, b: 40 }), several);
  expect(byClass.groups.map(valuesOf)).toEqual([{ accuracy: 1 }, { accuracy: 0.25 }]);
  const value: ScoredRows = {
    task: 'regression',
    classes: [],
    labels: Array.from({ length: 500 }, () => 10),
    scores: Array.from({ length: 500 }, (_, row) => (row < 250 ? 12 : 9) + (row % 2) * 0.5),
    threshold: null,
  };
  const byValue = measureGrouping('sex', groupsOf({ a: 250, b: 250 }), value);
  expect(byValue.groups.map(valuesOf)).toEqual([
    { meanError: 2.25, meanAbsoluteError: 2.25 },
    { meanError: -0.75, meanAbsoluteError: 0.75 },
  ]);
  expect(byValue.gaps).toContainEqual({
    measure: 'meanAbsoluteError',
    highest: 'a',
    lowest: 'b',
    difference: 1.5,
    ratio: null,
    differenceMost: null,
  });
});

test('of many groups the largest are told, and how many are not', () => {
  const sizes = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`g${at}`, 30 + at]));
  const rows = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  const report = measureGrouping('town', groupsOf(sizes), binary(some(rows, 1, 0.9)));
  expect(report.groups).toHaveLength(20);
  expect(report.groups[0]?.group).toBe('g29');
  expect(report.leftOut).toBe(10);
});
