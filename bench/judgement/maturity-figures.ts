import { defaultRollout } from '../../src/domain/spec/default-spec.ts';
import { judgePromotion } from '../../src/domain/rollout/judge-promotion.ts';
import type { TargetSpec } from '../../src/domain/spec/spec.ts';
import { arrivalsMax, matureByRows, matureThrough } from '../../src/domain/watch/mature-through.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { logistic, pairedRowsOf, type PairedDraw } from '../../tests/worlds/paired-world.ts';
import { atMost, type Figure } from './figure.ts';

/** Labels of positives come sooner than those of negatives, and the challenger is better on what is known sooner. */
interface DelayWorld {
  readonly name: string;
  /** Mean log-odds of the positive class. */
  readonly mean: number;
  /** What the challenger adds to the log-odds of every row: better on positives, much worse on all rows. */
  readonly shift: number;
  readonly delayOf: (label: number, chance: number) => number;
}

const worlds: readonly DelayWorld[] = [
  { name: 'positives 100 rows late, negatives 1,000', mean: -1, shift: 1.05, delayOf: (y) => (y === 1 ? 100 : 1_000) },
  { name: 'the same, 6 % positives', mean: -3.6, shift: 1.2, delayOf: (y) => (y === 1 ? 100 : 1_000) },
  {
    name: 'exponential delays, means of 60 and 500 rows, a fifth never labelled',
    mean: -1,
    shift: 1.05,
    delayOf: (y, chance) => (chance < 0.2 ? Infinity : -(y === 1 ? 60 : 500) * Math.log((chance - 0.2) / 0.8)),
  },
];

const plan = defaultRollout('binary');
const target: TargetSpec = {
  task: 'binary',
  column: 'y',
  positive: 'yes',
  negative: 'no',
  labelDelay: { rows: 100 },
};
/** Rows of the model before the rollout: it has seen how late its labels come, or it has not. */
const lives = [0, 4_000] as const;
const rowsMax = 2_500;
const lookRows = 500;

/** A challenger that is much worse, and looks better on the labels that are known sooner. */
export function maturityFigures(rollouts: number): readonly Figure[] {
  return worlds.flatMap((world) =>
    lives.map((before) => {
      let promoted = 0;
      for (let run = 0; run < rollouts; run++)
        if (isPromoted(world, before, `${world.name} ${before} ${run}`)) promoted++;
      const what = `${world.name}, after ${before} rows: a worse challenger promoted`;
      return atMost(what, promoted, rollouts, plan.promotion.alpha / 5);
    }),
  );
}

function isPromoted(world: DelayWorld, before: number, seed: string): boolean {
  const rows = streamOf(world, before + rowsMax, seed);
  for (let lastSeq = before + lookRows; lastSeq <= before + rowsMax; lastSeq += lookRows) {
    const matureSeq = matureAt(rows, lastSeq);
    const known = rows.slice(before, Math.max(before, matureSeq)).filter(({ knownSeq }) => knownSeq <= lastSeq);
    const { verdict } = judgePromotion(
      pairedRowsOf(known.length, (row) => known[row] ?? unseen),
      plan,
    );
    if (verdict === 'better' || verdict === 'not-worse') return true;
    if (verdict === 'worse') return false;
  }
  return false;
}

interface DelayedRow extends PairedDraw {
  readonly seq: number;
  readonly knownSeq: number;
}

const unseen: PairedDraw = { label: 0, champion: 0, challenger: 0 };

function streamOf({ mean, shift, delayOf }: DelayWorld, count: number, seed: string): readonly DelayedRow[] {
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

function matureAt(rows: readonly DelayedRow[], lastSeq: number): number {
  const wordOf = ({ label }: DelayedRow) => (label === 1 ? 'yes' : 'no');
  const seen = rows.slice(0, lastSeq);
  const arrived = seen
    .filter(({ knownSeq }) => knownSeq <= lastSeq)
    .toSorted((a, b) => b.knownSeq - a.knownSeq)
    .slice(0, arrivalsMax)
    .map((row) => ({
      label: wordOf(row),
      delayRows: row.knownSeq - row.seq,
      knownSeq: row.knownSeq,
      receivedAtMs: 1_000 * row.knownSeq,
    }));
  const newest = seen
    .slice(-5_000)
    .map((row) => ({ seq: row.seq, label: row.knownSeq <= lastSeq ? wordOf(row) : null }));
  const byArrival = matureThrough({ target, arrived, lastSeq });
  return byArrival.basis === 'none' ? (matureByRows(target, newest)?.throughSeq ?? 0) : byArrival.throughSeq;
}
