import { and, eq, inArray, like, notInArray, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { condemnedArtifact } from '../schema/index.ts';

interface Unmarked {
  readonly digest: string;
  readonly bytes: number;
}

/**
 * Writes down which artifacts under a prefix this mark has not reached, and forgets those that it has; answers which
 * were written down a grace ago and have not been reached since.
 */
export async function condemn(
  tx: Db,
  prefix: string,
  unmarked: readonly Unmarked[],
  graceMs: number,
): Promise<readonly Unmarked[]> {
  const digests = unmarked.map(({ digest }) => digest);
  const under = like(condemnedArtifact.digest, `${prefix}%`);
  await tx
    .delete(condemnedArtifact)
    .where(digests.length === 0 ? under : and(under, notInArray(condemnedArtifact.digest, digests)));
  if (digests.length === 0) return [];
  await tx
    .insert(condemnedArtifact)
    .values(unmarked.map(({ digest, bytes }) => ({ digest, bytes })))
    .onConflictDoNothing();
  return tx
    .select({ digest: condemnedArtifact.digest, bytes: condemnedArtifact.bytes })
    .from(condemnedArtifact)
    .where(
      and(
        inArray(condemnedArtifact.digest, digests),
        sql`${condemnedArtifact.condemnedAt} <= now() - ${graceMs} * interval '1 millisecond'`,
      ),
    );
}

export async function forgetCondemned(tx: Db, digest: string): Promise<void> {
  await tx.delete(condemnedArtifact).where(eq(condemnedArtifact.digest, digest));
}
