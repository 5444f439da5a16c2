import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { session, token } from '../schema/index.ts';

/** What a signed-in browser may do now: the role and scope of its token, read each time. */
export interface SessionHolder {
  readonly tokenId: string;
  readonly name: string;
  readonly role: string;
  readonly scope: string;
  readonly csrfHash: string;
  readonly lastUsedAt: Date | null;
  /** False when the session is over, or its token is, by the clock of the database. */
  readonly isLive: boolean;
}

export interface NewSession {
  /** SHA-256 of the cookie's secret, hex. */
  readonly secretHash: string;
  readonly tokenId: string;
  readonly csrfHash: string;
  readonly lifetimeMs: number;
}

/** Stands where a session has the hash of its form secret: a code is no session, and a session no code. */
const codeMark = 'one-use code';

export async function insertSession(db: Db, given: NewSession): Promise<void> {
  const { secretHash, tokenId, csrfHash, lifetimeMs } = given;
  await db
    .insert(session)
    .values({ secretHash, tokenId, csrfHash, expiresAt: sql`now() + ${lifetimeMs} * interval '1 millisecond'` });
}

/** Stores a code that can be turned into one session, once. */
export async function insertSignInCode(
  db: Db,
  given: { readonly codeHash: string; readonly tokenId: string; readonly lifetimeMs: number },
): Promise<void> {
  await insertSession(db, {
    secretHash: given.codeHash,
    tokenId: given.tokenId,
    csrfHash: codeMark,
    lifetimeMs: given.lifetimeMs,
  });
}

/** The token whose code this is; null when it is unknown, used or too old. Afterwards it is used. */
export async function takeSignInCode(tx: Db, codeHash: string): Promise<string | null> {
  const rows = await tx
    .update(session)
    .set({ endedAt: sql`now()` })
    .where(
      and(
        eq(session.secretHash, codeHash),
        eq(session.csrfHash, codeMark),
        isNull(session.endedAt),
        sql`${session.expiresAt} > now()`,
      ),
    )
    .returning({ tokenId: session.tokenId });
  return rows[0]?.tokenId ?? null;
}

const isLiveSql = sql<boolean>`${session.endedAt} is null and ${session.expiresAt} > now()
  and ${token.revokedAt} is null and (${token.expiresAt} is null or ${token.expiresAt} > now())`;

/** The session of this secret, live or over; null when there is none. */
export async function findSession(db: Db, secretHash: string): Promise<SessionHolder | null> {
  const [row] = await db
    .select({
      tokenId: token.tokenId,
      name: token.name,
      role: token.role,
      scope: token.scope,
      csrfHash: session.csrfHash,
      lastUsedAt: token.lastUsedAt,
      isLive: isLiveSql,
    })
    .from(session)
    .innerJoin(token, eq(token.tokenId, session.tokenId))
    .where(eq(session.secretHash, secretHash));
  return row === undefined || row.csrfHash === codeMark ? null : row;
}

/** True when the session was live until now. */
export async function endSession(tx: Db, secretHash: string): Promise<boolean> {
  const rows = await tx
    .update(session)
    .set({ endedAt: sql`now()` })
    .where(and(eq(session.secretHash, secretHash), isNull(session.endedAt)))
    .returning({ tokenId: session.tokenId });
  return rows.length > 0;
}
