import type { SnapshotKind } from '../../domain/record/closed-sets.ts';
import { and, asc, desc, eq, inArray, isNull, lte, sql } from 'drizzle-orm';
import { orderMaxOf, type SnapshotManifest } from '../../domain/training/snapshot.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { appendAudit } from '../audit/audit.ts';
import { atomically, type Db } from '../base/connect.ts';
import { lineFrom } from './line-from.ts';
import { noteMemberTaken } from './source-members.ts';
import { snapshot, version } from '../schema/index.ts';

export type SnapshotRow = typeof snapshot.$inferSelect;

export async function putSnapshot(
  db: Db,
  row: {
    readonly digest: string;
    readonly model: string;
    readonly specRevision: number;
    readonly kind: SnapshotKind;
    readonly sourceDigest: string;
    /** Null for history. */
    readonly throughWindow: number | null;
    readonly manifest: SnapshotManifest;
    /** Of a batch of a union: accepted rows whose key another source had before. */
    readonly repeatedRows?: number;
  },
): Promise<void> {
  const { repeatedRows = 0, ...stored } = row;
  const { rows, quarantinedRows, member, replayOf } = row.manifest;
  await atomically(db, async (tx) => {
    const inserted = await tx
      .insert(snapshot)
      .values({ ...stored, rows, quarantinedRows })
      .onConflictDoNothing()
      .returning({ digest: snapshot.digest });
    if (inserted.length === 0) {
      // The same data again, whose files may have been given up since: they have just been stored anew. A view is read
      // on from what was stored last, which is this one again, and its rows stand in its own files again.
      const isView = row.kind === 'view';
      await tx
        .update(snapshot)
        .set({ filesRemovedAt: null, ...(isView ? { joinedInto: null, createdAt: sql`now()` } : {}) })
        .where(eq(snapshot.digest, row.digest));
      return;
    }
    const { model, specRevision } = row;
    if (member !== undefined)
      await noteMemberTaken(tx, {
        model,
        member,
        specRevision,
        rows,
        quarantinedRows,
        repeatedRows,
        isRead: replayOf === undefined,
      });
    const data = {
      digest: row.digest,
      kind: row.kind,
      rows,
      quarantinedRows,
      specRevision: row.specRevision,
      throughWindow: row.throughWindow,
    };
    await appendAudit(tx, {
      type: 'perennial.snapshot.created',
      model: row.model,
      subject: { of: 'snapshot', id: row.digest },
      actor: 'ingest',
      reason: `${rows} rows, ${quarantinedRows} in quarantine`,
      data,
    });
  });
}

/** The history of a revision that was read when the source held just this; null when it never was. */
export async function historySnapshotOf(
  db: Db,
  name: string,
  sourceDigest: string,
  specRevision: number,
): Promise<SnapshotRow | null> {
  const [row] = await db
    .select()
    .from(snapshot)
    .where(
      and(
        eq(snapshot.model, name),
        eq(snapshot.sourceDigest, sourceDigest),
        eq(snapshot.specRevision, specRevision),
        eq(snapshot.kind, 'history'),
        isNull(snapshot.filesRemovedAt),
      ),
    )
    // Rows of its quarantine may have been replayed since: what continues it stands for the same source.
    .orderBy(desc(snapshot.createdAt))
    .limit(1);
  return row ?? null;
}

/** The history snapshot of a revision that was stored last: where its source is read on from. */
export async function newestHistoryOf(db: Db, name: string, specRevision: number): Promise<SnapshotRow | null> {
  const [row] = await db
    .select()
    .from(snapshot)
    .where(
      and(
        eq(snapshot.model, name),
        eq(snapshot.specRevision, specRevision),
        eq(snapshot.kind, 'history'),
        isNull(snapshot.filesRemovedAt),
      ),
    )
    .orderBy(desc(snapshot.createdAt))
    .limit(1);
  return row ?? null;
}

/** The snapshot of a model that was stored last, of its source or of its traffic; null before the first. */
export async function newestSnapshotOf(db: Db, name: string): Promise<string | null> {
  const [row] = await db
    .select({ digest: snapshot.digest })
    .from(snapshot)
    .where(and(eq(snapshot.model, name), isNull(snapshot.filesRemovedAt)))
    .orderBy(desc(snapshot.createdAt))
    .limit(1);
  return row?.digest ?? null;
}

