import { logit, sigmoid } from './log-odds.ts';
import type { CalibrationRows } from '../task.ts';

/**
 * Rows of (1, logit, covariates …), column by column, with room for what is computed of each row: a fit allocates it
 * once, and its loops allocate nothing.
 */
export interface LogisticRows {
  readonly columns: readonly Float64Array[];
  readonly positive: Float64Array;
  readonly weights: Float64Array;
  readonly scratch: { readonly logOdds: Float64Array; readonly curvature: Float64Array; readonly scaled: Float64Array };
}

export function logisticRows({ labels, raw, covariates }: CalibrationRows, weights: Float64Array): LogisticRows {
  const count = labels.length;
  const others = covariates?.width ?? 0;
  const columns = Array.from({ length: 2 + others }, () => new Float64Array(count));
  columns[0]?.fill(1);
  columns[1]?.set(raw.map((scores) => logit(scores[1] ?? 0.5)));
  for (let k = 0; k < others; k++) {
    const column = columns[2 + k] ?? new Float64Array(0);
    for (let row = 0; row < count; row++) column[row] = covariates?.values[row * others + k] ?? 0;
  }
  const numbers = (): Float64Array => new Float64Array(count);
  return {
    columns,
    positive: Float64Array.from(labels, (label) => (label === 1 ? 1 : 0)),
    weights,
    scratch: { logOdds: numbers(), curvature: numbers(), scaled: numbers() },
  };
}

/** The weighted log loss, added to `from`. */
export function addLoss(from: number, at: readonly number[], rows: LogisticRows): number {
  const { positive, weights } = rows;
  const logOdds = logOddsAt(at, rows);
  let sum = from;
  for (let row = 0; row < logOdds.length; row++) {
    const margin = positive[row] === 1 ? (logOdds[row] ?? 0) : -(logOdds[row] ?? 0);
    sum += (weights[row] ?? 0) * (Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin));
  }
  return sum;
}

export interface Derivatives {
  readonly gradient: number[];
  /** Symmetric. */
  readonly hessian: number[][];
}

/** Adds the derivatives of the weighted log loss to those that are given. */
export function addDerivatives({ gradient, hessian }: Derivatives, at: readonly number[], rows: LogisticRows): void {
  const { columns, positive, weights, scratch } = rows;
  const { curvature, scaled } = scratch;
  const residual = logOddsAt(at, rows);
  for (let row = 0; row < residual.length; row++) {
    const weight = weights[row] ?? 0;
    const p = sigmoid(residual[row] ?? 0);
    residual[row] = weight * (p - (positive[row] ?? 0));
    curvature[row] = weight * p * (1 - p);
  }
  columns.forEach((column, i) => {
    gradient[i] = dotFrom(gradient[i] ?? 0, residual, column);
    for (let row = 0; row < scaled.length; row++) scaled[row] = (curvature[row] ?? 0) * (column[row] ?? 0);
    addProducts(hessian, i, scaled, columns);
  });
}

/** Four sums at a time, each in the order of the rows: they wait for memory and for each other less. */
function addProducts(hessian: number[][], i: number, scaled: Float64Array, columns: readonly Float64Array[]): void {
  let j = 0;
  for (; j + 3 <= i; j += 4) {
    const [a, b, c, d] = [columns[j] ?? none, columns[j + 1] ?? none, columns[j + 2] ?? none, columns[j + 3] ?? none];
    let [p, q, r, s] = [of(hessian, i, j), of(hessian, i, j + 1), of(hessian, i, j + 2), of(hessian, i, j + 3)];
    for (let row = 0; row < scaled.length; row++) {
      const x = scaled[row] ?? 0;
      p += x * (a[row] ?? 0);
      q += x * (b[row] ?? 0);
      r += x * (c[row] ?? 0);
      s += x * (d[row] ?? 0);
    }
    put(hessian, i, j, p);
    put(hessian, i, j + 1, q);
    put(hessian, i, j + 2, r);
    put(hessian, i, j + 3, s);
  }
  for (; j <= i; j++) put(hessian, i, j, dotFrom(of(hessian, i, j), scaled, columns[j] ?? none));
}

const none = new Float64Array(0);

function of(matrix: readonly (readonly number[])[], i: number, j: number): number {
  return matrix[i]?.[j] ?? 0;
}

function put(matrix: number[][], i: number, j: number, value: number): void {
  const [row, mirrored] = [matrix[i], matrix[j]];
  if (row !== undefined) row[j] = value;
  if (mirrored !== undefined) mirrored[i] = value;
}

function dotFrom(from: number, one: Float64Array, other: Float64Array): number {
  let sum = from;
  for (let row = 0; row < one.length; row++) sum += (one[row] ?? 0) * (other[row] ?? 0);
  return sum;
}

/** Overwritten by the next call. */
function logOddsAt(at: readonly number[], { columns, scratch: { logOdds } }: LogisticRows): Float64Array {
  logOdds.fill(0);
  columns.forEach((column, k) => {
    const by = at[k] ?? 0;
    for (let row = 0; row < logOdds.length; row++) logOdds[row] = (logOdds[row] ?? 0) + by * (column[row] ?? 0);
  });
  return logOdds;
}
