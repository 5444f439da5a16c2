/** A mean between one-sided bounds of it. */
export interface BoundedMean {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * One-sided bounds of a difference of two independent means from bounds of each of them, each wrong with the same
 * probability ("method of variance estimates recovery"): R. Newcombe (Statistics in Medicine 17, 1998), G. Zou and A.
 * Donner (Statistics in Medicine 27, 2008). An approximation; `npm run bench:judgement -- --only fairness` prints its
 * error. Relative error <= 1e-15 (golden vectors).
 */
export function moverUpper(more: BoundedMean, less: BoundedMean): number {
  return more.estimate - less.estimate + Math.hypot(more.upper - more.estimate, less.estimate - less.lower);
}

/** The lower bound. Relative error <= 1e-15 (golden vectors). */
export function moverLower(more: BoundedMean, less: BoundedMean): number {
  return more.estimate - less.estimate - Math.hypot(more.estimate - more.lower, less.upper - less.estimate);
}
