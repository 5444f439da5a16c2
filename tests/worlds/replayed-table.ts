import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { FeatureSpec, ModelSpec, TargetSpec } from '../../src/domain/spec/spec.ts';
import { columnFrom, columnsOf } from '../../src/onnx/run/columns.ts';
import type { TrafficTable } from '../../src/replay/traffic-table.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';

/** Names that nothing outside may take for a path, a program or code. */
const features: readonly FeatureSpec[] = [
  { name: '../../etc/"passwd"\n', kind: 'number', missing: 'allow' },
  { name: '__proto__', kind: 'category', missing: 'allow' },
  { name: "'; import os #", kind: 'boolean', missing: 'allow' },
  { name: 'at', kind: 'time', missing: 'allow' },
];

const labelDelay = { rows: 40 } as const;
export const replayedTargets = {
  binary: { task: 'binary', column: '`rm -rf`', positive: 'yes', negative: 'no', labelDelay },
  multiclass: { task: 'multiclass', column: '`rm -rf`', classes: ['low', 'mid', 'high'], labelDelay },
  regression: { task: 'regression', column: '`rm -rf`', labelDelay },
} as const satisfies Record<string, TargetSpec>;

export interface ReplayedTable {
  readonly spec: ModelSpec;
  readonly table: TrafficTable;
  readonly historyRows: number;
  readonly labelDelayRows: number;
}

/** A table in memory, as a replay reads one: its label follows the number and the category; some cells are missing. */
export function replayedTable(task: keyof typeof replayedTargets, rows: number, historyRows: number): ReplayedTable {
  const random = createRandom(`replayed ${task}`);
  const target = replayedTargets[task];
  const spec = completeSpec({
    name: 'replayed',
    about: { owner: 'tests', useCase: 'tests', successCriterion: 'tests' },
    features,
    target,
    source: { kind: 'file', path: 'replayed.csv', format: 'csv' },
    watch: { window: { rows: 25 } },
  });
  const drawn = Array.from({ length: rows }, (_, row) => {
    const number = random.normal();
    const text = ['a', 'b', 'c'][random.integer(3)] ?? 'a';
    const signal = number + (text === 'a' ? 1 : -0.5) + 0.3 * random.normal();
    const cells = [
      random.next() < 0.05 ? null : number,
      random.next() < 0.05 ? null : text,
      random.next() < 0.5,
      row * 3_600_000,
    ];
    return { cells, signal, isLabelled: random.next() >= 0.03 };
  });
  const labelOf = (signal: number): number => {
    if (task === 'regression') return 100 + 20 * signal;
    if (task === 'binary') return Number(signal > 0);
    return signal > 0.7 ? 2 : signal > -0.7 ? 1 : 0;
  };
  const columns = features.map((feature, at) =>
    columnFrom(
      feature,
      drawn.map(({ cells }) => cells[at] ?? null),
    ),
  );
  const table: TrafficTable = {
    rows: drawn.map((_, index) => ({ index, features: {}, label: null, entity: null, eventTimeMs: null })),
    labels: Float64Array.from(drawn, ({ signal, isLabelled }) => (isLabelled ? labelOf(signal) : Number.NaN)),
    columns: columnsOf(rows, columns),
  };
  return { spec, table, historyRows, labelDelayRows: labelDelay.rows };
}
