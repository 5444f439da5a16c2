import type { SnapshotColumn, TrafficPieces } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { eventTimeSql, parquetOptions } from '../snapshot/write-accepted.ts';
import { nameReplaced, namedValues, newestRows, type Piece } from './pieces.ts';

/**
 * Writes the rows of traffic from a position on as one file of accepted rows: the newest of each, in the order of their
 * event time and then of the log. Equal rows give equal bytes, whatever pieces they stand in.
 */
export async function writeRows(
  duck: Duck,
  pieces: readonly Piece[],
  of: {
    readonly schema: readonly SnapshotColumn[];
    readonly traffic: Pick<TrafficPieces, 'bareEventTime' | 'firstOrder'>;
    readonly fromSeq: number;
  },
  path: string,
): Promise<void> {
  await nameReplaced(duck, pieces, of.fromSeq);
  const rows = newestRows(pieces, of.fromSeq);
  const { bareEventTime: column, firstOrder } = of.traffic;
  const sql = column === null ? 'event_key' : await eventTimeSql(duck, rows);
  await duck.run(
    `COPY (SELECT ${namedValues(of.schema, { column, sql }).join(', ')},
      CAST(row_number() OVER (ORDER BY event_key, seq) - 1 + ${firstOrder} AS BIGINT) AS _order
      FROM ${rows} WHERE NOT bad ORDER BY _order) TO ${literal(path)} ${parquetOptions}`,
  );
}
