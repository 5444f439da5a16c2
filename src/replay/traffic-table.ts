import { streamRows, type TableRow } from '../data/snapshot/stream-rows.ts';
import type { DataFormat } from '../domain/spec/closed-sets.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import { signatureOf } from '../domain/spec/signature.ts';
import { classesOf, taskOf } from '../domain/tasks/task-of.ts';
import { columnFrom, columnsOf, pickColumns, sliceColumns, type FeatureColumns } from '../onnx/run/columns.ts';
import { withDerived } from '../onnx/run/derive-columns.ts';
import type { TrainingTable } from '../trainers/prepare/table.ts';

/** A table to be replayed, in memory: the client's own copy of its file. */
export interface TrafficTable {
  readonly rows: readonly TableRow[];
  /** Class index in signature order, or the value; NaN where the row has no usable label. */
  readonly labels: Float64Array;
  readonly columns: FeatureColumns;
}

export async function readTrafficTable(
  file: { readonly path: string; readonly format: DataFormat },
  spec: ModelSpec,
): Promise<TrafficTable> {
  const rows: TableRow[] = [];
  for await (const chunk of streamRows(file, spec, { chunkRows: 5_000 })) rows.push(...chunk);
  const classes = classesOf(spec.target);
  const labels = Float64Array.from(
    rows,
    ({ label }) => taskOf(spec.target.task).labels.numberOf(label, classes) ?? Number.NaN,
  );
  const columns = spec.features.map((feature) =>
    columnFrom(
      feature,
      rows.map((row) => row.features[feature.name] ?? null),
    ),
  );
  return { rows, labels, columns: await withDerived(signatureOf(spec), columnsOf(rows.length, columns)) };
}

/** The labelled rows [0, to) as a training table. */
export function trainingTableOf(table: TrafficTable, to: number): TrainingTable {
  const kept: number[] = [];
  for (let row = 0; row < to; row++) if (!Number.isNaN(table.labels[row] ?? Number.NaN)) kept.push(row);
  const isWhole = kept.length === to;
  return {
    rows: kept.length,
    order: Float64Array.from(kept),
    eventTimeMs: null,
    labels: Float64Array.from(kept, (row) => table.labels[row] ?? 0),
    columns: isWhole ? sliceColumns(table.columns, 0, to) : pickColumns(table.columns, kept),
    amounts: new Map(),
  };
}
