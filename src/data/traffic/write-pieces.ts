import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { SnapshotFile } from '../../domain/training/snapshot.ts';
import { fullPieceRows } from '../../domain/training/traffic-pieces.ts';
import type { Duck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { nameReplaced, newestRows, pieceOptions, rowsOf, type Piece } from './pieces.ts';

/** Where pieces are made and where they go. */
export interface PieceShop {
  readonly duck: Duck;
  readonly workDir: string;
  readonly store: ArtifactStore;
}

/** The rows of `checked` and `placed` as pieces that are not yet stored, at most `fullPieceRows` in each. */
export async function piecesOfChecked({ duck, workDir }: PieceShop, values: readonly string[], readable: number) {
  const pieces: Piece[] = [];
  for (let from = 0; from < readable; from += fullPieceRows) {
    const path = join(workDir, `new-${pieces.length}.parquet`);
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    await duck.run(`COPY (SELECT seq, ${values.join(', ')}, event_key, ids AS broken, bad
      FROM checked JOIN placed USING (n) WHERE n > ${from} AND n <= ${from + fullPieceRows} ORDER BY seq)
      TO ${literal(path)} ${pieceOptions}`);
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    pieces.push({ path, sha256: '', ...(await extentOf(duck, path)) });
  }
  return pieces;
}

/** The stored piece of a group: a lone one stays as it is unless rows of it reached their end. Null if none is left. */
export async function storeGroup(
  shop: PieceShop,
  group: readonly Piece[],
  fromSeq: number,
): Promise<SnapshotFile | null> {
  const [lone] = group;
  if (lone !== undefined && group.length === 1 && lone.orderMin >= fromSeq) return stored(shop, lone);
  const path = join(shop.workDir, 'group.parquet');
  // What is written anew gets a digest of its own: damage would be sealed into it.
  // oxlint-disable-next-line no-await-in-loop -- one file at a time
  for (const { sha256 } of group) if (sha256 !== '') await shop.store.checkedPathOf(sha256);
  await nameReplaced(shop.duck, group, fromSeq);
  await shop.duck.run(
    `COPY (SELECT * FROM ${newestRows(group, fromSeq)} ORDER BY seq) TO ${literal(path)} ${pieceOptions}`,
  );
  const extent = await extentOf(shop.duck, path);
  return extent.rows === 0 ? null : stored(shop, { path, sha256: '', ...extent });
}

async function stored({ store }: PieceShop, { path, ...file }: Piece): Promise<SnapshotFile> {
  if (file.sha256 !== '') return file;
  return { ...file, sha256: await store.putFile(path), bytes: (await stat(path)).size };
}

async function extentOf(duck: Duck, path: string): Promise<Omit<SnapshotFile, 'sha256'>> {
  const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows, CAST(min(seq) AS DOUBLE) AS low,
    CAST(max(seq) AS DOUBLE) AS high FROM ${rowsOf(path)}`);
  return {
    bytes: 0,
    rows: Number(row?.['rows'] ?? 0),
    orderMin: Number(row?.['low'] ?? 0),
    orderMax: Number(row?.['high'] ?? 0),
  };
}
