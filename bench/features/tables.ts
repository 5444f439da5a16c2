import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { FeatureSpec, ModelSpec, TargetSpec } from '../../src/domain/spec/spec.ts';
import type { TrainerInput } from '../../src/domain/spec/trainer-spec.ts';
import { columnFrom, columnsOf } from '../../src/onnx/run/columns.ts';
import { createRandom, type Random } from '../../src/statistics/numeric/random.ts';
import type { TrainingTable } from '../../src/trainers/prepare/table.ts';

export interface MadeTable {
  readonly spec: ModelSpec;
  readonly table: TrainingTable;
  /** What the target depends on. */
  readonly useful: readonly string[];
}

type Cell = number | string | null;

interface Making {
  readonly features: readonly FeatureSpec[];
  readonly useful: readonly string[];
  /** Values of a row, in the order of the features, and its score. */
  readonly row: (random: Random) => { readonly cells: readonly Cell[]; readonly score: number };
}

const number = (name: string): FeatureSpec => ({ name, kind: 'number', missing: 'allow' });
const many = (name: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${name}${at + 1}`);

/** Ten numbers of falling weight, one of them only beyond a step. */
function tenUseful(cells: readonly number[]): number {
  return (
    cells.slice(0, 10).reduce((sum, cell, at) => sum + (at === 3 ? Number(cell > 0.5) : cell) * 0.9 ** at, 0) * 0.7
  );
}

function withNoise(noise: number): Making {
  const [useful, other] = [many('useful', 10), many('noise', noise)];
  return {
    features: [...useful, ...other].map(number),
    useful,
    row(random) {
      const cells = Array.from({ length: 10 + noise }, () => random.normal());
      return { cells, score: tenUseful(cells) };
    },
  };
}

const makings: Readonly<Record<string, Making>> = {
  'ten useful, forty of noise': withNoise(40),
  'ten useful': withNoise(0),
  'a ratio of two': {
    features: many('number', 8).map(number),
    useful: ['number1', 'number2'],
    row(random) {
      const cells = Array.from({ length: 8 }, () => Math.exp(random.normal()));
      return { cells, score: 2.5 * Math.log((cells[0] ?? 1) / (cells[1] ?? 1)) };
    },
  },
  'noise alone': {
    features: many('noise', 20).map(number),
    useful: [],
    row: (random) => ({ cells: Array.from({ length: 20 }, () => random.normal()), score: 0 }),
  },
};

export const madeNames = Object.keys(makings);

/** Rows of a made table, equal for equal seeds: two classes by a logistic score, one row an hour. */
export function makeTable(name: string, rows: number, seed: number, trainer: TrainerInput): MadeTable {
  const making = makings[name];
  if (making === undefined) throw new RangeError(`there is no made table ${name}`);
  const random = createRandom(seed).fork(name);
  const target: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } };
  const spec = completeSpec({
    name: 'made',
    about: { owner: 'bench', useCase: 'bench', successCriterion: 'bench' },
    features: making.features,
    target,
    source: { kind: 'file', path: 'made.csv', format: 'csv' },
    trainer,
  });
  const all = Array.from({ length: rows }, () => {
    const { cells, score } = making.row(random);
    return { cells, label: Number(random.next() < 1 / (1 + Math.exp(-score))) };
  });
  const columns = making.features.map((feature, at) =>
    columnFrom(
      feature,
      all.map(({ cells }) => cells[at] ?? null),
    ),
  );
  const table: TrainingTable = {
    rows,
    order: Float64Array.from({ length: rows }, (_, row) => row),
    eventTimeMs: null,
    labels: Float64Array.from(all, ({ label }) => label),
    columns: columnsOf(rows, columns),
    amounts: new Map(),
  };
  return { spec, table, useful: making.useful };
}
