import { and, asc, desc, eq, inArray, isNotNull, lte, sql } from 'drizzle-orm';
import type { LagUnit } from '../../domain/record/closed-sets.ts';
import type { Db } from '../base/connect.ts';
import { snapshot, triggerLook, version } from '../schema/index.ts';
import { dueNow } from '../base/due-now.ts';

export type TriggerLook = typeof triggerLook.$inferSelect;

export async function findTriggerLook(db: Db, model: string): Promise<TriggerLook | null> {
  const [row] = await db.select().from(triggerLook).where(eq(triggerLook.model, model));
  return row ?? null;
}

/** Models of which it is time to ask, or to read the source; those that wait longest first. */
export async function dueTriggerLooks(db: Db, what: 'decide' | 'read', limit: number): Promise<readonly TriggerLook[]> {
  const at = what === 'decide' ? triggerLook.decideAt : triggerLook.lookAt;
  return db
    .select()
    .from(triggerLook)
    .where(lte(at, sql`now()`))
    .orderBy(asc(at))
    .limit(limit);
}

/**
 * When it is asked next (null: not before the source has changed), and what holds back what has fired; unless a
 * definition, or a source, has said otherwise since it was asked.
 */
export async function decideAgainAt(
  db: Db,
  { model, decideAt }: Pick<TriggerLook, 'model' | 'decideAt'>,
  again: { readonly atMs: number | null; readonly heldBy: string | null },
): Promise<void> {
  await db
    .update(triggerLook)
    .set({ decideAt: again.atMs === null ? null : new Date(again.atMs), heldBy: again.heldBy })
    .where(and(eq(triggerLook.model, model), decideAt === null ? undefined : eq(triggerLook.decideAt, decideAt)));
}

/** What a source was found to hold. */
export interface SourceRead {
  readonly digest: string;
  /** What of it nobody has read; null where that is not counted. */
  readonly lag: { readonly unread: number; readonly unit: LagUnit; readonly isAtLeast?: boolean } | null;
  readonly againMs: number;
  /** True where a change of it starts a training: one that differs from what was trained on is asked about at once. */
  readonly isTrigger: boolean;
}

/**
 * Keeps what was found; answers for how long (ms, by the clock of Postgres) the source has held nothing else. Null
 * where another definition has come meanwhile.
 */
export async function noteSourceRead(
  db: Db,
  look: Pick<TriggerLook, 'model' | 'lookAt'>,
  read: SourceRead,
): Promise<number | null> {
  const trained = await trainedSourceDigest(db, look.model);
  const [row] = await db
    .update(triggerLook)
    .set({
      sourceDigest: read.digest,
      readAt: sql`now()`,
      changedAt: changedBy(read.digest),
      failures: 0,
      problem: null,
      lagUnread: read.lag?.unread ?? null,
      lagUnit: read.lag?.unit ?? null,
      isLagAtLeast: read.lag?.isAtLeast ?? false,
      lookAt: sql`now() + make_interval(secs => ${read.againMs / 1_000})`,
      ...(isAsked(read, trained) ? { decideAt: dueNow } : {}),
    })
    .where(stillTheSame(look))
    .returning({ unchangedMs });
  return row?.unchangedMs ?? null;
}

const unchangedMs = sql<number>`(extract(epoch from now() - ${triggerLook.changedAt}) * 1000)::float8`;

function changedBy(digest: string) {
  const isSame = sql`${triggerLook.sourceDigest} = ${digest} and ${triggerLook.changedAt} is not null`;
  return sql`case when ${isSame} then ${triggerLook.changedAt} else now() end`;
}

/** A first training may have found nothing to read: it is asked about anew when there are rows. */
function isAsked({ isTrigger, digest, lag }: SourceRead, trained: string | null): boolean {
  return trained === null ? lag !== null && lag.unread > 0 : isTrigger && trained !== digest;
}

/**
 * All that a source held has been ingested: what an earlier look found is no news any more, and would start a training
 * on the same rows.
 */
export async function noteSourceTaken(db: Db, model: string, digest: string): Promise<void> {
  await db
    .update(triggerLook)
    .set({
      sourceDigest: digest,
      changedAt: changedBy(digest),
      lagUnread: sql`case when ${triggerLook.lagUnit} is null then null else 0 end`,
      isLagAtLeast: false,
    })
    .where(and(eq(triggerLook.model, model), isNotNull(triggerLook.lookAt)));
}

/** A source that could not be read is read ever more seldom; answers as `noteSourceRead` does. */
export async function noteSourceFailure(
  db: Db,
  look: Pick<TriggerLook, 'model' | 'lookAt'>,
  failure: { readonly failures: number; readonly problem: string; readonly againMs: number },
): Promise<number | null> {
  const [row] = await db
    .update(triggerLook)
    .set({
      failures: failure.failures,
      problem: failure.problem,
      lookAt: sql`now() + make_interval(secs => ${failure.againMs / 1_000})`,
      changedAt: sql`coalesce(${triggerLook.changedAt}, now())`,
    })
    .where(stillTheSame(look))
    .returning({ unchangedMs });
  return row?.unchangedMs ?? null;
}

/** A definition that came meanwhile begins anew: what was read of the source before is none of its. */
function stillTheSame({ model, lookAt }: Pick<TriggerLook, 'model' | 'lookAt'>) {
  return and(
    eq(triggerLook.model, model),
    lookAt === null ? isNotNull(triggerLook.lookAt) : eq(triggerLook.lookAt, lookAt),
  );
}

/** What the source held when the newest version was trained on it; null before the first. */
export async function trainedSourceDigest(db: Db, model: string): Promise<string | null> {
  const [newest] = await db
    .select({ snapshots: version.snapshots })
    .from(version)
    .where(and(eq(version.model, model), eq(version.origin, 'trained')))
    .orderBy(desc(version.version))
    .limit(1);
  if (newest === undefined || newest.snapshots.length === 0) return null;
  const [last] = await db
    .select({
      sourceDigest: sql<string>`coalesce(${snapshot.manifest} -> 'branched' ->> 'found', ${snapshot.sourceDigest})`,
    })
    .from(snapshot)
    .where(and(inArray(snapshot.digest, [...newest.snapshots]), eq(snapshot.kind, 'history')))
    .orderBy(desc(snapshot.createdAt))
    .limit(1);
  return last?.sourceDigest ?? null;
}
