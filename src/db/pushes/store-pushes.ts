import { gzipSync } from 'node:zlib';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import { messageOf } from '../../domain/words/reason-of.ts';
import type { PushedRequest, PushEnd, PushSink } from '../../serving/ports.ts';
import { withTransaction, type Database, type Db } from '../base/connect.ts';
import { refuseNewerSchema } from '../base/known-schema.ts';
import { pushChannel } from '../feature-views/pushed-views.ts';
import { pushedBatch, pushKey, pushStream } from '../schema/index.ts';

/**
 * Stores requests of one model as one batch, in one transaction with their keys: told that it failed although it
 * happened, the next attempt finds the keys and stores nothing. The lock on the stream lasts until the commit, so that
 * no batch commits behind a place that was read already.
 */
export function createPushSink(database: Pick<Database, 'pool'>): PushSink {
  return {
    async store(model, requests) {
      try {
        return await withTransaction(database, async (tx, client) => {
          await refuseNewerSchema(client);
          const lastRow = await lockStream(tx, model);
          const known = await knownOf(tx, model, requests);
          const ends = requests.map((request) => endOf(known.get(request.keyHash), request));
          const fresh = requests.filter((_, index) => ends[index] === 'stored');
          if (fresh.length > 0) await append(tx, model, { fresh, lastRow });
          return ends;
        });
      } catch (error) {
        throw isUnfit(error)
          ? new PerennialError('invalid_data', `pushed rows of ${model} cannot be stored: ${messageOf(error)}`, {
              cause: error,
            })
          : error;
      }
    },
  };
}

async function lockStream(tx: Db, model: string): Promise<number> {
  await tx.insert(pushStream).values({ model }).onConflictDoNothing();
  const [stream] = await tx
    .select({ lastRow: pushStream.lastRow })
    .from(pushStream)
    .where(eq(pushStream.model, model))
    .for('update');
  return stream?.lastRow ?? 0;
}

async function knownOf(
  tx: Db,
  model: string,
  requests: readonly PushedRequest[],
): Promise<ReadonlyMap<string, string>> {
  const hashes = requests.map(({ keyHash }) => keyHash);
  const rows = await tx
    .select({ keyHash: pushKey.keyHash, bodyDigest: pushKey.bodyDigest })
    .from(pushKey)
    .where(and(eq(pushKey.model, model), inArray(pushKey.keyHash, hashes)));
  return new Map(rows.map(({ keyHash, bodyDigest }) => [keyHash, bodyDigest]));
}

function endOf(known: string | undefined, { bodyDigest }: PushedRequest): PushEnd {
  if (known === undefined) return 'stored';
  return known === bodyDigest ? 'already' : 'conflict';
}

async function append(
  tx: Db,
  model: string,
  { fresh, lastRow }: { readonly fresh: readonly PushedRequest[]; readonly lastRow: number },
): Promise<void> {
  const lines = Buffer.concat(fresh.map((request) => request.lines));
  const rows = fresh.reduce((sum, request) => sum + request.rows, 0);
  // The lines go as they came. Level 1: the process that packs them also carries the log of predictions.
  const body = gzipSync(lines, { level: 1 });
  const receivedAt = new Date(Math.max(...fresh.map((request) => request.receivedAtMs)));
  await tx.insert(pushedBatch).values({ model, lastRow: lastRow + rows, rows, bytes: lines.length, body, receivedAt });
  await tx
    .insert(pushKey)
    .values(fresh.map(({ keyHash, bodyDigest, answer }) => ({ model, keyHash, bodyDigest, answer })));
  await tx
    .update(pushStream)
    .set({ lastRow: lastRow + rows, receivedAt: sql`now()` })
    .where(eq(pushStream.model, model));
  await tx.execute(sql`select pg_notify(${pushChannel}, ${model})`);
}

/** What the database refuses because of the data itself (classes 22 and 23) would be refused for ever. */
function isUnfit(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string' && /^2[23][0-9A-Z]{3}$/.test(at.code)) return true;
  return false;
}
