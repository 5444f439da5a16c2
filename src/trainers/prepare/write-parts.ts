import { join } from 'node:path';
import { identifier, literal } from '../../data/duck/sql.ts';
import { amountColumns } from '../../domain/metrics/gains.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { RowRange } from '../interface.ts';
import { files, type Split } from './folder.ts';
import { labelledIn, sourceOf, withRows } from './rows-source.ts';

/**
 * Writes the labelled rows as one Parquet file per part, in time order and with nothing but the columns that a training
 * reads. Values stay as the snapshots have them.
 */
export async function writeParts(
  folder: string,
  spec: ModelSpec,
  paths: readonly string[],
  split: Split,
): Promise<void> {
  const columns = columnsIn(spec).map(identifier).join(', ');
  await withRows(paths, async (connection) => {
    // The number of a row is told from its place, as in memory; `_line` is a name that no column of a spec may have.
    await connection.run(
      `CREATE TABLE numbered AS SELECT ${columns}, row_number() OVER (ORDER BY "_order") - 1 AS "_line" ` +
        `FROM ${sourceOf(paths)} WHERE ${labelledIn(spec.target)}`,
    );
    const isIn = ({ from, to }: RowRange) => `("_line" >= ${from} AND "_line" < ${to})`;
    const { training, validation, test } = split;
    const rowsOf = {
      [files.training]: isIn(training),
      [files.validation]: isIn(validation),
      [files.test]: isIn(test),
      [files.gap]: `NOT (${[training, validation, test].map(isIn).join(' OR ')})`,
    };
    for (const [file, condition] of Object.entries(rowsOf))
      // oxlint-disable-next-line no-await-in-loop -- one connection works one at a time
      await connection.run(
        `COPY (SELECT ${columns} FROM numbered WHERE ${condition} ORDER BY "_line") ` +
          `TO ${literal(join(folder, file))} (FORMAT parquet)`,
      );
  });
}

/** Each column once, whatever it is read for; names compare without case. */
export function columnsIn({ target, eventTime, features, value }: ModelSpec): readonly string[] {
  const names = [
    '_order',
    target.column,
    ...(eventTime === null ? [] : [eventTime.column]),
    ...features.map(({ name }) => name),
    ...amountColumns(value),
  ];
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
}