/** So many cuts are looked at for one to go on from: definitions may have changed and changed back since. */
const lookedAtMax = 50;

/**
 * Of a model's latest traffic snapshots in pieces up to this cut, the last one whose files are kept and that has no row
 * behind it; null when there is none. `layout` null takes any.
 */
export async function trafficBefore(
  db: Db,
  name: string,
  { throughWindow, matureSeq }: { readonly throughWindow: number; readonly matureSeq: number },
  layout: string | null,
): Promise<SnapshotRow | null> {
  const latest = db
    .select()
    .from(snapshot)
    .where(
      and(
        eq(snapshot.model, name),
        sql`${snapshot.kind} = 'traffic'`,
        isNull(snapshot.filesRemovedAt),
        lte(snapshot.throughWindow, throughWindow),
      ),
    )
    .orderBy(desc(snapshot.throughWindow))
    .limit(lookedAtMax)
    .as('latest');
  const [row] = await db
    .select()
    .from(latest)
    .where(
      and(
        sql`${latest.manifest} -> 'traffic' ->> 'throughSeq' is not null`,
        sql`coalesce(${latest.manifest} -> 'traffic' -> 'matureSeq', ${latest.manifest} -> 'traffic' -> 'throughSeq')
          <= to_jsonb(${matureSeq}::bigint)`,
        layout === null ? undefined : sql`${latest.manifest} -> 'traffic' ->> 'layout' = ${layout}`,
      ),
    )
    .orderBy(desc(latest.throughWindow), desc(latest.createdAt), desc(latest.digest))
    .limit(1);
  return row ?? null;
}

/**
 * Through which position a training up to this window took the traffic of a revision when it was first asked; null when
 * it never was, or its files are gone. The labels that said so may have reached their end since.
 */
export async function reachAsked(
  db: Db,
  name: string,
  throughWindow: number,
  specRevision: number,
): Promise<number | null> {
  const [row] = await db
    .select({ manifest: snapshot.manifest })
    .from(snapshot)
    .where(
      and(
        eq(snapshot.model, name),
        eq(snapshot.throughWindow, throughWindow),
        eq(snapshot.specRevision, specRevision),
        sql`${snapshot.kind} = 'traffic'`,
        isNull(snapshot.filesRemovedAt),
        sql`${snapshot.manifest} -> 'traffic' -> 'matureSeq' is not null`,
      ),
    )
    .orderBy(asc(snapshot.createdAt), asc(snapshot.digest))
    .limit(1);
  return row?.manifest.traffic?.matureSeq ?? null;
}

/**
 * These snapshots and all that they continue, in the order of their rows. What is superseded is nobody's parent, so it
 * is not among them: of a file that was read whole twice, only the reading that was asked for.
 */
export async function lineageOf(db: Db, digests: readonly string[]): Promise<readonly SnapshotRow[]> {
  if (digests.length === 0) return [];
  const asked = sql`select digest, manifest from snapshot where digest in ${[...digests]}`;
  const line = sql`with recursive ${lineFrom(asked)} select digest from line`;
  const rows = await db
    .select()
    .from(snapshot)
    .where(sql`${snapshot.digest} in (${line})`);
  // A batch without rows ends where the one before it did.
  return rows.sort(
    (left, right) =>
      orderMaxOf(left.manifest) - orderMaxOf(right.manifest) || left.createdAt.getTime() - right.createdAt.getTime(),
  );
}

/** These snapshots in this order. Throws `not_found` where one has no row. */
export async function snapshotsNamed(db: Db, digests: readonly string[]): Promise<readonly SnapshotRow[]> {
  const rows = await db
    .select()
    .from(snapshot)
    .where(inArray(snapshot.digest, [...digests]));
  return digests.map((digest) => {
    const row = rows.find((one) => one.digest === digest);
    if (row === undefined) throw new PerennialError('not_found', `There is no snapshot ${digest.slice(0, 16)}.`);
    return row;
  });
}

/** Rows of the declared source that the latest version was trained on; 0 before the first version. */
export async function historyRowsOf(db: Db, name: string): Promise<number> {
  const [latest] = await db
    .select({ historyRows: version.historyRows })
    .from(version)
    .where(eq(version.model, name))
    .orderBy(desc(version.version))
    .limit(1);
  return latest?.historyRows ?? 0;
}
