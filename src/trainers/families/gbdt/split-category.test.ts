import { describe, expect, it } from 'vitest';
import { bestCategorySplit } from './split-category.ts';

const rules = { l2: 1, rowsMin: 20 };

/** A node whose values have these mean gradients and rows, hessian 1 a row; the last bin is missing. */
function ask(means: readonly number[], rowsOf: (bin: number) => number, missingRows = 0) {
  const cells = [
    ...means.map((mean, bin) => [mean * rowsOf(bin), rowsOf(bin), rowsOf(bin)]),
    [0, missingRows, missingRows],
  ];
  const sum = (at: number) => cells.reduce((total, cell) => total + (cell[at] ?? 0), 0);
  const node = { gradient: sum(0), hessian: sum(1), rows: sum(2) };
  return bestCategorySplit(Float64Array.from(cells.flat()), 0, means.length, 3, node, rules);
}

describe('the best set of categories', () => {
  it('is the values that pull one way, whatever their order, with a penalty on the leaves below', () => {
    const split = ask([1, -1, 1, -1, 1, -1, 1, -1], () => 100);
    expect(split).toMatchObject({ feature: 3, threshold: -1, missingLeft: false, leafL2: 10 });
    expect([
      [0, 2, 4, 6],
      [1, 3, 5, 7],
    ]).toContainEqual(split?.members);
    expect(split?.left).toMatchObject({ hessian: 400, rows: 400 });
    // Each child: 400 squared over 400 and both penalties; the parent pulls nowhere.
    expect(split?.gain).toBeCloseTo((2 * 400 * 400) / 411, 9);
  });

  it('holds at most half of the values, and 32', () => {
    const one = ask([-1, -1, -1, -1, -1, 1], () => 100);
    expect(one?.members).toEqual([5]);
    const many = ask(
      Array.from({ length: 200 }, (_, bin) => (bin < 100 ? 1 : -1)),
      () => 100,
    );
    expect(many?.members).toHaveLength(32);
  });

  it('leaves out values with fewer than ten rows, and what is missing', () => {
    const split = ask([1, 1, -1, -1, -1, 5], (bin) => (bin === 5 ? 9 : 100), 50);
    // With the sixth value the best set would be that one and the first two.
    expect(split?.members).toEqual([2, 3, 4]);
    expect(split?.left.rows).toBe(300);
  });

  it('is not cut where fewer than 100 rows have come since the last cut', () => {
    // The first two values of the order have 60 rows together: they come in with the third alone, or not at all.
    const split = ask([3, 2.9, 0.1, 0, 0, 0, 0, 0], (bin) => (bin < 2 ? 30 : 100));
    expect(split?.members).toEqual([0, 1, 2]);
  });

  it('is any grouping of four or fewer, without a penalty, and nothing where nothing pulls', () => {
    const split = ask([1, -1, 0.9, -1], () => 100);
    expect([
      [0, 2],
      [1, 3],
    ]).toContainEqual(split?.members);
    expect(split?.leafL2).toBe(0);
    expect(ask([0.5, 0.5, 0.5, 0.5, 0.5, 0.5], () => 100)).toBeNull();
    expect(ask([1, -1, 1, -1, 1], () => 5)).toBeNull();
  });
});
