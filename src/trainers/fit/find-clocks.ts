import { kindOf } from '../../domain/features/kind-of.ts';
import { featuresOf, type Signature } from '../../domain/spec/signature.ts';
import { spearman } from '../../statistics/samples/pairs/association.ts';
import { numbersIn, type FeatureColumns } from '../../onnx/run/columns.ts';
import type { RowRange } from '../interface.ts';

/** Rank correlation with the place: steps that only rise, as years do, have more; a season come round has less. */
const orderCorrelationMin = 0.9;
/** Two steps make a trend; one is a change that may stay. */
const valuesMin = 3;
/** Of the validation rows: beyond that a model answers mostly where it has learnt nothing. */
const beyondShareMin = 0.5;
/** Fewer values say nothing about an order. */
const rowsMin = 20;
/** Rows that are asked, evenly from all: the cost does not grow with the history. */
const askedRowsMax = 20_000;

export interface Clocks {
  /** Values follow the order of rows: a running number, a year, a month within one year. */
  readonly ordered: readonly string[];
  /** Most values of the validation rows lie beyond all that training holds; none of `ordered`. */
  readonly beyond: readonly string[];
}

/**
 * Number features by which a model may tell how late a row is, found without any label. What is learnt by them holds
 * for the stretch of history that had those values, and the rows to come have others. A finding is a suspicion: a
 * trend of the target is learnt by such a column too, and a random walk may look like one.
 */
export function findClocks(
  { signature, columns }: { readonly signature: Signature; readonly columns: FeatureColumns },
  training: RowRange,
  validation: RowRange,
): Clocks {
  const ordered: string[] = [];
  const beyond: string[] = [];
  for (const { name, kind } of featuresOf(signature)) {
    if (!kindOf(kind).isQuantity) continue;
    const numbers = numbersIn(columns, name);
    if (isOrdered(numbers, { from: training.from, to: validation.to })) ordered.push(name);
    else if (isBeyond(numbers, training, validation)) beyond.push(name);
  }
  return { ordered, beyond };
}

function isOrdered(numbers: Float64Array, { from, to }: RowRange): boolean {
  const step = Math.max(1, Math.ceil((to - from) / askedRowsMax));
  const values: number[] = [];
  const places: number[] = [];
  for (let row = from; row < to; row += step) {
    const value = numbers[row] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    values.push(value);
    places.push(row);
  }
  if (values.length < rowsMin || new Set(values).size < valuesMin) return false;
  return Math.abs(spearman(values, places) ?? 0) >= orderCorrelationMin;
}

function isBeyond(numbers: Float64Array, training: RowRange, validation: RowRange): boolean {
  const seen = finiteIn(numbers, training);
  const asked = finiteIn(numbers, validation);
  const [low, high] = boundsOf(seen);
  // A column that never varied was learnt nothing by, and does no harm.
  if (asked.length < rowsMin || !(low < high)) return false;
  const outside = asked.filter((value) => value < low || value > high).length;
  return outside > beyondShareMin * asked.length;
}

function finiteIn(numbers: Float64Array, { from, to }: RowRange): Float64Array {
  return numbers.subarray(from, to).filter((value) => Number.isFinite(value));
}

function boundsOf(values: Float64Array): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
