import { missingRowOrder } from '../prepare/folder.ts';
import { cellColumns, listOf, writeColumns } from '../prepare/write-columns.ts';

export interface OwnPredictions {
  /** `_order` of the rows that were asked about. */
  readonly order: Float64Array;
  /** The trainer's answers to them, row-major. */
  readonly known: Float64Array;
  /** Its answer to the row in which everything is missing. */
  readonly missing: Float64Array;
}

/** `_order` BIGINT and `prediction` DOUBLE[]; the row in which everything is missing comes last. */
export async function writePredictions(path: string, { order, known, missing }: OwnPredictions): Promise<void> {
  const width = missing.length;
  const all = new Float64Array(known.length + width);
  all.set(known);
  all.set(missing, known.length);
  await writeColumns(
    path,
    order.length + 1,
    [{ name: 'order', at: (row) => order[row] ?? missingRowOrder }, ...cellColumns('p', all, width)],
    `"order"::BIGINT AS "_order", ${listOf('p', width)} AS prediction`,
  );
}
