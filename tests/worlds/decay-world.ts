import { createRandom } from '../../src/statistics/numeric/random.ts';
import { logistic } from './paired-world.ts';

/** A stream of log losses of a model that knows the truth but for `noise` log-odds, from a row on. */
export interface DecayWorld {
  readonly name: string;
  /** Mean log-odds of the positive class. */
  readonly mean: number;
  /** What the model cannot know, in log-odds, at a row: moods and seasons come and go, and are no decay. */
  readonly unseen: (seed: string) => (row: number) => number;
  /** Rows of one entity in a row, which all say the same; 1 for none. */
  readonly runRows: number;
  /** Whether decay of a quarter is promised to be found within 10 windows of 500 rows. */
  readonly isDecidable: boolean;
}

const nothing = () => () => 0;

function moodOf(moodRows: number, size: number): DecayWorld['unseen'] {
  return (seed) => {
    const random = createRandom(`mood ${seed}`);
    const moods: number[] = [];
    return (row) => {
      const at = Math.floor(row / moodRows);
      while (moods.length <= at) moods.push(size * Math.sign(random.normal()));
      return moods[at] ?? 0;
    };
  };
}

const common = { mean: -1.15, unseen: nothing, runRows: 1, isDecidable: false };

export const decayWorlds: readonly DecayWorld[] = [
  { ...common, name: '31 % positives', isDecidable: true },
  { ...common, name: '2 % positives', mean: -5 },
  { ...common, name: '1 % positives', mean: -5.8 },
  { ...common, name: 'a mood of 100 rows', unseen: moodOf(100, 0.7) },
  {
    ...common,
    name: 'a season of 1,000 rows',
    unseen: () => (row) => 0.7 * Math.sin((2 * Math.PI * row) / 1_000),
  },
  { ...common, name: 'entities in runs of 10', runRows: 10 },
];

export interface DecayStream {
  readonly losses: Float64Array;
  readonly entities: Uint32Array | null;
}

/** Losses in time order; `noiseAt` is by how many log-odds the model is off at a row, at random. */
export function decayStream(
  world: DecayWorld,
  rows: number,
  seed: string,
  noiseAt: (row: number) => number = () => 0,
): DecayStream {
  const random = createRandom(seed);
  const unseen = world.unseen(seed);
  let loss = 0;
  const losses = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    losses[row] = loss;
    if (row % world.runRows !== 0) continue;
    const known = world.mean + 1.5 * random.normal();
    const isPositive = random.next() < logistic(known + unseen(row));
    const p = logistic(known + noiseAt(row) * random.normal());
    loss = -Math.log(Math.max(isPositive ? p : 1 - p, 0.001));
    losses[row] = loss;
  }
  if (world.runRows === 1) return { losses, entities: null };
  return { losses, entities: Uint32Array.from({ length: rows }, (_, row) => Math.floor(row / world.runRows)) };
}

/** The noise that raises the mean loss by this share, by bisection on the same many rows. */
export function noiseOf(world: DecayWorld, rise: number): number {
  const rows = 100_000;
  const meanOf = (noise: number): number =>
    decayStream(world, rows, 'truth', () => noise).losses.reduce((sum, loss) => sum + loss, 0) / rows;
  const target = (1 + rise) * meanOf(0);
  let [low, high] = [0, 6];
  for (let step = 0; step < 14; step++) {
    const middle = (low + high) / 2;
    if (meanOf(middle) < target) low = middle;
    else high = middle;
  }
  return high;
}
