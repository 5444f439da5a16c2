/** What one counter holds of the rows of one slice. */
export interface SliceCounts {
  rows: number;
  failed: number;
  slow: number;
  latencySumUs: number;
  latencyMaxUs: number;
  /** Values of features that were logged and counted in the bins of the reference. */
  values: number;
  missing: number;
  /** Of categories: not among the values that the reference counts. */
  unseen: number;
  /** Rows with an answer of a version. */
  answered: number;
  /** Of the answered rows: probabilities of the positive class, or values; 0 where there is neither. */
  scoreSum: number;
  /** Of the answered rows: the largest probability of each; 0 for values. */
  confidenceSum: number;
  /** Answered rows by the decided class; at most the first 20 classes. */
  decisions: Record<string, number>;
}

/** By the key of the slice. */
export type SlicesCounted = Readonly<Record<string, SliceCounts>>;

/** Classes of which the decisions are counted. */
export const decisionsMax = 20;

export function emptySlice(): SliceCounts {
  return {
    rows: 0,
    failed: 0,
    slow: 0,
    latencySumUs: 0,
    latencyMaxUs: 0,
    values: 0,
    missing: 0,
    unseen: 0,
    answered: 0,
    scoreSum: 0,
    confidenceSum: 0,
    decisions: {},
  };
}

/** Slice by slice; a slice that only one of them has is taken as it is. */
export function addSlices(left: SlicesCounted, right: SlicesCounted): SlicesCounted {
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return Object.fromEntries(
    keys.map((key) => [key, addSlice(left[key] ?? emptySlice(), right[key] ?? emptySlice())] as const),
  );
}

function addSlice(left: SliceCounts, right: SliceCounts): SliceCounts {
  const classes = [...new Set([...Object.keys(left.decisions), ...Object.keys(right.decisions)])];
  return {
    rows: left.rows + right.rows,
    failed: left.failed + right.failed,
    slow: left.slow + right.slow,
    latencySumUs: left.latencySumUs + right.latencySumUs,
    latencyMaxUs: Math.max(left.latencyMaxUs, right.latencyMaxUs),
    values: left.values + right.values,
    missing: left.missing + right.missing,
    unseen: left.unseen + right.unseen,
    answered: left.answered + right.answered,
    scoreSum: left.scoreSum + right.scoreSum,
    confidenceSum: left.confidenceSum + right.confidenceSum,
    decisions: Object.fromEntries(
      classes.map((name) => [name, (left.decisions[name] ?? 0) + (right.decisions[name] ?? 0)] as const),
    ),
  };
}
