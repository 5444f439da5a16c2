import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { withTransaction, type Database, type Db } from '../base/connect.ts';
import { run, token, trainingAccess } from '../schema/index.ts';

/** Accesses of one training that live at once: one for each attempt, and each renewal of it, is plenty. */
const livePerRunMax = 20;

export interface AccessHolder {
  readonly runId: string;
  /** False when it has run out, or the token that it was asked with has. */
  readonly isLive: boolean;
  readonly isRunning: boolean;
}

/** Stores an access by the hash of its secret (hex); gives its end by the clock of the database. */
export async function insertAccess(
  database: Pick<Database, 'pool'>,
  given: { readonly secretHash: string; readonly runId: string; readonly tokenId: string; readonly lifetimeMs: number },
): Promise<Date> {
  const { lifetimeMs, ...row } = given;
  return withTransaction(database, async (tx) => {
    await tx.delete(trainingAccess).where(lt(trainingAccess.expiresAt, sql`now()`));
    const [stored] = await tx
      .insert(trainingAccess)
      .values({ ...row, expiresAt: sql`now() + ${lifetimeMs} * interval '1 millisecond'` })
      .returning({ expiresAt: trainingAccess.expiresAt });
    await tx.execute(sql`delete from training_access a where a.run_id = ${given.runId} and a.secret_hash in (
      select b.secret_hash from training_access b where b.run_id = ${given.runId}
      order by b.expires_at desc, b.secret_hash offset ${livePerRunMax})`);
    if (stored === undefined) throw new Error('the access was not stored');
    return stored.expiresAt;
  });
}

/** Whose secret this is; null when there is none of that hash. */
export async function findAccess(db: Db, secretHash: string): Promise<AccessHolder | null> {
  const isTokenLive = and(isNull(token.revokedAt), sql`(${token.expiresAt} is null or ${token.expiresAt} > now())`);
  const [row] = await db
    .select({
      runId: trainingAccess.runId,
      isLive: sql<boolean>`${trainingAccess.expiresAt} > now() and ${isTokenLive}`,
      isRunning: sql<boolean>`coalesce(${run.status} = 'running', false)`,
    })
    .from(trainingAccess)
    .innerJoin(token, eq(token.tokenId, trainingAccess.tokenId))
    .leftJoin(run, eq(run.runId, trainingAccess.runId))
    .where(eq(trainingAccess.secretHash, secretHash));
  return row ?? null;
}
