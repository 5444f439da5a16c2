import { gzipSync } from 'node:zlib';
import { and, asc, eq, inArray, isNotNull, lt, sql } from 'drizzle-orm';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { withTransaction, type Database } from '../base/connect.ts';
import { pushedBatch, pushStream } from '../schema/index.ts';
import { batchOf } from './read-pushed.ts';

/** Of one file, before it is packed: what a reader holds in memory for a single row of it. */
const fileBytesMax = 16 * 1_048_576;
/** Batches that are looked at in one step. */
const batchesMax = 2_000;
/** Rows that came within this time are still few, and stay in Postgres until there are more. */
const restMs = 3_600_000;

/**
 * Joins the oldest batches of a model that stand in Postgres into one file of the artifact store, so that neither the
 * table nor the number of files grows with the number of requests. Answers whether there may be more to join. Places
 * stay as they are: cursors go on to fit. Done twice it stores the same file, and replaces nothing.
 */
export async function joinPushed(
  database: Database,
  store: Pick<ArtifactStore, 'readBytes' | 'putBytes'>,
  model: string,
): Promise<boolean> {
  const { db } = database;
  const loose = await db
    .select({ lastRow: pushedBatch.lastRow, bytes: pushedBatch.bytes })
    .from(pushedBatch)
    .where(
      and(
        eq(pushedBatch.model, model),
        isNotNull(pushedBatch.body),
        lt(pushedBatch.receivedAt, sql`now() - ${restMs} * interval '1 millisecond'`),
      ),
    )
    .orderBy(asc(pushedBatch.lastRow))
    .limit(batchesMax);
  const places: number[] = [];
  let bytes = 0;
  for (const one of loose) {
    if (places.length > 0 && bytes + one.bytes > fileBytesMax) break;
    places.push(one.lastRow);
    bytes += one.bytes;
  }
  const lastRow = places.at(-1);
  if (lastRow === undefined) return false;
  const before = await lastSealed(database, model);
  const parts = await db
    .select()
    .from(pushedBatch)
    .where(and(eq(pushedBatch.model, model), inArray(pushedBatch.lastRow, places)))
    .orderBy(asc(pushedBatch.lastRow));
  const newest = parts.at(-1);
  if (newest === undefined || parts.length < places.length) return true;
  const lines = (await Promise.all(parts.map((part) => batchOf(store, part)))).map((part) => part.lines);
  // A small file at the end is taken up again: files are as large as they may be, but for the last one.
  const isGrown = before !== null && before.bytes + bytes <= fileBytesMax;
  if (isGrown) lines.unshift((await batchOf(store, before)).lines);
  const replaced = isGrown ? [before, ...parts] : parts;
  const digest = await store.putBytes(gzipSync(Buffer.concat(lines)));
  const rows = replaced.reduce((sum, part) => sum + part.rows, 0);
  const replacedPlaces = replaced.map((part) => part.lastRow);
  const isReplaced = and(eq(pushedBatch.model, model), inArray(pushedBatch.lastRow, replacedPlaces));
  await withTransaction(database, async (tx) => {
    // Two may join at once: under this lock the second finds that what it has read is replaced.
    await tx.select().from(pushStream).where(eq(pushStream.model, model)).for('update');
    const there = await tx
      .select({ lastRow: pushedBatch.lastRow, rows: pushedBatch.rows, digest: pushedBatch.digest })
      .from(pushedBatch)
      .where(isReplaced);
    const isSame = (part: (typeof replaced)[number]): boolean =>
      there.some((one) => one.lastRow === part.lastRow && one.rows === part.rows && one.digest === part.digest);
    if (!replaced.every(isSame)) return;
    await tx.delete(pushedBatch).where(isReplaced);
    const size = lines.reduce((sum, part) => sum + part.length, 0);
    await tx.insert(pushedBatch).values({ model, lastRow, rows, bytes: size, digest, receivedAt: newest.receivedAt });
  });
  return places.length < loose.length || loose.length === batchesMax;
}

/** The last file of the artifact store; the batches behind it stand in Postgres. */
async function lastSealed({ db }: Pick<Database, 'db'>, model: string) {
  const [row] = await db
    .select()
    .from(pushedBatch)
    .where(and(eq(pushedBatch.model, model), isNotNull(pushedBatch.digest)))
    .orderBy(sql`${pushedBatch.lastRow} desc`)
    .limit(1);
  return row ?? null;
}
