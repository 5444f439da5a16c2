import { and, eq } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { pushKey } from '../schema/index.ts';

/** What was answered to a request, and the digest of its rows. */
export interface KnownPush {
  readonly bodyDigest: string;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** The request of this key; null when none is stored. */
export async function findPush(db: Db, model: string, keyHash: string): Promise<KnownPush | null> {
  const [row] = await db
    .select({ bodyDigest: pushKey.bodyDigest, answer: pushKey.answer })
    .from(pushKey)
    .where(and(eq(pushKey.model, model), eq(pushKey.keyHash, keyHash)));
  return row ?? null;
}
