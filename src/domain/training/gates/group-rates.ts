import { decisionsIn, pickRows, positiveScores, type ScoredRows } from '../../metrics/scored-rows.ts';
import type { FairnessMeasure } from '../../spec/closed-sets.ts';
import type { SliceRows } from '../gate-check.ts';
import type { Sample } from '../sample-bounds.ts';
import type { Rate } from './group-differences.ts';

/** One number per row; null leaves the row out. */
type OfRow = (row: number, rows: Decided) => number | null;

interface Decided {
  readonly labels: ArrayLike<number>;
  readonly decisions: ArrayLike<number>;
  readonly positive: Float64Array;
}

interface Measured {
  readonly name: string;
  /** Between what a number can lie. */
  readonly range: readonly [lowest: number, highest: number];
  readonly of: OfRow;
}

const share = [0, 1] as const;
const isYes: OfRow = (row, { decisions }) => (decisions[row] === 1 ? 1 : 0);
const yesAmong =
  (label: number): OfRow =>
  (row, rows) =>
    rows.labels[row] === label ? isYes(row, rows) : null;

/**
 * Demographic parity and equalised odds (M. Hardt, E. Price, N. Srebro, "Equality of opportunity in supervised
 * learning", NeurIPS 2016) ask how often a group is answered yes, of all rows and of those of one outcome. Calibration
 * asks by how much outcomes exceed probabilities on average, which needs no bins.
 */
const measured: Readonly<Record<FairnessMeasure, readonly Measured[]>> = {
  demographicParity: [{ name: 'share answered yes', range: share, of: isYes }],
  equalisedOdds: [
    { name: 'share of positive rows answered yes', range: share, of: yesAmong(1) },
    { name: 'share of negative rows answered yes', range: share, of: yesAmong(0) },
  ],
  calibration: [
    {
      name: 'share that came true less the mean probability',
      range: [-1, 1],
      of: (row, { labels, positive }) => (labels[row] ?? 0) - (positive[row] ?? 0),
    },
  ],
};

/** In what the groups are compared, each group as a sample whose mean is asked about. */
export function groupRates(
  measure: FairnessMeasure,
  candidate: ScoredRows,
  slices: readonly SliceRows[],
): readonly Rate[] {
  const groups = slices.map(({ name, rows }) => ({ name, rows: decided(pickRows(candidate, rows)) }));
  return measured[measure].map(({ name, range, of }) => ({
    name,
    groups: groups.map((group) => ({ name: group.name, sample: sampleOf(group.rows, range, of) })),
  }));
}

function decided(rows: ScoredRows): Decided {
  return { labels: rows.labels, decisions: decisionsIn(rows), positive: positiveScores(rows.scores) };
}

function sampleOf(rows: Decided, [lowest, highest]: Measured['range'], of: OfRow): Sample | null {
  const values = Array.from(rows.labels, (_, row) => of(row, rows)).filter((value) => value !== null);
  return values.length === 0 ? null : { values: Float64Array.from(values), lowest, highest, lean: [0, 0] };
}
