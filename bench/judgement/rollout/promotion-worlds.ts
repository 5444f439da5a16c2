import { createRandom, type Random } from '../../../src/statistics/numeric/random.ts';
import type { MetricName } from '../../../src/domain/metrics/registry.ts';
import type { PairedRows } from '../../../src/domain/training/compare-paired.ts';
import { logistic, pairedRowsOf, type PairedDraw } from '../../../tests/worlds/paired-world.ts';

/** A stream on which two models are compared; the larger the `harm`, the worse the challenger, 0 is as good. */
export interface PromotionWorld {
  readonly name: string;
  readonly metric: MetricName;
  readonly margin: number;
  /** Rows of one entity in a row, which all say nearly the same; 1 for none. */
  readonly runRows: number;
  readonly draw: (random: Random, harm: number) => PairedDraw;
  /** Mean log-odds of models with errors of their own: what is drawn does not hang on the harm. */
  readonly noisierAt?: number;
  /** Beyond this the challenger is worse than twice the margin. */
  readonly harmMax: number;
  /** The default plan promises to promote one that is as good. */
  readonly isDecidable: boolean;
}

/** Two models with errors of their own; the challenger's are larger. */
const noisier =
  (mean: number) =>
  (random: Random, harm: number): PairedDraw => {
    const truth = mean + 1.5 * random.normal();
    return {
      label: random.next() < logistic(truth) ? 1 : 0,
      champion: truth + 0.3 * random.normal(),
      challenger: truth + (0.3 + harm) * random.normal(),
    };
  };

/** Now and then the challenger is simply sure, and often wrong. */
function surer(random: Random, harm: number): PairedDraw {
  const { label, champion, challenger } = noisier(-1)(random, 0);
  const isSure = random.next() < harm;
  return { label, champion, challenger: isSure ? (random.next() < logistic(champion) ? 40 : -40) : challenger };
}

export const promotionWorlds: readonly PromotionWorld[] = [
  {
    name: '31 % positives',
    metric: 'logLoss',
    margin: 0.02,
    runRows: 1,
    draw: noisier(-1),
    noisierAt: -1,
    harmMax: 3,
    isDecidable: true,
  },
  {
    name: '2 % positives',
    metric: 'logLoss',
    margin: 0.02,
    runRows: 1,
    draw: noisier(-5.2),
    noisierAt: -5.2,
    harmMax: 5,
    isDecidable: true,
  },
  {
    name: 'entities in runs of 5',
    metric: 'logLoss',
    margin: 0.02,
    runRows: 5,
    draw: noisier(-1),
    noisierAt: -1,
    harmMax: 3,
    isDecidable: false,
  },
  {
    name: 'sometimes 0 or 1',
    metric: 'logLoss',
    margin: 0.02,
    runRows: 1,
    draw: surer,
    harmMax: 0.1,
    isDecidable: false,
  },
  {
    name: 'AUROC',
    metric: 'auroc',
    margin: 0.02,
    runRows: 1,
    draw: noisier(-1),
    noisierAt: -1,
    harmMax: 3,
    isDecidable: false,
  },
  {
    name: 'accuracy with ties',
    metric: 'accuracy',
    margin: 0.02,
    runRows: 1,
    draw: noisier(-1),
    noisierAt: -1,
    harmMax: 5,
    isDecidable: false,
  },
];

export function rowsOf(world: PromotionWorld, rows: number, harm: number, seed: string): PairedRows {
  const random = createRandom(seed);
  let last: PairedDraw | null = null;
  const paired = pairedRowsOf(rows, (row) => {
    last = last === null || row % world.runRows === 0 ? world.draw(random, harm) : last;
    return last;
  });
  if (world.runRows === 1) return paired;
  return { ...paired, entities: Uint32Array.from({ length: rows }, (_, row) => Math.floor(row / world.runRows)) };
}
