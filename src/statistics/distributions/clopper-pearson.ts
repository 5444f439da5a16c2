import { incompleteBeta } from './beta.ts';

const halvings = 60;

/**
 * The smallest share of which `count` of `rows` hits are still likely: the truth is below it with probability at most
 * `alpha`, exactly, at any number of rows. C. Clopper and E. Pearson (Biometrika 26, 1934). Counts need not be whole:
 * for dependent rows both are divided by their design effect (E. Korn and B. Graubard, Survey Methodology 24, 1998).
 */
export function shareLower(count: number, rows: number, alpha: number): number {
  return count <= 0 ? 0 : solve((share) => incompleteBeta(count, rows - count + 1, share).lower - alpha);
}

/** The largest one: the truth is above it with probability at most `alpha`. */
export function shareUpper(count: number, rows: number, alpha: number): number {
  return count >= rows ? 1 : solve((share) => alpha - incompleteBeta(count + 1, rows - count, share).upper);
}

/** Where an increasing function of a share is 0. */
function solve(of: (share: number) => number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2;
    if (of(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
