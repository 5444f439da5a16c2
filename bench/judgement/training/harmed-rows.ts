import type { PairedRows } from '../../../src/domain/training/compare-paired.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { logistic, pairedRowsOf } from '../../../tests/worlds/paired-world.ts';

/** Rows of two models whose log-odds are off by normal noise; that of the challenger is larger by the harm. */
interface HarmedRows {
  readonly rows: number;
  readonly seed: string;
  /** In log-odds. */
  readonly noise: number;
}

interface Drawn {
  readonly paired: PairedRows;
  readonly truths: Float64Array;
  /** What the challenger's noise is a multiple of. */
  readonly noises: Float64Array;
}

/** The same rows at any harm: drawn once for each mean of the log-odds, and only the challenger is made anew. */
export function harmedRows(world: HarmedRows): (mean: number, harm: number) => PairedRows {
  const known = new Map<number, Drawn>();
  return (mean, harm) => {
    const drawn = known.get(mean) ?? draw(world, mean);
    known.set(mean, drawn);
    return { ...drawn.paired, challenger: challengerOf(drawn, world.noise + harm) };
  };
}

function draw({ rows, seed, noise }: HarmedRows, mean: number): Drawn {
  const random = createRandom(seed);
  const [truths, noises] = [new Float64Array(rows), new Float64Array(rows)];
  const paired = pairedRowsOf(rows, (row) => {
    const truth = mean + 1.5 * random.normal();
    const label = random.next() < logistic(truth) ? 1 : 0;
    const champion = truth + noise * random.normal();
    truths[row] = truth;
    noises[row] = random.normal();
    return { label, champion, challenger: champion };
  });
  return { paired, truths, noises };
}

function challengerOf({ truths, noises }: Drawn, noise: number): Float64Array {
  const scores = new Float64Array(2 * truths.length);
  for (let row = 0; row < truths.length; row++) {
    const score = logistic((truths[row] ?? 0) + noise * (noises[row] ?? 0));
    scores[2 * row + 1] = score;
    scores[2 * row] = 1 - score;
  }
  return scores;
}
