import { incompleteBeta } from './beta.ts';

const halvings = 54;

/**
 * The smallest share of which `count` of `rows` hits are still likely: the truth is below it with probability at most
 * `alpha`, exactly, at any number of rows. C. Clopper and E. Pearson (Biometrika 26, 1934). Counts need not be whole:
 * for dependent rows both are divided by their design effect (E. Korn and B. Graubard, Survey Methodology 24, 1998).
 * Relative error <= 1e-14 for count 0 to 1000000, rows 1 to 1000000, alpha 1e-9 to 0.05 (golden vectors).
 */
export function shareLower(count: number, rows: number, alpha: number): number {
  return count <= 0 ? 0 : solve((share) => incompleteBeta(count, rows - count + 1, share).lower - alpha);
}

/**
 * The largest one: the truth is above it with probability at most `alpha`. Relative error <= 1e-10 for count 0 to
 * 1000000, rows 1 to 1000000, alpha 1e-9 to 0.05 (golden vectors).
 */
export function shareUpper(count: number, rows: number, alpha: number): number {
  return count >= rows ? 1 : solve((share) => alpha - incompleteBeta(count + 1, rows - count, share).upper);
}

/** Where an increasing function of a share is 0, to the last digits of the share however small it is. */
function solve(of: (share: number) => number): number {
  let high = 1;
  while (high > Number.MIN_VALUE && of(high / 2) >= 0) high /= 2;
  let low = high / 2;
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2;
    if (of(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
