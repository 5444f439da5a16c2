import { join } from 'node:path';
import type { ColumnSummary, SnapshotColumn, TrafficPieces } from '../../domain/training/snapshot.ts';
import { profileTable } from '../snapshot/profile-table.ts';
import { rowsOf, type Piece } from './pieces.ts';
import type { PieceShop } from './write-pieces.ts';
import { writeRows } from './write-rows.ts';

/** As many of the newest rows say what the columns hold; over all of them it would take longer with every training. */
const profiledRows = 200_000;

export async function newestProfile(
  { duck, workDir }: Pick<PieceShop, 'duck' | 'workDir'>,
  pieces: readonly Piece[],
  schema: readonly SnapshotColumn[],
  traffic: Pick<TrafficPieces, 'bareEventTime' | 'firstOrder' | 'fromSeq'>,
): Promise<readonly ColumnSummary[]> {
  const path = join(workDir, 'newest.parquet');
  const youngest = pieces.toSorted((left, right) => right.orderMax - left.orderMax);
  let rows = 0;
  const asked = youngest.filter((piece) => {
    const isAsked = rows < profiledRows;
    rows += piece.rows;
    return isAsked;
  });
  const [found] = await duck.rows(`SELECT CAST(min(seq) AS DOUBLE) AS low FROM (SELECT seq FROM
    (${asked.map((piece) => `SELECT seq FROM ${rowsOf(piece.path)}`).join(' UNION ALL ')})
    ORDER BY seq DESC LIMIT ${profiledRows})`);
  const fromSeq = Math.max(traffic.fromSeq, Number(found?.['low'] ?? 0));
  const near = pieces.filter((piece) => piece.orderMax >= fromSeq);
  await writeRows(duck, near, { schema, traffic, fromSeq }, path);
  return profileTable(duck, path, schema);
}
