import type { CodeRules } from '../../../onnx/graphs/preprocessing.ts';
import { sortNumbers } from './sort-numbers.ts';

/** Bins fit a byte together with the one for missing, which is always the last: index `count`. */
export const binsMax = 255;
/** Codes 1..254 become bins 0..253. */
const codesMax = 254;
/**
 * A column of bins is a byte wide, so that a category of more words has several; a set of words is chosen within one of
 * them. A word with fewer rows is in no set (split-category.ts), and 2,032 words are what they have codes for.
 */
export const codeRules: CodeRules = { codesMax, blocksMax: 8, rowsMin: 10 };
/** Quantiles are taken from at most this many rows, evenly spaced, so that binning stays linear. */
const sampleRowsMax = 200_000;

export interface Bins {
  /** Codes have no order, so that a split takes a set of them; the others are intervals, and a split is a cut. */
  readonly isCoded: boolean;
  /**
   * Intervals: bin i holds values in (cuts[i-1], cuts[i]]; float32 values strictly between neighbours where there are
   * any.
   */
  readonly cuts: Float32Array;
  readonly count: number;
}

/**
 * Bins of equal frequency for a number column, at most 255. Where there are more values than bins, one that is as
 * frequent as a bin has one of its own, and the others share what is left of the bins (as LightGBM's GreedyFindBin):
 * neighbours of a frequent value are another matter, as with wind speeds that are whole multiples of a step. Cut points
 * are float32, so that a comparison made by ONNX Runtime in float32 cannot disagree with the bin.
 */
export function numberBins(values: Float32Array): Bins {
  const sorted = sampleOf(values);
  sortNumbers(sorted);
  const { distinct, counts } = runsOf(sorted);
  const ends = distinct.length <= binsMax ? distinct.keys() : endsOf(counts, sorted.length);
  const cuts: number[] = [];
  for (const at of ends) if (at + 1 < distinct.length) cuts.push(between(distinct[at] ?? 0, distinct[at + 1] ?? 0));
  return { isCoded: false, cuts: Float32Array.from(cuts), count: cuts.length + 1 };
}

/** Before a frequent value a bin ends that is as full as this. */
const fullEnough = 0.5;

/** The last value of each bin but the last one, of more values than bins. */
function endsOf(counts: Uint32Array, rows: number): readonly number[] {
  const usual = rows / binsMax;
  const frequent = counts.filter((count) => count >= usual);
  let rowsLeft = rows - frequent.reduce((sum, count) => sum + count, 0);
  let binsLeft = binsMax - frequent.length;
  let target = rowsLeft / binsLeft;
  const ends: number[] = [];
  let inBin = 0;
  for (let i = 0; i + 1 < counts.length && ends.length < binsMax - 1; i++) {
    const count = counts[i] ?? 0;
    const isFrequent = count >= usual;
    if (!isFrequent) rowsLeft -= count;
    inBin += count;
    const isBefore = (counts[i + 1] ?? 0) >= usual && inBin >= Math.max(1, target * fullEnough);
    if (!isFrequent && inBin < target && !isBefore) continue;
    ends.push(i);
    inBin = 0;
    if (isFrequent) continue;
    binsLeft = Math.max(1, binsLeft - 1);
    target = rowsLeft / binsLeft;
  }
  return ends;
}

/** What is there of evenly spaced values. */
function sampleOf(values: Float32Array): Float32Array {
  const stride = Math.max(1, Math.ceil(values.length / sampleRowsMax));
  const sample = new Float32Array(Math.ceil(values.length / stride));
  let count = 0;
  for (let i = 0; i < values.length; i += stride) {
    const value = values[i] ?? NaN;
    if (!Number.isNaN(value)) sample[count++] = value;
  }
  return sample.subarray(0, count);
}

export function categoryBins(codeCount: number): Bins {
  return { isCoded: true, cuts: new Float32Array(0), count: codeCount };
}

/** Writes the bin of each value; `bins.count` for missing (NaN, or code 0 of a category). */
export function applyBins(bins: Bins, values: Float32Array, out: Uint8Array): Uint8Array {
  for (let i = 0; i < out.length; i++) {
    const value = values[i] ?? NaN;
    if (bins.isCoded) out[i] = value === 0 ? bins.count : value - 1;
    else out[i] = Number.isNaN(value) ? bins.count : binOf(bins.cuts, value);
  }
  return out;
}

/** First bin whose cut is at or above the value; 8 steps at most. */
function binOf(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (cuts[middle] ?? Infinity)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Each value once, and how often it is there. */
function runsOf(sorted: Float32Array): { distinct: Float32Array; counts: Uint32Array } {
  const distinct = new Float32Array(sorted.length);
  const counts = new Uint32Array(sorted.length);
  let runs = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] ?? NaN;
    // -0 and 0 are one value for every comparison that follows.
    if (runs === 0 || distinct[runs - 1] !== value) distinct[runs++] = value;
    counts[runs - 1] = (counts[runs - 1] ?? 0) + 1;
  }
  return { distinct: distinct.subarray(0, runs), counts: counts.subarray(0, runs) };
}

/** A float32 in [low, high): the middle, or `low` itself when they are neighbours (or one is infinite). */
function between(low: number, high: number): number {
  const middle = Math.fround(low + (high - low) / 2);
  return middle > low && middle < high ? middle : low;
}
