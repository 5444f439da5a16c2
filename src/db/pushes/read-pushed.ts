import { gunzipSync } from 'node:zlib';
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { PushedBatch, PushedRows } from '../../sources/push/pushed-rows.ts';
import type { Db } from '../base/connect.ts';
import { pushedBatch, pushStream } from '../schema/index.ts';

type Store = Pick<ArtifactStore, 'readBytes'>;

/** The pushed rows of one model. Each question is a look into one index, however many rows there are. */
export function pushedRowsOf(db: Db, store: Store, model: string): PushedRows {
  return {
    model,
    async head() {
      const [row] = await db
        .select({
          lastRow: pushStream.lastRow,
          receivedAt: pushStream.receivedAt,
          ageMs: sql<number | null>`(extract(epoch from now() - ${pushStream.receivedAt}) * 1000)::float8`,
        })
        .from(pushStream)
        .where(eq(pushStream.model, model));
      return row ?? { lastRow: 0, receivedAt: null, ageMs: null };
    },
    async behind(row, bounds) {
      const sizes = await db
        .select({ lastRow: pushedBatch.lastRow, bytes: pushedBatch.bytes })
        .from(pushedBatch)
        .where(and(eq(pushedBatch.model, model), gt(pushedBatch.lastRow, row)))
        .orderBy(asc(pushedBatch.lastRow))
        .limit(bounds.batches);
      const rows = await db
        .select()
        .from(pushedBatch)
        .where(and(eq(pushedBatch.model, model), gt(pushedBatch.lastRow, row)))
        .orderBy(asc(pushedBatch.lastRow))
        .limit(countWithin(sizes, bounds.bytes));
      const batches: PushedBatch[] = [];
      // oxlint-disable-next-line no-await-in-loop -- one file in memory at a time
      for (const one of rows) batches.push(await batchOf(store, one));
      return batches;
    },
  };
}

/** How many of them fit; one where even the first does not. */
function countWithin(sizes: readonly { readonly bytes: number }[], bytesMax: number): number {
  let bytes = 0;
  const beyond = sizes.findIndex((one) => (bytes += one.bytes) > bytesMax);
  return Math.max(1, beyond === -1 ? sizes.length : beyond);
}

export async function batchOf(store: Store, batch: typeof pushedBatch.$inferSelect): Promise<PushedBatch> {
  const { lastRow, rows, digest } = batch;
  const body = digest === null ? batch.body : await store.readBytes(digest);
  if (body === null) throw new PerennialError('internal', `Pushed rows through ${lastRow} have neither body nor file.`);
  return { firstRow: lastRow - rows + 1, lastRow, lines: gunzipSync(body) };
}

/** Models and views of which rows were pushed, by name, behind one of them; at most `limit`. */
export async function pushedNamesAfter(db: Db, after: string, limit: number): Promise<readonly string[]> {
  const rows = await db
    .select({ model: pushStream.model })
    .from(pushStream)
    .where(gt(pushStream.model, after))
    .orderBy(asc(pushStream.model))
    .limit(limit);
  return rows.map(({ model }) => model);
}
