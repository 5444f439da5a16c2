import { createRandom } from '../../src/statistics/numeric/random.ts';
import { defaultWatch } from '../../src/domain/spec/default-spec.ts';
import { decayCauses, type DecayCauses } from '../../src/domain/watch/causes/decay-causes.ts';
import type { DecayPartition } from '../../src/domain/watch/causes/decay-parts.ts';
import { judgeDecay, type RecentLosses } from '../../src/domain/watch/judge-decay.ts';
import { lossReference } from '../../src/domain/watch/loss-reference.ts';
import { logistic } from './paired-world.ts';

/**
 * A model that knows the truth, until it is off by `noise` log-odds in one part of the feature `guilty`, or in all rows
 * alike. Six further features of five parts each have nothing to do with it; `level` goes with how hard rows are.
 */
export interface DecayCauseWorld {
  readonly name: string;
  /** Mean log-odds of the positive class. */
  readonly mean: number;
  /** Part of `guilty`, of 5, in which the model is off; null for all rows; 'mix' for more rows of the hard level. */
  readonly where: 0 | null | 'mix';
  readonly noise: number;
  /** Rows of one entity in a row, which all say the same. */
  readonly runRows: number;
  /** What the model cannot know comes in moods of so many rows; 0 for none. */
  readonly moodRows: number;
}

const innocentFeatures = 6;
const parts = 5;
const referenceRows = 4_000;
const recentRows = 2_000;
const { decay } = defaultWatch({ rows: 500 });

/** What is said of one decay; null where it was not found. */
export function causesIn(world: DecayCauseWorld, seed: string): DecayCauses | null {
  const random = createRandom(seed);
  const rows = referenceRows + recentRows;
  const cells = Array.from({ length: innocentFeatures + 2 }, () => new Uint8Array(rows));
  const losses = new Float64Array(rows);
  let mood = 0;
  for (let row = 0; row < rows; row++) {
    if (world.moodRows > 0 && row % world.moodRows === 0) mood = 0.7 * Math.sign(random.normal());
    if (row % world.runRows !== 0) {
      for (const column of cells) column[row] = column[row - 1] ?? 0;
      losses[row] = losses[row - 1] ?? 0;
      continue;
    }
    const isRecent = row >= referenceRows;
    for (const column of cells) column[row] = Math.floor(random.next() * parts);
    // The level of hard rows, a fifth of them before, and two fifths in a mix that moves.
    const hard = random.next() < (isRecent && world.where === 'mix' ? 0.5 : 0.2) ? 1 : 0;
    const [guilty, level] = cells;
    if (level !== undefined) level[row] = hard;
    const known = (hard === 1 ? 0 : world.mean) + 1.2 * random.normal();
    const isPositive = random.next() < logistic(known + mood);
    const isOff = isRecent && world.where !== 'mix' && (world.where === null || guilty?.[row] === world.where);
    const p = logistic(known + (isOff ? world.noise * random.normal() : 0));
    losses[row] = -Math.log(Math.max(isPositive ? p : 1 - p, 0.001));
  }
  const entities =
    world.runRows === 1 ? null : Uint32Array.from({ length: recentRows }, (_, row) => Math.floor(row / world.runRows));
  const recent: RecentLosses = { losses: losses.subarray(referenceRows), entities };
  const before = losses.subarray(0, referenceRows);
  const reference = lossReference(before, { liveRows: 0, probabilityMin: 0.001, isFixed: true });
  if (judgeDecay(recent, reference, decay).verdict !== 'decayed') return null;
  const partitions = cells.map((column, at): DecayPartition => ({
    name: at === 0 ? 'guilty' : at === 1 ? 'level' : `innocent ${at}`,
    kind: 'feature',
    parts: at === 1 ? ['easy', 'hard'] : Array.from({ length: parts }, (_, part) => `part ${part}`),
    before: column.subarray(0, referenceRows),
    now: column.subarray(referenceRows),
    unnamed: [],
  }));
  return decayCauses(recent, before, partitions);
}
