import { describe, expect, test } from 'vitest';
import { budgetLeft, type TrainingAt } from './training-budget.ts';

const row = (atRows: number): TrainingAt => ({ atRows, atMs: 0 });
const left = (savedMax: number | undefined, trainings: readonly number[], now: number): number =>
  budgetLeft(
    { runs: 1, per: { rows: 5_000 }, ...(savedMax === undefined ? {} : { savedMax }) },
    { since: row(0), trainings: trainings.map(row) },
    row(now),
  ).left;

describe('budgetLeft', () => {
  test('without saving up, as many as are declared within any period', () => {
    expect(left(undefined, [], 0)).toBe(1);
    expect(left(undefined, [1_000], 5_999)).toBe(0);
    expect(left(undefined, [1_000], 6_000)).toBe(1);
    const { text } = budgetLeft({ runs: 2, per: { rows: 100 } }, { since: row(0), trainings: [row(50)] }, row(60));
    expect(text).toBe('1 of 2 trainings per 100 rows are used up');
  });

  test('what is not used is saved, up to the most that may be', () => {
    expect(left(3, [], 0), 'it begins with one').toBe(1);
    expect(left(3, [], 5_000)).toBe(2);
    expect(left(3, [], 1_000_000)).toBe(3);
    expect(left(3, [20_000, 20_500, 21_000], 21_000)).toBeCloseTo(0.2, 9);
    expect(left(3, [20_000, 20_500, 21_000], 25_000)).toBeCloseTo(1, 9);
  });

  test('in the long run it lets through no more than without saving up, however they come', () => {
    const began: number[] = [];
    for (let now = 0; now <= 100_000; now += 100) if (left(3, began, now) >= 1) began.push(now);
    expect(began.length).toBeLessThanOrEqual(1 + 100_000 / 5_000);
    expect(began.length).toBeGreaterThanOrEqual(100_000 / 5_000);
  });

  test('a training that it had nothing left for takes no more than there is', () => {
    expect(left(3, [100, 100, 100], 5_100)).toBe(1);
  });

  test('in time as in rows, and a clock that goes back gives nothing and takes nothing', () => {
    const budget = { runs: 2, per: { ms: 1_000 }, savedMax: 4 };
    const at = (atMs: number): TrainingAt => ({ atRows: 0, atMs });
    const of = (trainings: readonly TrainingAt[], now: number) =>
      budgetLeft(budget, { since: at(0), trainings }, at(now));
    expect(of([], 500).left).toBe(3);
    expect(of([at(500)], 400).left).toBe(2);
    expect(of([at(500)], 600).text).toBe('2.2 of at most 4 saved-up trainings are left (2 trainings per 1 s come in)');
  });
});
