import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/** The names of an erasure's entity in the log of a model, and until when rows under them are those that go. */
export async function namesOf(
  db: Db,
  { erasureId, model }: { readonly erasureId: string; readonly model: string },
): Promise<{ readonly entityHashes: readonly string[]; readonly untilMs: number }> {
  const { rows } = await db.execute<{ hash: string; ms: number }>(sql`
    select entity_hash as hash, (extract(epoch from erased_at) * 1000)::float8 as ms from erasure_hash
    where erasure_id = ${erasureId} and model = ${model}`);
  return { entityHashes: rows.map(({ hash }) => hash), untilMs: Math.max(0, ...rows.map(({ ms }) => ms)) };
}
