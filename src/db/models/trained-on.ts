import { desc, eq, or, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { version } from '../schema/index.ts';

/**
 * Of a model's latest `versionsMax` versions, those that were trained on one of these snapshots, the latest first.
 * Older ones are not looked at: each would make the answer cost more.
 */
export async function versionsTrainedOn(
  db: Db,
  model: string,
  digests: readonly string[],
  versionsMax: number,
): Promise<readonly { readonly version: number; readonly snapshots: readonly string[] }[]> {
  if (digests.length === 0) return [];
  const latest = db
    .select({ version: version.version, snapshots: version.snapshots })
    .from(version)
    .where(eq(version.model, model))
    .orderBy(desc(version.version))
    .limit(versionsMax)
    .as('latest');
  return db
    .select()
    .from(latest)
    .where(or(...digests.map((digest) => sql`${latest.snapshots} @> ${JSON.stringify([digest])}::jsonb`)))
    .orderBy(desc(latest.version));
}
