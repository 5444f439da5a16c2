import { and, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { aliasMove, rollout } from '../schema/index.ts';

export interface ChampionMove {
  readonly at: Date;
  readonly fromVersion: number | null;
  readonly toVersion: number | null;
  readonly actor: string;
  readonly why: string;
  readonly evidenceId: number | null;
}

export interface RolloutLine {
  readonly attempt: number;
  readonly status: string;
  readonly reason: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface Neighbours {
  readonly previous: number | null;
  readonly next: number | null;
  readonly previousRunId: string | null;
}

const listedMax = 50;

/** When it became champion, and when it ceased to be; latest first. */
export async function movesOf(db: Db, model: string, number: number): Promise<readonly ChampionMove[]> {
  return db
    .select({
      at: aliasMove.movedAt,
      fromVersion: aliasMove.fromVersion,
      toVersion: aliasMove.toVersion,
      actor: aliasMove.actor,
      why: aliasMove.why,
      evidenceId: aliasMove.evidenceId,
    })
    .from(aliasMove)
    .where(
      and(
        eq(aliasMove.model, model),
        eq(aliasMove.alias, 'champion'),
        sql`(${aliasMove.toVersion} = ${number} or ${aliasMove.fromVersion} = ${number})`,
      ),
    )
    .orderBy(desc(aliasMove.moveId))
    .limit(listedMax);
}

/** Every attempt to bring it to traffic, latest first. */
export async function rolloutsOf(db: Db, model: string, number: number): Promise<readonly RolloutLine[]> {
  return db
    .select({
      attempt: rollout.attempt,
      status: rollout.status,
      reason: rollout.reason,
      startedAt: rollout.startedAt,
      endedAt: rollout.endedAt,
    })
    .from(rollout)
    .where(and(eq(rollout.model, model), eq(rollout.version, number)))
    .orderBy(desc(rollout.attempt))
    .limit(listedMax);
}

/** The versions before and after it. */
export async function neighboursOf(db: Db, model: string, number: number): Promise<Neighbours> {
  const result = await db.execute<{ previous: number | null; next: number | null; previousRunId: string | null }>(sql`
    select before.version as previous, before.run_id as "previousRunId",
      (select min(v.version) from version v where v.model = ${model} and v.version > ${number}) as next
    from (select 1) one left join lateral (
      select v.version, v.run_id from version v where v.model = ${model} and v.version < ${number} order by
      v.version desc limit 1
    ) before on true`);
  return result.rows[0] ?? { previous: null, next: null, previousRunId: null };
}
