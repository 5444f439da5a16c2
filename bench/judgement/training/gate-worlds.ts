import type { MetricName } from '../../../src/domain/metrics/registry.ts';
import { metricOf } from '../../../src/domain/metrics/metric-of.ts';
import { directionOf } from '../../../src/domain/metrics/metrics.ts';
import { sideOf, type PairedRows } from '../../../src/domain/training/compare-paired.ts';
import { createRandom, type Random } from '../../../src/statistics/numeric/random.ts';
import { logistic, pairedRowsOf, type PairedDraw } from '../../../tests/worlds/paired-world.ts';
import { harmedRows } from './harmed-rows.ts';

/** Test rows that two models have scored; the larger the `harm`, the worse the challenger, 0 is as good. */
export interface GateWorld {
  readonly name: string;
  readonly metric: MetricName;
  readonly margin: number;
  /** Beyond this the challenger is worse than by the margin. */
  readonly harmMax: number;
  readonly draw: (random: Random, harm: number) => PairedDraw;
  /** Of the log-odds, where two models are alike and what is drawn does not hang on the harm. */
  readonly alikeAt?: number;
}

/** Two models whose log-odds correlate at 0.95. */
export function alike(mean: number) {
  return (random: Random, harm: number): PairedDraw => {
    const truth = mean + 1.5 * random.normal();
    const label = random.next() < logistic(truth) ? 1 : 0;
    return { label, champion: truth + 0.35 * random.normal(), challenger: truth + (0.35 + harm) * random.normal() };
  };
}

/** Now and then the challenger is simply sure, and as often wrong as chance has it; else both say the same. */
function surer(random: Random, harm: number): PairedDraw {
  const { label, champion } = alike(-1)(random, 0);
  const isSure = random.next() < harm;
  return { label, champion, challenger: isSure ? (random.next() < 0.5 ? 40 : -40) : champion };
}

export const gateWorlds: readonly GateWorld[] = [
  { name: 'log loss', metric: 'logLoss', margin: 0.02, harmMax: 3, draw: alike(-1), alikeAt: -1 },
  { name: 'log loss, sometimes 0 or 1', metric: 'logLoss', margin: 0.02, harmMax: 0.1, draw: surer },
  { name: 'accuracy, sometimes 0 or 1', metric: 'accuracy', margin: 0.02, harmMax: 0.5, draw: surer },
  { name: 'log loss, 2 % positives', metric: 'logLoss', margin: 0.02, harmMax: 6, draw: alike(-5.2), alikeAt: -5.2 },
  { name: 'AUROC', metric: 'auroc', margin: 0.02, harmMax: 3, draw: alike(-1), alikeAt: -1 },
];

const truthRows = 400_000;
const manyAlike = harmedRows({ rows: truthRows, seed: 'truth', noise: 0.35 });

export function rowsOf(draw: GateWorld['draw'], rows: number, harm: number, seed: string): PairedRows {
  const random = createRandom(seed);
  return pairedRowsOf(rows, () => draw(random, harm));
}

/** The harm at which the challenger truly is worse by the margin, by bisection on the same many rows. */
export function harmOf({ draw, metric, margin, harmMax, alikeAt }: GateWorld): number {
  let known: number | null = null;
  return bisect(0, harmMax, (harm) => {
    const many = alikeAt === undefined ? rowsOf(draw, truthRows, harm, 'truth') : manyAlike(alikeAt, harm);
    // Without harm in what is drawn, the champion is the same at each step.
    const champion = (alikeAt === undefined ? null : known) ?? metricOf(metric, sideOf(many, 'champion'))() ?? 0;
    known = champion;
    const challenger = metricOf(metric, sideOf(many, 'challenger'))() ?? 0;
    return directionOf(metric) * (challenger - champion) <= -margin;
  });
}

/** The harm at which the challenger's AUROC truly is this. */
export function harmAtAuroc(auroc: number, mean: number): number {
  return bisect(0, 20, (harm) => (metricOf('auroc', sideOf(manyAlike(mean, harm), 'challenger'))() ?? 0) <= auroc);
}

/** The harm at which the challenger's log loss truly is that of the share of positives. */
export function harmAtPrior(mean: number): number {
  const share = Array.from(manyAlike(mean, 0).labels).reduce((sum, label) => sum + label, 0) / truthRows;
  const prior = -share * Math.log(share) - (1 - share) * Math.log(1 - share);
  return bisect(0, 20, (harm) => (metricOf('logLoss', sideOf(manyAlike(mean, harm), 'challenger'))() ?? 0) >= prior);
}

function bisect(low: number, high: number, isReached: (x: number) => boolean): number {
  for (let step = 0; step < 11; step++) {
    const middle = (low + high) / 2;
    if (isReached(middle)) high = middle;
    else low = middle;
  }
  return high;
}
