import type { SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { Duck } from '../../data/duck/connect.ts';
import { identifier, literal } from '../../data/duck/sql.ts';
import type { ViewSpec } from '../../domain/view/view-spec.ts';
import { receivedColumn, receivedOf, sourceOf, timesOf, type ViewFile } from './view-rows.ts';

interface WriteOptions {
  readonly out: string;
  readonly parquetOptions: string;
  /** Rows of the view that were known up to then are left out; null leaves none out. */
  readonly ended?: { readonly view: ViewSpec; readonly throughMs: number } | null;
}

/**
 * Writes the rows of neighbours in the line of a view into one file, in the order of their places, each with the time
 * at which it was received. The same files give the same bytes. Law: sorts all rows, which the engine spills.
 */
export async function writeJoined(
  duck: Duck,
  files: readonly ViewFile[],
  schema: readonly SnapshotColumn[],
  { out, parquetOptions, ended = null }: WriteOptions,
): Promise<void> {
  const received = receivedOf(files);
  const list = [
    ...schema.map(({ name }) => `source.${identifier(name)}`),
    `CAST(${received.ms ?? 'NULL'} AS BIGINT) AS ${identifier(receivedColumn)}`,
  ];
  await duck.run(
    `COPY (SELECT ${list.join(', ')} FROM ${sourceOf(files)}${received.join}${keptBehind(ended, received.ms)}
      ORDER BY source._order)
      TO ${literal(out)} ${parquetOptions}`,
  );
}

function keptBehind(ended: WriteOptions['ended'], receivedMs: string | null): string {
  if (ended === undefined || ended === null) return '';
  const { event, available } = timesOf(ended.view, receivedMs);
  return ` WHERE coalesce(greatest(${event}, ${available}) > ${ended.throughMs}, true)`;
}
