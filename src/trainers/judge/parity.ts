import { PerennialError } from '../../domain/words/errors.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { goldenTolerance } from '../../onnx/foreign/compare-golden.ts';
import { columnsOf, type FeatureColumn, type FeatureColumns } from '../../onnx/run/columns.ts';
import { runModel, type LoadedModel } from '../../onnx/run/run-model.ts';
import type { FittedFile } from '../prepare/folder.ts';

export interface Parity {
  /** None where the trainer gave no answers of its own. */
  readonly rows: number;
  /** Of probabilities; for regression relative to the larger of the value and the spread of the values. */
  readonly maxAbsoluteDifference: number;
  readonly labelMismatches: number;
}

/** How far two answers to one row may lie apart. */
export interface ParityTolerance {
  readonly differenceMax: number;
  /** Closer than this, rounding may turn the two most probable classes round. */
  readonly tieWidth: number;
}

/** Our own graphs do what their trainers do, in float32. */
export const ownTolerance: ParityTolerance = { differenceMax: 1e-5, tieWidth: 1e-6 };
/** A converter of somebody else may compute in another precision, as of a file that is imported. */
export const foreignTolerance: ParityTolerance = { differenceMax: goldenTolerance, tieWidth: goldenTolerance };
/** Of a model that nobody answered for but its own file. */
export const notCompared: Parity = { rows: 0, maxAbsoluteDifference: 0, labelMismatches: 0 };

/**
 * Pushes the golden rows through the ONNX file and compares with the trainer's own answers to them. Throws
 * `parity_failed` when they disagree: such a file is never served.
 */
export async function checkParity(
  trainer: { readonly family: FittedFile['family']; readonly expected: Float64Array },
  loaded: LoadedModel,
  signature: Signature,
  golden: FeatureColumns,
  { differenceMax, tieWidth }: ParityTolerance = ownTolerance,
): Promise<Parity> {
  const { expected } = trainer;
  const { scores, labels } = await runModel(loaded.session, golden);
  const { hasClasses } = taskOf(signature.task);
  const maxAbsoluteDifference = largestDifference(expected, scores, hasClasses ? null : spread(expected));
  const labelMismatches = hasClasses ? countMismatches(expected, labels, signature.classes, tieWidth) : 0;
  if (scores.length === expected.length && maxAbsoluteDifference <= differenceMax && labelMismatches === 0) {
    return { rows: golden.rows, maxAbsoluteDifference, labelMismatches };
  }
  throw new PerennialError(
    'parity_failed',
    `the ${trainer.family} model and its ONNX file disagree on ${golden.rows} golden rows: ` +
      `largest difference ${maxAbsoluteDifference} ` +
      `(at most ${differenceMax}), ${labelMismatches} labels differ, ${scores.length} of ${expected.length} scores`,
  );
}

/** What can be said of all of them. */
export function worstParity(parities: readonly Parity[]): Parity {
  return {
    rows: Math.min(...parities.map(({ rows }) => rows)),
    maxAbsoluteDifference: Math.max(...parities.map(({ maxAbsoluteDifference }) => maxAbsoluteDifference)),
    labelMismatches: parities.reduce((sum, { labelMismatches }) => sum + labelMismatches, 0),
  };
}

/** The last `rowsMax` rows of a range, and one row in which everything is missing. */
export function goldenRows(
  columns: FeatureColumns,
  range: { readonly from: number; readonly to: number },
  rowsMax: number,
): FeatureColumns {
  const from = Math.max(range.from, range.to - rowsMax);
  const rows = range.to - from;
  const extended = [...columns.byName.values()].map((column): FeatureColumn => {
    if ('texts' in column) return { ...column, texts: [...column.texts.slice(from, range.to), null] };
    const numbers = new Float64Array(rows + 1).fill(NaN);
    numbers.set(column.numbers.subarray(from, range.to));
    return { ...column, numbers };
  });
  return columnsOf(rows + 1, extended);
}

function largestDifference(expected: Float64Array, actual: Float64Array, scale: number | null): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i] ?? NaN;
    const difference = Math.abs(value - (actual[i] ?? NaN)) / (scale === null ? 1 : Math.max(Math.abs(value), scale));
    // A NaN on either side is a disagreement, not a zero.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

function spread(values: Float64Array): number {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low > 0 ? high - low : Number.MIN_VALUE;
}

function countMismatches(
  expected: Float64Array,
  labels: readonly string[],
  classes: readonly string[],
  tieWidth: number,
): number {
  let mismatches = 0;
  for (let row = 0; row * classes.length < expected.length; row++) {
    const cells = expected.subarray(row * classes.length, (row + 1) * classes.length);
    const said = cells[classes.indexOf(labels[row] ?? '')] ?? -1;
    if (said < Math.max(...cells) - tieWidth) mismatches++;
  }
  return mismatches;
}
