import { and, eq, sql } from 'drizzle-orm';
import type { RoutedVersion, RoutingEntry } from '../../domain/rollout/routing.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { appendAudit } from '../audit/audit.ts';
import type { Db } from '../base/connect.ts';
import { aliasMove, routing, version } from '../schema/index.ts';

/** The routing row, locked until the transaction ends: whoever changes it waits for whoever is changing it. */
export async function lockRouting(tx: Db, model: string): Promise<RoutingEntry> {
  const [row] = await tx.select().from(routing).where(eq(routing.model, model)).for('update');
  if (row === undefined) throw new PerennialError('model_not_found', `no model is named "${model}"`, { path: 'model' });
  return row.entry;
}

/**
 * All routing rows, locked in one order until the transaction ends: whoever is changing one has ended by then, and
 * whoever comes next waits.
 */
export async function lockAllRouting(tx: Db): Promise<void> {
  await tx.execute(sql`select count(*) from (select 1 from ${routing} order by ${routing.model} for update) as locked`);
}

export async function readRouting(db: Db, model: string): Promise<RoutingEntry | null> {
  const [row] = await db.select().from(routing).where(eq(routing.model, model));
  return row === undefined ? null : row.entry;
}

/**
 * Writes the next revision and tells the serving processes; `leaseMs` null takes the lease away, `keep` leaves it.
 * Returns the revision.
 */
export async function writeRouting(tx: Db, entry: RoutingEntry, leaseMs: number | null | 'keep'): Promise<number> {
  const revision = entry.revision + 1;
  const abTest = entry.abTest == null ? {} : { abTest: { ...entry.abTest, leaseUntilMs: null } };
  const next: RoutingEntry = { ...entry, revision, leaseUntilMs: null, ...abTest };
  await tx
    .update(routing)
    .set({
      revision,
      entry: next,
      ...(leaseMs === 'keep' ? {} : { leaseUntil: leaseUntil(leaseMs) }),
    })
    .where(eq(routing.model, entry.model));
  await tx.execute(sql`select pg_notify('perennial_routing', ${JSON.stringify({ model: entry.model, revision })})`);
  return revision;
}

/** Renews the challenger's lease while the slot is this rollout's; false when it is not. */
export async function renewLease(
  db: Db,
  model: string,
  key: { readonly version: number; readonly attempt: number },
  leaseMs: number,
): Promise<boolean> {
  const renewed = await db
    .update(routing)
    .set({ leaseUntil: leaseUntil(leaseMs) })
    .where(
      and(
        eq(routing.model, model),
        sql`(${routing.entry}->'rollout'->>'version')::int = ${key.version}`,
        sql`(${routing.entry}->'rollout'->>'attempt')::int = ${key.attempt}`,
      ),
    )
    .returning({ model: routing.model });
  return renewed.length > 0;
}

/** The database's clock governs leases, so that two machines cannot disagree about them. */
function leaseUntil(leaseMs: number | null): ReturnType<typeof sql> | null {
  return leaseMs === null ? null : sql`now() + make_interval(secs => ${leaseMs / 1_000})`;
}

export async function routedVersionOf(db: Db, model: string, number: number): Promise<RoutedVersion> {
  const [row] = await db
    .select()
    .from(version)
    .where(and(eq(version.model, model), eq(version.version, number)));
  if (row === undefined)
    throw new PerennialError('version_not_found', `${model} has no version ${number}`, { path: 'version' });
  if (row.filesRemovedAt !== null) throw filesRemoved(model, number, row.filesRemovedAt);
  return {
    version: row.version,
    modelDigest: row.modelDigest,
    profileDigest: row.profileDigest,
    correction: row.correction,
    threshold: row.threshold,
    specRevision: row.specRevision,
  };
}

function filesRemoved(model: string, number: number, at: Date): PerennialError {
  return new PerennialError(
    'conflict',
    `The files of v${number} of ${model} reached their end on ${at.toISOString().slice(0, 10)}.`,
    {
      path: 'version',
      hint: 'Choose a younger version, or retrain; `retention.artifacts` says how long they are kept.',
    },
  );
}

/**
 * Of the acknowledgement `a` and the routing `r`: it is of what stands now. By digest too: what a process acknowledged
 * before a failover may have had the same number.
 */
export const hasFollowed = sql`a.revision = r.revision and (a.digest is null or a.digest = r.digest)`;

/**
 * True when every serving process with a live lease holds the routing that stands, which is of at least this revision,
 * and there is one.
 */
export async function isAcknowledged(db: Db, model: string, revision: number): Promise<boolean> {
  const result = await db.execute<{ live: number; acked: number }>(sql`
    select count(*)::int as live,
      count(*) filter (where r.revision >= ${revision} and ${hasFollowed})::int as acked
    from serving_member m cross join routing r
      left join routing_ack a on a.process_id = m.process_id and a.model = r.model
    where m.lease_until > now() and r.model = ${model}`);
  const row = result.rows[0];
  return row !== undefined && row.live > 0 && row.acked === row.live;
}

export async function recordMove(
  tx: Db,
  move: {
    readonly model: string;
    readonly fromVersion: number | null;
    readonly toVersion: number;
    readonly actor: string;
    readonly why: string;
    /** The command that asked for it; null when nobody did. */
    readonly commandId: string | null;
    readonly evidenceId: number | null;
    readonly routingRevision: number;
    readonly runId?: string;
    /** A person insisted on a version that its gate had not released. */
    readonly forced?: boolean;
  },
): Promise<void> {
  const { runId, forced, ...row } = move;
  await tx.insert(aliasMove).values({ ...row, alias: 'champion' });
  const { fromVersion, toVersion, routingRevision } = move;
  await appendAudit(tx, {
    type: 'perennial.champion.moved',
    model: move.model,
    subject: { of: 'version', model: move.model, version: toVersion },
    actor: move.actor,
    reason: move.why,
    runId: runId ?? null,
    evidenceId: move.evidenceId,
    data: { fromVersion, toVersion, routingRevision, ...(forced === true ? { forced } : {}) },
  });
}
