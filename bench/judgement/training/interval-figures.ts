import { metricIntervals } from '../../../src/domain/metrics/metric-intervals.ts';
import { metricOf } from '../../../src/domain/metrics/metric-of.ts';
import { rowValues } from '../../../src/domain/metrics/row-values.ts';
import type { ScoredRows } from '../../../src/domain/metrics/scored-rows.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { logistic } from '../../../tests/worlds/paired-world.ts';
import { atLeast, beside, type Figure } from '../figure.ts';

/** Hold-outs of a model that knows the truth, but for moods of its stream and copies of its rows. */
interface HoldOutWorld {
  readonly name: string;
  readonly rows: number;
  /** Log-odds of the positive class, on average. */
  readonly mean: number;
  readonly moodRows: number;
  /** Log-odds by which a mood moves what comes true; 0 for none. */
  readonly mood: number;
  /** Rows of one entity in a row. */
  readonly runRows: number;
  /** Whether the interval is promised there: the memory is short beside a tenth of the rows. */
  readonly isPromised: boolean;
}

const usual = { rows: 1_000, mean: -1.15, moodRows: 1, mood: 0, runRows: 1, isPromised: true } as const;

const worlds: readonly HoldOutWorld[] = [
  { ...usual, name: '31 % positives', rows: 300 },
  { ...usual, name: '31 % positives' },
  { ...usual, name: '7 % positives', rows: 400, mean: -3.3 },
  { ...usual, name: '2 % positives', mean: -5 },
  { ...usual, name: '2 % positives', rows: 3_000, mean: -5 },
  { ...usual, name: '2 % positives', rows: 8_000, mean: -5 },
  { ...usual, name: 'moods of 50 rows', moodRows: 50, mood: 0.7 },
  { ...usual, name: 'moods of 50 rows', rows: 300, moodRows: 50, mood: 0.7, isPromised: false },
  { ...usual, name: 'entities in runs of 10', runRows: 10 },
];
const metrics = ['auroc', 'averagePrecision', 'logLoss', 'brier', 'accuracy', 'f1'] as const;
/** Of those that say 95 %. */
const coverageMin = 0.93;
const truthRows = 200_000;

/** How often an interval of a hold-out metric holds the truth, where one is given, and how often none is. */
export function intervalFigures(holdOuts: number): readonly Figure[] {
  return worlds.flatMap((world) => {
    const truth = drawn(world, truthRows, 'truth');
    const intervals = Array.from({ length: holdOuts }, (_, run) =>
      metricIntervals(drawn(world, world.rows, `${world.rows} ${run}`)),
    );
    return metrics.flatMap((metric) => {
      const truly = truthOf(metric, truth);
      const given = intervals.flatMap((found) => found[metric] ?? []);
      const held = given.filter(({ lower, upper }) => lower <= truly && truly <= upper).length;
      const what = `interval of ${metric}, ${world.name}, ${world.rows.toLocaleString('en')} rows`;
      return [
        ...(given.length === 0
          ? []
          : [
              world.isPromised
                ? atLeast(`${what}: holds the truth`, held, given.length, coverageMin)
                : beside(`${what}: holds the truth (no promise)`, held, given.length),
            ]),
        ...(given.length === holdOuts ? [] : [beside(`${what}: not given`, holdOuts - given.length, holdOuts)]),
      ];
    });
  });
}

function truthOf(metric: (typeof metrics)[number], rows: ScoredRows): number {
  const whole = metric === 'auroc' ? meanOf(rowValues(metric, rows)?.values) : metricOf(metric, rows)();
  if (whole === null) throw new Error(`${metric} has no truth in this world`);
  return whole;
}

function meanOf(values: Float64Array | undefined): number | null {
  return values === undefined ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function drawn(world: HoldOutWorld, rows: number, seed: string): ScoredRows {
  const random = createRandom(`${world.name} ${seed}`);
  const labels = new Float64Array(rows);
  const scores = new Float64Array(2 * rows);
  let [known, mood] = [0, 0];
  for (let row = 0; row < rows; row++) {
    if (row % world.moodRows === 0) mood = world.mood * Math.sign(random.normal());
    const isSame = row % world.runRows !== 0;
    if (!isSame) known = world.mean + 1.5 * random.normal();
    labels[row] = isSame ? (labels[row - 1] ?? 0) : Number(random.next() < logistic(known + mood));
    scores[2 * row + 1] = logistic(known);
    scores[2 * row] = 1 - logistic(known);
  }
  // Where positives are rare, few rows reach one half: a decision by it says nothing.
  return { task: 'binary', classes: ['no', 'yes'], labels, scores, threshold: world.mean < -2 ? 0.1 : 0.5 };
}
