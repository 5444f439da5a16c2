import type { SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { Duck } from '../../data/duck/connect.ts';
import { identifier, literal } from '../../data/duck/sql.ts';
import { receivedColumn, receivedOf, sourceOf, type ViewFile } from './view-rows.ts';

/**
 * Writes the rows of neighbours in the line of a view into one file, in the order of their places, each with the time
 * at which it was received. The same files give the same bytes. Law: sorts all rows, which the engine spills.
 */
export async function writeJoined(
  duck: Duck,
  files: readonly ViewFile[],
  schema: readonly SnapshotColumn[],
  { out, parquetOptions }: { readonly out: string; readonly parquetOptions: string },
): Promise<void> {
  const received = receivedOf(files);
  const list = [
    ...schema.map(({ name }) => `source.${identifier(name)}`),
    `CAST(${received.ms ?? 'NULL'} AS BIGINT) AS ${identifier(receivedColumn)}`,
  ];
  await duck.run(
    `COPY (SELECT ${list.join(', ')} FROM ${sourceOf(files)}${received.join} ORDER BY source._order)
      TO ${literal(out)} ${parquetOptions}`,
  );
}
