import { newton } from '../../../statistics/numeric/newton.ts';
import { bounded, classCorrection, newtonStepsMax } from '../recalibration.ts';
import type { CalibrationRows, FitFrom, Recalibration, TaskCorrection } from '../task.ts';
import { logit, sigmoid } from './log-odds.ts';
import { addDerivatives, addLoss, logisticRows } from './logistic-rows.ts';
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
  const pull = pullOf(width, earlier);
  const [a = 0, b = 1, ...others] = newton(
    coefficientsOf(start ?? earlier?.at, width),
    (at) => addLoss(pull.valueAt(at), at, rows),
    (at) => {
      const derivatives = pull.derivativesAt(at);
      addDerivatives(derivatives, at, rows);
      return derivatives;
    },
    newtonStepsMax,
  );
  return bounded(b, [a], others);
}

function curvatureAt(given: CalibrationRows, weights: Float64Array, at: Recalibration): readonly (readonly number[])[] {
  const rows = logisticRows(given, weights);
  const zeros = (): number[] => rows.columns.map(() => 0);
  const derivatives = { gradient: zeros(), hessian: rows.columns.map(zeros) };
  addDerivatives(derivatives, coefficientsOf(at, rows.columns.length), rows);
  return derivatives.hessian;
}
