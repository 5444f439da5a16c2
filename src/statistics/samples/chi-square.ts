import type { BlockSpread } from './block-spread.ts';
import { dependentChiSquare, type DependentChiSquare } from './dependent-chi-square.ts';

/** The p-value is 1 when fewer than two cells are left after pooling: nothing can be said. */
export interface Homogeneity extends DependentChiSquare {
  readonly statistic: number;
  readonly df: number;
}

/** Smaller cells have no chi-square distribution. */
const expectedMin = 5;

/**
 * Two-sample chi-square test of homogeneity on K cells. Both samples are treated as random: taking the reference for
 * the truth gives 22-99 % false alarms at a nominal 5 %. Cells that expect fewer than `expectedMin` rows in either
 * sample are pooled into one (and that one into the smallest other cell if still too small), since the distribution is
 * wrong there. `spreads` say how rows depend on each other, as the blocks of one sample show it. Relative error <=
 * 1e-13 (golden vectors).
 */
export function chiSquareHomogeneity(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  spreads: readonly BlockSpread[] = [],
): Homogeneity {
  const n = total(first);
  const m = total(second);
  const rows = Math.min(n, m);
  if (rows === 0) return { statistic: 0, df: 0, ...dependentChiSquare(0, 0, 0, spreads) };
  const cells = poolTiny(first, second, (expectedMin * (n + m)) / rows);
  let statistic = 0;
  for (const cell of cells) {
    const expected = ((cell.first + cell.second) * n) / (n + m);
    const gap = cell.first - expected;
    // The second sample's gap is the same with the opposite sign.
    statistic += (gap * gap) / expected + (gap * gap) / (cell.first + cell.second - expected);
  }
  const df = cells.length - 1;
  return { statistic, df, ...dependentChiSquare(statistic, df, rows, spreads) };
}

interface Cell {
  readonly first: number;
  readonly second: number;
}

function poolTiny(first: ArrayLike<number>, second: ArrayLike<number>, totalMin: number): readonly Cell[] {
  const kept: Cell[] = [];
  let pooled: Cell = { first: 0, second: 0 };
  for (let i = 0; i < first.length; i++) {
    const cell = { first: first[i] ?? 0, second: second[i] ?? 0 };
    if (sizeOf(cell) >= totalMin) kept.push(cell);
    else pooled = { first: pooled.first + cell.first, second: pooled.second + cell.second };
  }
  if (sizeOf(pooled) === 0) return kept;
  if (sizeOf(pooled) >= totalMin || kept.length === 0) return [...kept, pooled];
  const smallest = kept.reduce((least, cell, i) => (sizeOf(cell) < sizeOf(kept[least] ?? cell) ? i : least), 0);
  return kept.map((cell, i) =>
    i === smallest ? { first: cell.first + pooled.first, second: cell.second + pooled.second } : cell,
  );
}

function sizeOf(cell: Cell): number {
  return cell.first + cell.second;
}

/** Exact (golden vectors). Exact (golden vectors). */
export function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i] ?? 0;
  return sum;
}
