import type { Random } from '../../../src/statistics/numeric/random.ts';
import { logistic, type PairedDraw } from '../../../tests/worlds/paired-world.ts';

/** Traffic of a rollout: two versions that are as good as each other, unless the player lets one fail more often. */
export interface RolloutWorld {
  readonly name: string;
  /** Probability that a row fails, whichever version answers it. */
  readonly failureShare: number;
  /** Failures come in bursts, this many times as often as between them; 1 for none. */
  readonly burstTimes: number;
  /** Entities that come again and again, each with a failure share of its own; null where each row is a new one. */
  readonly entities: number | null;
  /** Rows between two looks: always as many, or whatever a stretch of time brings. */
  readonly looks: 'rows' | 'time';
  readonly lookRows: number;
  /** A row as both versions answer it. */
  readonly draw: (random: Random) => PairedDraw;
  /** Labelled rows that quality is looked at with; none where labels never come. */
  readonly labelledRowsMax: number;
  /** Rows by which a label comes late; absent where it is there at once. */
  readonly delayOf?: (label: number) => number;
}

/** Two models with errors of their own, as large as each other's. */
const alike =
  (mean: number) =>
  (random: Random): PairedDraw => {
    const truth = mean + 1.5 * random.normal();
    return {
      label: random.next() < logistic(truth) ? 1 : 0,
      champion: truth + 0.5 * random.normal(),
      challenger: truth + 0.5 * random.normal(),
    };
  };

/** Scores of a few leaves: many rows have the same one. */
function tied(random: Random): PairedDraw {
  const { label, champion, challenger } = alike(-1)(random);
  return { label, champion: Math.round(champion), challenger: Math.round(challenger) };
}

/** Now and then either is simply sure, and sometimes wrong. */
function sure(random: Random): PairedDraw {
  const { label, champion, challenger } = alike(-1)(random);
  const surely = (logOdds: number): number => (random.next() < 0.05 ? 40 * Math.sign(logOdds) : logOdds);
  return { label, champion: surely(champion), challenger: surely(challenger) };
}

/** As good as each other over all rows, each on a class of its own: labels of one class that come sooner mislead. */
function byClass(random: Random): PairedDraw {
  const { label, champion, challenger } = alike(0)(random);
  return { label, champion: champion - 0.5, challenger: challenger + 0.5 };
}

const usual = {
  failureShare: 0.01,
  burstTimes: 1,
  entities: null,
  looks: 'rows',
  lookRows: 500,
  draw: alike(-1),
  labelledRowsMax: 0,
} as const;

export const rolloutWorlds: readonly RolloutWorld[] = [
  { ...usual, name: '0.1 % failures', failureShare: 0.001 },
  { ...usual, name: '1 % failures' },
  { ...usual, name: '4 % failures', failureShare: 0.04 },
  { ...usual, name: 'failures in bursts', failureShare: 0.003, burstTimes: 12 },
  { ...usual, name: '400 entities', entities: 400 },
  { ...usual, name: '2,000 entities, in bursts', entities: 2_000, failureShare: 0.003, burstTimes: 12 },
  { ...usual, name: 'looks by time', looks: 'time' },
  { ...usual, name: 'low traffic, looks by time', looks: 'time', lookRows: 40 },
  { ...usual, name: '60 to 300 labels', labelledRowsMax: 300, lookRows: 60 },
  { ...usual, name: '2 % positives', labelledRowsMax: 2_500, draw: alike(-5.2) },
  { ...usual, name: 'ties', labelledRowsMax: 2_500, draw: tied },
  { ...usual, name: 'sometimes 0 or 1', labelledRowsMax: 2_500, draw: sure },
  {
    ...usual,
    name: 'labels of one class 1,000 rows late',
    labelledRowsMax: 4_000,
    lookRows: 1_000,
    draw: byClass,
    delayOf: (label) => (label === 1 ? 1_000 : 50),
  },
];
