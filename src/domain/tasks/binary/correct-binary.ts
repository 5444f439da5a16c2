import { newton } from '../../../statistics/numeric/newton.ts';
import { bounded, classCorrection, limitsOf, newtonStepsMax } from '../recalibration.ts';
import type { CalibrationRows, FitFrom, Recalibration, TaskCorrection } from '../task.ts';
import { logit, sigmoid } from './log-odds.ts';
import { addDerivatives, addLoss, logisticRows, type Derivatives } from './logistic-rows.ts';
import { coefficientsOf, pullOf } from './pull.ts';

/** Platt scaling (Platt 1999): slope and intercept act on the logit of the positive class, to which covariates add. */
export const binaryCorrection: TaskCorrection = {
  ...classCorrection,
  hasCovariates: true,
  apply({ slope, intercepts, weights }, raw, covariates) {
    let logOdds = (intercepts[0] ?? 0) + slope * logit(raw[1] ?? 0.5);
    if (weights !== undefined && covariates !== undefined)
      for (let k = 0; k < weights.length; k++) logOdds += (weights[k] ?? 0) * (covariates[k] ?? 0);
    const positive = sigmoid(logOdds);
    return [1 - positive, positive];
  },
  fit,
  curvatureAt,
};

/**
 * Newton steps on (intercept, slope, a weight per covariate): it is fitted two dozen times when answers are corrected
 * anew. Relative error of the coefficients <= 1e-14 (golden vectors beside the test).
 */
function fit(given: CalibrationRows, weights: Float64Array, { start, earlier }: FitFrom = {}): Recalibration {
  const rows = logisticRows(given, weights);
  const width = rows.columns.length;
  const pull = pullOf(width, earlier, given.covariates?.opinion);
  const [a = 0, b = 1, ...others] = withinLimits(coefficientsOf(start ?? earlier?.at, width), (from, held) =>
    newton(
      from,
      (at) => addLoss(pull.valueAt(at), at, rows),
      (at) => {
        const derivatives = pull.derivativesAt(at);
        addDerivatives(derivatives, at, rows);
        return holding(derivatives, held);
      },
      newtonStepsMax,
    ),
  );
  return bounded(b, [a], others);
}

/** After so many rounds what is still beyond a limit is cut there. */
const roundsMax = 4;

/**
 * What a fit would put beyond its limit is put at the limit, and the others are fitted anew beside it: cut off
 * afterwards, they would make up for a value that is not there. An active-set method that frees nothing again.
 */
function withinLimits(
  start: readonly number[],
  fitFrom: (from: readonly number[], held: ReadonlySet<number>) => readonly number[],
): readonly number[] {
  const held = new Set<number>();
  let at = fitFrom(start, held);
  for (let round = 1; round < roundsMax; round++) {
    const beyond = at.flatMap((value, k) => (value < limitsOf(k)[0] || value > limitsOf(k)[1] ? [k] : []));
    if (beyond.length === 0) break;
    for (const k of beyond) held.add(k);
    at = fitFrom(
      at.map((value, k) => Math.min(Math.max(value, limitsOf(k)[0]), limitsOf(k)[1])),
      held,
    );
  }
  return at;
}

/** A step of Newton's that leaves these coefficients where they are. */
function holding(derivatives: Derivatives, held: ReadonlySet<number>): Derivatives {
  if (held.size === 0) return derivatives;
  return {
    gradient: derivatives.gradient.map((value, i) => (held.has(i) ? 0 : value)),
    hessian: derivatives.hessian.map((row, i) =>
      row.map((value, j) => (held.has(i) || held.has(j) ? Number(i === j) : value)),
    ),
  };
}

function curvatureAt(given: CalibrationRows, weights: Float64Array, at: Recalibration): readonly (readonly number[])[] {
  const rows = logisticRows(given, weights);
  const zeros = (): number[] => rows.columns.map(() => 0);
  const derivatives = { gradient: zeros(), hessian: rows.columns.map(zeros) };
  addDerivatives(derivatives, coefficientsOf(at, rows.columns.length), rows);
  return derivatives.hessian;
}
