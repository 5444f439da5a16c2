import { boundedMeanLower } from '../../statistics/samples/bounded-mean.ts';
import { shareLower, shareUpper } from '../../statistics/distributions/clopper-pearson.ts';
import { longRunDeviation } from '../../statistics/samples/long-run-deviation.ts';
import { normalQuantile, normalSf } from '../../statistics/distributions/normal.ts';
import { momentsOf } from '../../statistics/samples/paired.ts';
import type { RowValues } from '../metrics/row-values.ts';

/** Numbers of rows in time order whose mean is asked about; larger is better. */
export interface Sample extends Pick<RowValues, 'values' | 'lowest' | 'highest'> {
  /** The mean may be too large by the first of these on average, or too small by the second. */
  readonly lean: readonly [over: number, under: number];
}

export type BoundMethod = 'clopper-pearson' | 'gaffke';

export interface SampleBounds {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly method: BoundMethod;
}

export interface Alphas {
  /** P(the truth is below `lower`), and P(it is above `upper`). */
  readonly lower: number;
  readonly upper: number;
}

/**
 * One-sided bounds of the mean that hold at any number of rows: exact for shares of independent rows, Gaffke's for
 * everything else. Rows that say the same as their neighbours count for less, by the memory that they show
 * (`longRunDeviation`). With `times`, what as many times these rows would show.
 */
export function sampleBounds(sample: Sample, alphas: Alphas, times = 1): SampleBounds {
  const counted = { weight: 1 / designEffect(sample.values), times };
  return {
    estimate: momentsOf(sample.values).mean,
    lower: lowerBound(sample, alphas.lower, counted),
    upper: -lowerBound(mirrored(sample), alphas.upper, counted),
    method: hitOf(sample) === null ? 'gaffke' : 'clopper-pearson',
  };
}

/** What each row counts for, and what as many times these rows are asked for. */
interface Counted {
  readonly weight: number;
  readonly times: number;
}

function lowerBound(sample: Sample, alpha: number, { weight, times }: Counted): number {
  const { values, lowest, lean } = sample;
  const hit = hitOf(sample);
  if (hit === null) return boundedMeanLower(values, { alpha, worst: lowest, weight, times }) - lean[0];
  const rows = values.length * weight * times;
  const hits = Math.abs(momentsOf(values).mean) * rows;
  return hit === 1 ? shareLower(hits, rows, alpha) : -shareUpper(hits, rows, alpha);
}

/** The same asked of the other side: what was larger is smaller. */
export function mirrored({ values, lowest, highest, lean: [over, under] }: Sample): Sample {
  return { values: values.map((value) => -value), lowest: -highest, highest: -lowest, lean: [under, over] };
}

/** 1 where rows are 0 or 1 by definition, -1 where they are 0 or -1; null for all other numbers. */
function hitOf({ values, lowest, highest }: Sample): 1 | -1 | null {
  const hit = lowest === 0 && highest === 1 ? 1 : lowest === -1 && highest === 0 ? -1 : null;
  return hit !== null && values.every((value) => value === 0 || value === hit) ? hit : null;
}

/** How many times wider the mean spreads than if the rows were independent, squared; at least 1. */
function designEffect(values: Float64Array): number {
  const { variance } = momentsOf(values);
  if (variance === 0) return 1;
  const { deviation, units } = longRunDeviation(values, { groups: null, span: 0 });
  return Math.max(1, (deviation * deviation * values.length) / units / variance);
}

/** With which a difference that is as large as it seems would be seen. */
const power = 0.8;
const timesMax = 100;
const halvings = 5;

/**
 * How many rows more would show that the mean lies on that side of the limit on which it seems to lie, in four of five
 * cases, if they are like these; two digits. Null where it seems to lie on neither side, or where no test would ever
 * have so many.
 */
export function rowsNeeded(sample: Sample, limit: number, alphas: Alphas): number | null {
  const { mean } = momentsOf(sample.values);
  if (mean === limit) return null;
  const weight = 1 / designEffect(sample.values);
  const [side, alpha] = mean > limit ? [sample, alphas.lower] : [mirrored(sample), alphas.upper];
  const asked = alphaForPower(alpha);
  const rest = moreTimes((times) => lowerBound(side, asked, { weight, times }) >= (mean > limit ? limit : -limit));
  return rest === null ? null : roundedRows(rest * sample.values.length);
}

/** A bound at this level meets a limit on these rows when one at `alpha` would in four cases of five on others. */
export function alphaForPower(alpha: number): number {
  return normalSf(normalQuantile(1 - alpha) + normalQuantile(power));
}

/** How many times the rows are needed in addition until something is shown; null where no test would have so many. */
export function moreTimes(isShown: (times: number) => boolean): number | null {
  let [low, high] = [1, 2];
  for (; !isShown(high); high *= 2) {
    if (high > timesMax) return null;
    low = high;
  }
  for (let step = 0; step < halvings; step++) {
    const middle = Math.sqrt(low * high);
    if (isShown(middle)) high = middle;
    else low = middle;
  }
  return high - 1;
}

/** Two digits are as much as an estimate of rows is worth. */
export function roundedRows(rows: number): number {
  const ten = 10 ** Math.max(0, Math.floor(Math.log10(rows)) - 1);
  return Math.ceil(rows / ten) * ten;
}
