import { and, asc, desc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { CellEdit, RowDecision } from '../../domain/contract/quarantine.ts';
import type { SnapshotKind } from '../../domain/record/closed-sets.ts';
import type { RuleCount } from '../../domain/training/snapshot.ts';
import type { Db } from '../base/connect.ts';
import { model, quarantineDecision, quarantineEdit, run, snapshot } from '../schema/index.ts';
import type { SnapshotKey } from './snapshot-list.ts';

/** Edits of a quarantine in the order in which they take effect; at most `quarantineMax.edits` are taken. */
export async function editsOf(db: Db, digest: string): Promise<readonly CellEdit[]> {
  const rows = await db
    .select()
    .from(quarantineEdit)
    .where(eq(quarantineEdit.snapshot, digest))
    .orderBy(asc(quarantineEdit.id));
  return rows.map(({ ruleId, line, column, value }) => ({ pick: { ruleId, line }, column, value }));
}

export async function putEdits(
  tx: Db,
  of: { readonly snapshot: string; readonly actor: string },
  edits: readonly CellEdit[],
): Promise<void> {
  await tx
    .insert(quarantineEdit)
    .values(edits.map(({ pick, column, value }) => ({ ...of, ruleId: pick.ruleId, line: pick.line, column, value })));
}

/** Of these lines, those that are decided, with what became of them. */
export async function decisionsOf(
  db: Db,
  digest: string,
  lines: readonly number[],
): Promise<ReadonlyMap<number, RowDecision>> {
  if (lines.length === 0) return new Map();
  const rows = await db
    .select({ line: quarantineDecision.line, decision: quarantineDecision.decision })
    .from(quarantineDecision)
    .where(and(eq(quarantineDecision.snapshot, digest), inArray(quarantineDecision.line, [...lines])));
  return new Map(rows.map(({ line, decision }) => [line, decision]));
}

/** Says what became of rows; those that are decided already stay so. Returns how many were open. */
export async function decideRows(
  tx: Db,
  of: {
    readonly snapshot: string;
    readonly decision: RowDecision;
    readonly replayedInto: string | null;
    readonly actor: string;
  },
  lines: readonly number[],
): Promise<number> {
  if (lines.length === 0) return 0;
  const rows = await tx
    .insert(quarantineDecision)
    .values(lines.map((line) => ({ ...of, line })))
    .onConflictDoNothing()
    .returning({ line: quarantineDecision.line });
  return rows.length;
}

export interface DecidedRows {
  readonly replayed: number;
  readonly dropped: number;
}

/** How many rows of each quarantine are decided. Law: rows of these quarantines. */
export async function decidedRows(db: Db, digests: readonly string[]): Promise<ReadonlyMap<string, DecidedRows>> {
  if (digests.length === 0) return new Map();
  const rows = await db
    .select({
      digest: quarantineDecision.snapshot,
      replayed: sql<number>`count(*) filter (where ${quarantineDecision.decision} = 'replayed')`.mapWith(Number),
      dropped: sql<number>`count(*) filter (where ${quarantineDecision.decision} = 'dropped')`.mapWith(Number),
    })
    .from(quarantineDecision)
    .where(inArray(quarantineDecision.snapshot, [...digests]))
    .groupBy(quarantineDecision.snapshot);
  return new Map(rows.map(({ digest, replayed, dropped }) => [digest, { replayed, dropped }]));
}

/** A quarantine, as far as a later reading settles it. */
interface Settled {
  readonly digest: string;
  readonly kind: SnapshotKind;
  readonly specRevision: number;
}

/**
 * Of these quarantines of a model, by digest, the first later revision under which its source was read: what an earlier
 * one set aside is judged anew there. None of traffic, which is in no source; and what a line begins with was not read.
 * Law: an index of its batches, once per revision.
 */
export async function settlingRevisions(
  db: Db,
  name: string,
  quarantines: readonly Settled[],
): Promise<ReadonlyMap<string, number>> {
  const read = quarantines.filter(({ kind }) => kind === 'history');
  const asked = [...new Set(read.map(({ specRevision }) => specRevision))];
  if (asked.length === 0) return new Map();
  const { rows } = await db.execute<{ revision: number; by: number | null }>(sql`
    select r.revision, (select s.spec_revision from snapshot s where s.model = ${name} and s.kind = 'history'
      and s.manifest ->> 'replayOf' is null and s.manifest -> 'branched' is null
      and s.spec_revision > r.revision order by s.spec_revision limit 1) as by
    from unnest(${sql.param(asked)}::int[]) as r (revision)`);
  const settling = new Map(rows.map(({ revision, by }) => [revision, by]));
  return new Map(
    read.flatMap(({ digest, specRevision }): [string, number][] => {
      const by = settling.get(specRevision) ?? null;
      return by === null ? [] : [[digest, by]];
    }),
  );
}

export interface ListedQuarantine extends Settled {
  readonly createdAt: string;
  readonly quarantinedRows: number;
  readonly ruleCounts: readonly RuleCount[];
}

/** Snapshots of a model that set rows aside, the latest first, whose files are kept. Law: an index of them. */
export async function quarantinesOf(
  db: Db,
  name: string,
  { after, rowsMax }: { readonly after: SnapshotKey | null; readonly rowsMax: number },
): Promise<readonly ListedQuarantine[]> {
  return db
    .select({
      digest: snapshot.digest,
      kind: snapshot.kind,
      specRevision: snapshot.specRevision,
      createdAt: sql<string>`to_char(${snapshot.createdAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
      quarantinedRows: snapshot.quarantinedRows,
      ruleCounts: sql<readonly RuleCount[]>`${snapshot.manifest} -> 'ruleCounts'`,
    })
    .from(snapshot)
    .where(
      and(
        eq(snapshot.model, name),
        gt(snapshot.quarantinedRows, sql`0`),
        isNull(snapshot.filesRemovedAt),
        after === null
          ? undefined
          : sql`(${snapshot.createdAt}, ${snapshot.digest}) < (${after.createdAt}::timestamptz, ${after.digest})`,
      ),
    )
    .orderBy(desc(snapshot.createdAt), desc(snapshot.digest))
    .limit(rowsMax);
}

/**
 * Lets nobody else add to the history of a model until this transaction ends: of two snapshots that continue the same
 * one, a training would see one alone.
 */
export async function lockHistory(tx: Db, name: string): Promise<void> {
  await tx.select({ name: model.name }).from(model).where(eq(model.name, name)).for('update');
}

/** Waits until nobody holds the lock of `lockHistory`. */
export async function waitForHistory(db: Db, name: string): Promise<void> {
  await db.select({ name: model.name }).from(model).where(eq(model.name, name)).for('share');
}

/** The run that reads the source of a model now; null when none does. */
export async function runningIngest(tx: Db, name: string): Promise<string | null> {
  const [row] = await tx
    .select({ runId: run.runId })
    .from(run)
    .where(and(eq(run.model, name), sql`${run.kind} = 'ingest'`, sql`${run.status} = 'running'`))
    .limit(1);
  return row?.runId ?? null;
}
