import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { SnapshotColumn, SnapshotFile } from '../../domain/training/snapshot.ts';
import { identifier, pathLiteral } from '../duck/sql.ts';
import type { Duck } from '../duck/connect.ts';

/**
 * A piece that lies on this machine. Its columns: `seq`, the position in the log; `v0`, `v1`, … the values in the order
 * of the schema; `event_key`, which orders rows; `broken`, the ids of the rules that the row breaks; `bad`, whether one
 * of these sets it aside. The names are not those of the definition, which may be any.
 */
export interface Piece extends SnapshotFile {
  readonly path: string;
}

/** Small enough that a look for some rows reads little. */
export const pieceOptions = '(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384)';

export async function piecesIn(
  store: Pick<ArtifactStore, 'pathOf'>,
  files: readonly SnapshotFile[],
): Promise<readonly Piece[]> {
  return Promise.all(files.map(async (file) => ({ ...file, path: await store.pathOf(file.sha256) })));
}

/**
 * Makes the table `replaced`: positions from `fromSeq` on that stand in several of these pieces, or came late, with the
 * newest piece that has them. Law: linear in the rows that stand in a piece after others that reach further.
 */
export async function nameReplaced(duck: Duck, pieces: readonly Piece[], fromSeq: number): Promise<void> {
  const late: string[] = [];
  let reachedSeq = -1;
  for (const [index, { path, orderMin, orderMax }] of pieces.entries()) {
    if (orderMin <= reachedSeq)
      late.push(`SELECT seq, ${index} AS piece FROM ${rowsOf(path)} WHERE seq BETWEEN ${fromSeq} AND ${reachedSeq}`);
    reachedSeq = Math.max(reachedSeq, orderMax);
  }
  const found = late.length === 0 ? 'SELECT 0::BIGINT AS seq, 0 AS piece WHERE false' : late.join(' UNION ALL ');
  await duck.run(
    `CREATE OR REPLACE TEMP TABLE replaced AS SELECT seq, max(piece) AS piece FROM (${found}) GROUP BY seq`,
  );
}

/** The rows from `fromSeq` on, each as the newest piece has it; `replaced` was made of the same pieces. */
export function newestRows(pieces: readonly Piece[], fromSeq: number): string {
  const all = pieces
    .map(({ path }, index) => `SELECT *, ${index} AS piece FROM ${rowsOf(path)} WHERE seq >= ${fromSeq}`)
    .join(' UNION ALL ');
  return `(SELECT found.* EXCLUDE (piece) FROM (${all}) AS found LEFT JOIN replaced ON replaced.seq = found.seq
    WHERE replaced.piece IS NULL OR replaced.piece <= found.piece)`;
}

export function rowsOf(path: string): string {
  return `read_parquet(${pathLiteral(path)})`;
}

/** The values under the names of the schema; a bare event time comes from `event_key`. */
export function namedValues(
  schema: readonly SnapshotColumn[],
  eventTime: { readonly column: string | null; readonly sql: string },
): readonly string[] {
  return schema
    .filter(({ name }) => name !== '_order')
    .map(({ name }, index) => `${name === eventTime.column ? eventTime.sql : `v${index}`} AS ${identifier(name)}`);
}
