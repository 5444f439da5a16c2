import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { signingSecret } from '../schema/index.ts';

/** What a delivery is signed with: raw bytes, or the installation's own key as its text stands in the settings. */
export type SigningKey = string | Uint8Array;

/** Valid at once: two, and a third when somebody rotates again before the first has retired. */
const validMax = 3;

/** Who is sent to: a follower of the feed by its id, an address in a definition by its text. */
export const receivers = {
  webhook: (webhookId: string) => `webhook/${webhookId}`,
  alert: (url: string) => `alert/${url}`,
} as const;

/**
 * The keys that are valid for a receiver now, the newest first. One that never had a secret of its own is signed to
 * with the installation's key, as all were before; without that there is none.
 */
export async function signingKeysOf(
  db: Db,
  receiver: string,
  installationKey: string | undefined,
): Promise<readonly SigningKey[]> {
  const rows = await db
    .select({ secret: signingSecret.secret })
    .from(signingSecret)
    .where(
      and(
        eq(signingSecret.receiver, receiver),
        or(isNull(signingSecret.retiresAt), gt(signingSecret.retiresAt, sql`now()`)),
      ),
    )
    .orderBy(desc(signingSecret.secretId))
    .limit(validMax);
  const stored = rows.length === 0 ? [null] : rows.map((row) => row.secret);
  return stored.flatMap((secret): SigningKey[] => {
    if (secret !== null) return [Buffer.from(secret, 'base64')];
    return installationKey === undefined ? [] : [installationKey];
  });
}

/**
 * Gives a receiver another secret. What was valid stays so for the overlap; the installation's key too, where the
 * receiver had no secret of its own. Returns when the last of the earlier ones retires; null when there was none.
 */
export async function putSigningSecret(
  tx: Db,
  given: {
    readonly receiver: string;
    readonly secret: string;
    readonly overlapSeconds: number;
    readonly isNew: boolean;
  },
): Promise<Date | null> {
  const { receiver, secret, overlapSeconds, isNew } = given;
  // One rotation at a time: two at once would leave two that never retire.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('signing_secret'), hashtext(${receiver}))`);
  const known = await tx
    .select({ id: signingSecret.secretId })
    .from(signingSecret)
    .where(eq(signingSecret.receiver, receiver))
    .limit(1);
  if (known.length === 0 && !isNew) await tx.insert(signingSecret).values({ receiver, secret: null });
  const until = sql`now() + ${overlapSeconds} * interval '1 second'`;
  const retired = await tx
    .update(signingSecret)
    .set({ retiresAt: until })
    .where(and(eq(signingSecret.receiver, receiver), isNull(signingSecret.retiresAt)))
    .returning({ retiresAt: signingSecret.retiresAt });
  await tx
    .delete(signingSecret)
    .where(and(eq(signingSecret.receiver, receiver), sql`${signingSecret.retiresAt} <= now()`));
  await tx.insert(signingSecret).values({ receiver, secret });
  return retired[0]?.retiresAt ?? null;
}

/** With the end of a receiver its secrets end. */
export async function removeSigningSecrets(tx: Db, receiver: string): Promise<void> {
  await tx.delete(signingSecret).where(eq(signingSecret.receiver, receiver));
}
