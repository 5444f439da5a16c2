/**
 * How far the mean of `units` independent values may lie from the truth, in standard deviations of one value, at every
 * number of units at once: P(the truth is ever further below, from some first look on) is about `alpha`, 0 < alpha <
 * 0.5. Asymptotic: it needs enough values for their mean to be normal. Waudby-Smith, Arbour, Sinha, Kennedy and
 * Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences" (arXiv 2103.06476), one-sided;
 * tightest near `unitsTuned` units, by the choice of rho that they derive. Relative error <= 1e-13 for units 1 to
 * 1000000, alpha 1e-12 to 0.4999, unitsTuned 1 to 1000000 (golden vectors).
 */
export function sequenceReach(units: number, alpha: number, unitsTuned: number): number {
  const rho2 = (-2 * Math.log(2 * alpha) + Math.log(1 - 2 * Math.log(2 * alpha))) / unitsTuned;
  const scaled = units * rho2 + 1;
  return Math.sqrt(((2 * scaled) / (units * units * rho2)) * Math.log1p(Math.sqrt(scaled) / (2 * alpha)));
}
