import { sequenceReach } from './confidence-sequence.ts';
import { longRunDeviation } from '../samples/long-run-deviation.ts';
import { blockMeans, momentsOf } from '../samples/paired.ts';
import { studentTQuantile } from '../distributions/student-quantile.ts';

/** What the values of one span say of their mean. */
export interface ProvenMean {
  /** Values in the span: the last ones. */
  readonly rows: number;
  readonly estimate: number;
  /** Lower bound of the mean; above 0 the mean is proven to be. */
  readonly lower: number;
}

export interface ProvenMeanOptions {
  /** Shared out among the spans, 0 < alpha < 0.5. */
  readonly alpha: number;
  /** Length of the stretches of time of which no single one may decide. */
  readonly blockRows: number;
  /** The entity of each value, as a number; null where they have none. */
  readonly groups: Uint32Array | null;
  /** How far below 0 the next value may lie, by what is known of it; the furthest that was seen where that is more. */
  readonly span: number;
  /** Whether the error is that of all looks at values that grow, or of this one. */
  readonly isForAllLooks: boolean;
}

/** Fewer stretches say too little of how stretches differ. */
const blocksMin = 4;

/**
 * The best lower bound of the mean of values in time order, over their last 4, 8, 16, … blocks and over all. It is
 * Student's t over the means of blocks, in which a burst is one or two blocks with a large mean among many without: no
 * small error but a large one. One value more is counted as seen, `span` below 0: where it has not come by chance, it
 * may still. Where values have entities, Student's t over these bounds it too. With `isForAllLooks` a confidence
 * sequence over all looks (arXiv 2103.06476) takes the place of that, with the deviation that the memory of the values
 * and their entities show: for as long as values are only added. Without it the error is that of this look. Null for
 * fewer than 4 blocks. Relative error <= 1e-15 (golden vectors).
 */
export function provenMean(values: Float64Array, options: ProvenMeanOptions): ProvenMean | null {
  const spans = spansOf(values.length, options.blockRows);
  let best: ProvenMean | null = null;
  for (const span of spans) {
    const lower = lowerBound(values, span, { ...options, alpha: options.alpha / spans.length });
    const estimate = momentsOf(values.subarray(values.length - span)).mean;
    if (best === null || lower > best.lower) best = { rows: span, estimate, lower };
  }
  return best;
}

function spansOf(rows: number, blockRows: number): readonly number[] {
  const spans: number[] = [];
  for (let span = blocksMin * blockRows; span < rows; span *= 2) spans.push(span);
  return rows < blocksMin * blockRows ? [] : [...spans, rows];
}

function lowerBound(
  all: Float64Array,
  rows: number,
  { alpha, blockRows, groups, span: least, isForAllLooks }: ProvenMeanOptions,
): number {
  const from = all.length - rows;
  const values = all.subarray(from);
  const { mean } = momentsOf(values);
  const span = values.reduce((most, value) => Math.max(most, Math.abs(value)), least);
  const worst = (mean + span) / (rows + 1);
  const blocks = momentsOf(blockMeans(values, blockRows));
  const ofBlocks = studentTQuantile(alpha, blocks.count - 1) * Math.sqrt(blocks.variance / blocks.count);
  const ofEntities = groups === null ? [] : [groups.subarray(from)];
  const reaches = [...(isForAllLooks ? [null] : []), ...ofEntities].map((of) => {
    const { deviation, units } = longRunDeviation(values, { groups: of, span });
    if (units < 2) return Infinity;
    const width = isForAllLooks
      ? sequenceReach(units, alpha, units)
      : studentTQuantile(alpha, units - 1) / Math.sqrt(units);
    return deviation * width;
  });
  return Math.min(blocks.mean - ofBlocks, mean - Math.max(0, ...reaches)) - worst;
}
