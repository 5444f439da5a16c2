import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from './connect.ts';
import { token } from './schema.ts';

export type TokenRow = typeof token.$inferSelect;

export interface NewToken {
  readonly tokenId: string;
  readonly name: string;
  /** SHA-256 of the secret, hex (64 characters). */
  readonly secretHash: string;
  readonly role: string;
  readonly scope: string;
  readonly expiresAt: Date | null;
}

export async function insertToken(db: Db, given: NewToken): Promise<void> {
  await db.insert(token).values(given);
}

/** The live token with this hash; null when it is unknown, revoked or expired (by the clock of the database). */
export async function findTokenByHash(db: Db, secretHash: string): Promise<TokenRow | null> {
  const [row] = await db
    .select()
    .from(token)
    .where(and(eq(token.secretHash, secretHash), isNull(token.revokedAt), sql`(${token.expiresAt} is null or ${token.expiresAt} > now())`));
  return row ?? null;
}

/** Latest first, revoked ones included; at most `limit` (1..1,000). */
export async function listTokenRows(db: Db, limit: number): Promise<readonly TokenRow[]> {
  return db.select().from(token).orderBy(desc(token.createdAt), token.tokenId).limit(limit);
}

/** True when the token existed and was live until now. */
export async function revokeTokenRow(db: Db, tokenId: string): Promise<boolean> {
  const rows = await db
    .update(token)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(token.tokenId, tokenId), isNull(token.revokedAt)))
    .returning({ id: token.tokenId });
  return rows.length > 0;
}

export async function revokeTokensNamed(db: Db, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await db
      .update(token)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(token.name, name), isNull(token.revokedAt)));
  }
}

/** Serialises "make the first tokens" over processes until the transaction ends. The key is "prn1" in ASCII. */
export async function lockFirstTokens(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${0x70_72_6e_31})`);
}
