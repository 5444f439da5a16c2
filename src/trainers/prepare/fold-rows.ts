import { columnsOf, type FeatureColumn } from '../../onnx/run/columns.ts';
import type { RowRange } from '../interface.ts';
import type { Fold, Split } from './folder.ts';
import type { FolderRows } from './read-folder.ts';
import type { TrainingTable } from './table.ts';

/** The rows of some ranges, one range after the other. */
export function takeRows(table: TrainingTable, ranges: readonly RowRange[]): TrainingTable {
  const rows = rowsIn(ranges);
  const numbers = (values: Float64Array): Float64Array => {
    const taken = new Float64Array(rows);
    let at = 0;
    for (const { from, to } of ranges) {
      taken.set(values.subarray(from, to), at);
      at += to - from;
    }
    return taken;
  };
  const column = (each: FeatureColumn): FeatureColumn =>
    'texts' in each
      ? { ...each, texts: ranges.flatMap(({ from, to }) => each.texts.slice(from, to)) }
      : { ...each, numbers: numbers(each.numbers) };
  return {
    rows,
    order: numbers(table.order),
    eventTimeMs: table.eventTimeMs === null ? null : numbers(table.eventTimeMs),
    labels: numbers(table.labels),
    columns: columnsOf(rows, [...table.columns.byName.values()].map(column)),
    amounts: new Map([...table.amounts].map(([name, values]) => [name, numbers(values)])),
  };
}

export function rowsIn(ranges: readonly RowRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** The same folder as if the block were its test, and nothing had been asked of it before. */
export function asFold(rows: FolderRows, { block }: Fold): FolderRows {
  return { ...rows, split: { ...rows.split, validation: { from: block.from, to: block.from }, test: block } };
}

/** The youngest block with what is older than it; null where the test is not judged by blocks. */
export function newestFold({
  folds,
}: Pick<Split, 'folds'>): { readonly block: RowRange; readonly before: RowRange } | null {
  const newest = folds?.at(-1);
  const [before] = newest?.outside ?? [];
  return newest === undefined || before === undefined ? null : { block: newest.block, before };
}
