import type { Role } from '../../domain/record/closed-sets.ts';
import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { token, webhook } from '../schema/index.ts';

export type TokenRow = typeof token.$inferSelect;

export interface NewToken {
  readonly tokenId: string;
  readonly name: string;
  /** SHA-256 of the secret, hex (64 characters). */
  readonly secretHash: string;
  readonly role: Role;
  readonly scope: string;
  readonly expiresAt: Date | null;
  readonly createdBy: string;
}

/** Neither revoked nor expired, by the clock of the database. */
const isLive = and(isNull(token.revokedAt), sql`(${token.expiresAt} is null or ${token.expiresAt} > now())`);

export async function insertToken(db: Db, given: NewToken): Promise<void> {
  await db.insert(token).values(given);
}

/** The live token with this hash; null when it is unknown, revoked or expired (by the clock of the database). */
export async function findTokenByHash(db: Db, secretHash: string): Promise<TokenRow | null> {
  const [row] = await db
    .select()
    .from(token)
    .where(and(eq(token.secretHash, secretHash), isLive));
  return row ?? null;
}

/** The live token with this id; null when it is unknown, revoked or expired. */
export async function findTokenById(db: Db, tokenId: string): Promise<TokenRow | null> {
  const [row] = await db
    .select()
    .from(token)
    .where(and(eq(token.tokenId, tokenId), isLive));
  return row ?? null;
}

/** What live tokens of these names may do: name, role and scope of each. */
export async function liveTokensNamed(
  db: Db,
  names: readonly string[],
): Promise<readonly Pick<TokenRow, 'name' | 'role' | 'scope'>[]> {
  return db
    .selectDistinct({ name: token.name, role: token.role, scope: token.scope })
    .from(token)
    .where(and(inArray(token.name, [...names]), isLive));
}

/**
 * Records that the token was used, to the minute: one small write per token and minute, none for the other requests.
 * By the clock of this process it may be a minute off where that clock is.
 */
export async function touchToken(
  db: Db,
  used: { readonly tokenId: string; readonly lastUsedAt: Date | null },
): Promise<void> {
  if (used.lastUsedAt !== null && Date.now() - used.lastUsedAt.getTime() < 60_000) return;
  await db
    .update(token)
    .set({ lastUsedAt: sql`date_trunc('minute', now())` })
    .where(
      and(
        eq(token.tokenId, used.tokenId),
        sql`(${token.lastUsedAt} is null or ${token.lastUsedAt} < date_trunc('minute', now()))`,
      ),
    );
}

/** Latest first, revoked ones included; at most `limit` (1..1,000). */
export async function listTokenRows(db: Db, limit: number): Promise<readonly TokenRow[]> {
  return db.select().from(token).orderBy(desc(token.createdAt), token.tokenId).limit(limit);
}

/** The live token, locked until the transaction ends; null when it is unknown, revoked or expired. */
export async function lockToken(tx: Db, tokenId: string): Promise<TokenRow | null> {
  const [row] = await tx
    .select()
    .from(token)
    .where(and(eq(token.tokenId, tokenId), isLive))
    .for('update');
  return row ?? null;
}

/** The rotated token's end: after the grace, or at its own if that is sooner. */
export async function retireToken(tx: Db, tokenId: string, into: string, graceMs: number): Promise<void> {
  const end = sql`now() + ${graceMs} * interval '1 millisecond'`;
  const change = graceMs === 0 ? { revokedAt: sql`now()` } : { expiresAt: sql`least(${token.expiresAt}, ${end})` };
  await tx
    .update(token)
    .set({ ...change, rotatedInto: into })
    .where(eq(token.tokenId, tokenId));
  // What stands on the old token's right goes on standing on the new one's.
  await tx.update(webhook).set({ tokenId: into }).where(eq(webhook.tokenId, tokenId));
}

/** Live tokens of a role for all models, locked, so that two revocations at once cannot both leave "the other one". */
export async function lockEverywhere(tx: Db, role: Role): Promise<readonly string[]> {
  const rows = await tx
    .select({ tokenId: token.tokenId })
    .from(token)
    .where(and(eq(token.role, role), sql`${token.scope} ~ '^[*]+$'`, isLive))
    .orderBy(token.tokenId)
    .for('update');
  return rows.map((row) => row.tokenId);
}

/** Sessions of the token end with it: they are joined to it. Null when it was not live. */
export async function revokeTokenRow(tx: Db, tokenId: string): Promise<TokenRow | null> {
  const [row] = await tx
    .update(token)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(token.tokenId, tokenId), isLive))
    .returning();
  return row ?? null;
}

/** Revokes the live tokens of these names; gives those that it ended. */
export async function revokeTokensNamed(tx: Db, names: readonly string[]): Promise<readonly TokenRow[]> {
  return tx
    .update(token)
    .set({ revokedAt: sql`now()` })
    .where(and(inArray(token.name, [...names]), isNull(token.revokedAt)))
    .returning();
}

/** Serialises "make the first tokens" over processes until the transaction ends. The key is "prn1" in ASCII. */
export async function lockFirstTokens(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${0x70_72_6e_31})`);
}
