import type { PairedRows } from '../../src/domain/training/compare-paired.ts';
import type { TargetSpec } from '../../src/domain/spec/spec.ts';
import { arrivalsMax, matureByRows, matureThrough, usualCoverage } from '../../src/domain/watch/mature-through.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { logistic, pairedRowsOf, type PairedDraw } from './paired-world.ts';

/** Labels of positives come sooner than those of negatives, and the challenger is better on what is known sooner. */
export interface DelayWorld {
  readonly name: string;
  /** Mean log-odds of the positive class. */
  readonly mean: number;
  /** What the challenger adds to the log-odds of every row: better on positives, much worse on all rows. */
  readonly shift: number;
  readonly delayOf: (label: number, chance: number) => number;
}

export const delayWorlds: readonly DelayWorld[] = [
  { name: 'positives 100 rows late, negatives 1,000', mean: -1, shift: 1.05, delayOf: (y) => (y === 1 ? 100 : 1_000) },
  { name: 'the same, 6 % positives', mean: -3.6, shift: 1.2, delayOf: (y) => (y === 1 ? 100 : 1_000) },
  {
    name: 'exponential delays, means of 60 and 500 rows, a fifth never labelled',
    mean: -1,
    shift: 1.05,
    delayOf: (y, chance) => (chance < 0.2 ? Infinity : -(y === 1 ? 60 : 500) * Math.log((chance - 0.2) / 0.8)),
  },
];

export const delayedTarget: TargetSpec = {
  task: 'binary',
  column: 'y',
  positive: 'yes',
  negative: 'no',
  labelDelay: { rows: 100 },
};

export interface DelayedRow extends PairedDraw {
  readonly seq: number;
  /** Position at which its label becomes known; Infinity for never. */
  readonly knownSeq: number;
}

export function delayedStream(
  { mean, shift, delayOf }: DelayWorld,
  count: number,
  seed: string,
): readonly DelayedRow[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, row) => {
    const truth = mean + 1.5 * random.normal();
    const label = random.next() < logistic(truth) ? 1 : 0;
    const champion = truth + 0.3 * random.normal();
    const challenger = truth + shift + 0.3 * random.normal();
    const knownSeq = row + 1 + Math.ceil(delayOf(label, random.next()));
    return { label, champion, challenger, seq: row + 1, knownSeq };
  });
}

/** Rows through a position whose label is known by `lastSeq`. */
export function knownRows(rows: readonly DelayedRow[], throughSeq: number, lastSeq: number): readonly DelayedRow[] {
  return rows.slice(0, throughSeq).filter(({ knownSeq }) => knownSeq <= lastSeq);
}

export function delayedPairs(known: readonly DelayedRow[]): PairedRows {
  return pairedRowsOf(known.length, (row) => known[row] ?? unseen);
}

const unseen: PairedDraw = { label: 0, champion: 0, challenger: 0 };

/** The last mature row, as the watch sees it at a position of the stream; 0 for none. */
export function matureAt(rows: readonly DelayedRow[], lastSeq: number, coverage = usualCoverage): number {
  const labels = new Float64Array(rows.length);
  const knownSeqs = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    labels[row] = rows[row]?.label ?? Number.NaN;
    knownSeqs[row] = rows[row]?.knownSeq ?? Infinity;
  }
  return matureThroughOf(labels, knownSeqs, lastSeq, coverage);
}

/** The same, of the labels of rows 1, 2, … and the positions at which they become known. */
export function matureThroughOf(
  labels: Float64Array,
  knownSeqs: Float64Array,
  lastSeq: number,
  coverage = usualCoverage,
): number {
  const plan = { target: delayedTarget, coverage };
  const wordOf = (row: number) => (labels[row] === 1 ? 'yes' : 'no');
  const knownSeqOf = (row: number) => knownSeqs[row] ?? Infinity;
  const seen = Math.min(lastSeq, labels.length);
  const known: number[] = [];
  for (let row = 0; row < seen; row++) if (knownSeqOf(row) <= lastSeq) known.push(row);
  // Their order says nothing, so they are sorted only where the latest have to be found.
  const latest =
    known.length <= arrivalsMax ? known : known.toSorted((a, b) => knownSeqOf(b) - knownSeqOf(a)).slice(0, arrivalsMax);
  const arrived = latest.map((row) => ({
    label: wordOf(row),
    delayRows: knownSeqOf(row) - (row + 1),
    knownSeq: knownSeqOf(row),
    receivedAtMs: 1_000 * knownSeqOf(row),
  }));
  const byArrival = matureThrough({ ...plan, arrived, lastSeq });
  if (byArrival.basis !== 'none') return byArrival.throughSeq;
  const newest = Array.from({ length: Math.min(seen, 5_000) }, (_, at) => {
    const row = seen - Math.min(seen, 5_000) + at;
    return { seq: row + 1, label: knownSeqOf(row) <= lastSeq ? wordOf(row) : null };
  });
  return matureByRows(plan, newest)?.throughSeq ?? 0;
}

/** What a training at a position of the stream rests on, cut at the mature row or not at all. */
export interface TrainedRows {
  readonly known: readonly DelayedRow[];
  /** The youngest 15 %, as `split` has it. */
  readonly test: readonly DelayedRow[];
  /** By how much the share of positives differs from that of all rows through the cut, labelled or not. */
  readonly shareOff: number;
}

export function trainedRows(rows: readonly DelayedRow[], lastSeq: number, isCut: boolean): TrainedRows {
  const throughSeq = isCut ? matureAt(rows, lastSeq) : lastSeq;
  const known = knownRows(rows, throughSeq, lastSeq);
  const shareOf = (of: readonly DelayedRow[]) => of.reduce((sum, { label }) => sum + label, 0) / of.length;
  return {
    known,
    test: known.slice(-Math.floor(0.15 * known.length)),
    shareOff: shareOf(known) - shareOf(rows.slice(0, throughSeq)),
  };
}
