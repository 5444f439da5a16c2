import { expectedMetrics } from '../../src/domain/metrics/expected.ts';
import {
  basisOf,
  judgeEstimate,
  type EstimateJudgement,
  type MaturedEstimate,
} from '../../src/domain/watch/judge-estimate.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { logLossRows, mean } from '../../src/statistics/samples/losses.ts';
import { auroc } from '../../src/statistics/samples/ranking.ts';
import { logistic } from './paired-world.ts';

/** Answers with two classes, whose labels come some windows later. */
export interface EstimateWorld {
  readonly name: string;
  readonly metric: 'logLoss' | 'auroc';
  /** Rows of a window: drawn between the two. */
  readonly rows: readonly [least: number, most: number];
  /** The true log-odds of a row, as far as features show them, are normal with this mean and deviation. */
  readonly odds: readonly [mean: number, deviation: number];
  /** The model says log-odds this many times as large as they are. */
  readonly sharpness: number;
  /** A mood that no feature shows: an AR(0.9) over rows, added to the true log-odds with this deviation. */
  readonly mood: number;
  /** What is left of the relation between features and labels: 1 all of it, 0 nothing. */
  readonly kept: number;
}

export const calibrated: EstimateWorld = {
  name: 'calibrated',
  metric: 'logLoss',
  rows: [500, 500],
  odds: [-1, 1.5],
  sharpness: 1,
  mood: 0,
  kept: 1,
};

export const estimateWorlds: readonly EstimateWorld[] = [
  calibrated,
  { ...calibrated, name: 'log-odds half too large', sharpness: 1.5 },
  { ...calibrated, name: 'windows of 200 to 1,000 rows', rows: [200, 1_000] },
  { ...calibrated, name: '2 % positives', odds: [-5, 1.5] },
  { ...calibrated, name: 'moods', mood: 1 },
  { ...calibrated, name: 'AUROC', metric: 'auroc' },
];

/** Windows by which labels are late. */
export const lateWindows = 3;

export interface EstimatedWindow {
  readonly estimated: number;
  readonly realised: number;
}

export interface PlayedWindow extends MaturedEstimate {
  readonly judged: EstimateJudgement;
}

/** So many windows of a world, from which streams are drawn: rows are played once, and not by every stream. */
export function windowsOf(world: EstimateWorld, windows: number, seed: string): readonly EstimatedWindow[] {
  const random = createRandom(seed);
  const [least, most] = world.rows;
  const [center, deviation] = world.odds;
  let mood = 0;
  return Array.from({ length: windows }, () => {
    const rows = least + random.integer(most - least + 1);
    const labels = new Uint8Array(rows);
    const scores = new Float64Array(2 * rows);
    for (let row = 0; row < rows; row++) {
      const odds = center + deviation * random.normal();
      mood = 0.9 * mood + Math.sqrt(1 - 0.81) * random.normal();
      const said = logistic(world.sharpness * odds);
      labels[row] = random.next() < logistic(center + world.kept * (odds - center) + world.mood * mood) ? 1 : 0;
      scores.set([1 - said, said], 2 * row);
    }
    const answers = { classCount: 2, scores, decisions: labels, gains: null };
    const realised =
      world.metric === 'logLoss'
        ? mean(logLossRows(scores, 2, labels))
        : auroc(
            scores.filter((_, cell) => cell % 2 === 1),
            labels,
          );
    return { estimated: expectedMetrics[world.metric]?.(answers) ?? Number.NaN, realised: realised ?? Number.NaN };
  });
}

/** Windows 1 to `windows` of a stream, each estimated on what was known when it closed. */
export function playEstimates(
  metric: string,
  windows: number,
  seed: string,
  poolAt: (window: number) => readonly EstimatedWindow[],
): readonly PlayedWindow[] {
  const random = createRandom(seed);
  const played: PlayedWindow[] = [];
  for (let window = 1; window <= windows; window++) {
    const pool = poolAt(window);
    const { estimated, realised } = pool[random.integer(pool.length)] ?? { estimated: 0, realised: 0 };
    const mature = played.slice(0, Math.max(0, window - lateWindows - 1));
    const judged = judgeEstimate(metric, estimated, basisOf(mature), mature);
    played.push({ window, estimated, realised, said: judged.interval, judged });
  }
  return played;
}
