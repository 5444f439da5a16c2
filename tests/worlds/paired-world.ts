import type { PairedRows } from '../../src/domain/training/compare-paired.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';

/** Rows whose true log-odds are normal; each model sees them with noise of its own. */
export function pairedWorld(rows: number, championNoise: number, challengerNoise: number, seed = 'world'): PairedRows {
  const random = createRandom(seed);
  return pairedRowsOf(rows, () => {
    const truth = 1.5 * random.normal();
    const label = random.next() < logistic(truth) ? 1 : 0;
    const champion = truth + championNoise * random.normal();
    return { label, champion, challenger: truth + challengerNoise * random.normal() };
  });
}

/** One row, as log-odds of the positive class. */
export interface PairedDraw {
  readonly label: number;
  readonly champion: number;
  readonly challenger: number;
}

export function pairedRowsOf(rows: number, draw: (row: number) => PairedDraw): PairedRows {
  const labels = new Float64Array(rows);
  const champion = new Float64Array(rows * 2);
  const challenger = new Float64Array(rows * 2);
  const fill = (scores: Float64Array, row: number, logOdds: number) => {
    scores[row * 2 + 1] = logistic(logOdds);
    scores[row * 2] = 1 - (scores[row * 2 + 1] ?? 0);
  };
  for (let row = 0; row < rows; row++) {
    const drawn = draw(row);
    labels[row] = drawn.label;
    fill(champion, row, drawn.champion);
    fill(challenger, row, drawn.challenger);
  }
  return {
    task: 'binary',
    classes: ['no', 'yes'],
    labels,
    champion,
    challenger,
    championThreshold: 0.5,
    challengerThreshold: 0.5,
    gains: null,
  };
}

export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
