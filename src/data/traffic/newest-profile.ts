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
  const fromSeq = Math.max(traffic.fromSeq, await seqOfNewest(duck, pieces));
  const near = pieces.filter((piece) => piece.orderMax >= fromSeq);
  await writeRows(duck, near, { schema, traffic, fromSeq }, path);
  return profileTable(duck, path, schema);
}

/**
 * The position of the oldest of the newest rows. They are looked for in a stretch at the end, which grows until it has
 * them: a piece that is larger than all of them is not read from its beginning.
 */
async function seqOfNewest(duck: PieceShop['duck'], pieces: readonly Piece[]): Promise<number> {
  const lowest = Math.min(...pieces.map(({ orderMin }) => orderMin));
  const highest = Math.max(...pieces.map(({ orderMax }) => orderMax));
  for (let span = 2 * profiledRows; ; span *= 4) {
    const afterSeq = highest - span;
    const rows = pieces
      .filter(({ orderMax }) => orderMax > afterSeq)
      .map(({ path }) => `SELECT seq FROM ${rowsOf(path)} WHERE seq > ${afterSeq}`);
    // oxlint-disable-next-line no-await-in-loop -- a longer stretch is asked only where a shorter one was too short
    const [found] = await duck.rows(`SELECT CAST(min(seq) AS DOUBLE) AS low, CAST(count(*) AS DOUBLE) AS rows FROM (
      SELECT seq FROM (${rows.join(' UNION ALL ')}) ORDER BY seq DESC LIMIT ${profiledRows})`);
    if (Number(found?.['rows'] ?? 0) === profiledRows || afterSeq < lowest) return Number(found?.['low'] ?? 0);
  }
}
