import { studentTSf } from './beta.ts';

const halvings = 80;

/**
 * The t with P(T > t) = `alpha` for Student's t with `df` > 0 degrees of freedom, 0 < alpha <= 0.5; by bisection, to
 * about 1e-12 of its size. Relative error <= 1e-11 for alpha 1e-15 to 0.4999, df 0.5 to 1000000 (golden vectors).
 */
export function studentTQuantile(alpha: number, df: number): number {
  let low = 0;
  let high = 1;
  while (studentTSf(high, df) > alpha) high *= 2;
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2;
    if (studentTSf(middle, df) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
