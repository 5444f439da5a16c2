import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { BatchBefore, BatchHistory } from '../../domain/contract/batch/batch-facts.ts';
import { isAboutHistory } from '../../domain/spec/columns/rule-subject.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import type { Db } from '../base/connect.ts';
import { snapshot } from '../schema/index.ts';

/** The batch that is held against those before it. */
export interface BatchAsked {
  readonly model: string;
  readonly specRevision: number;
  /**
   * A source that is read as a whole each time: its like is what it held before, whatever the definition. Batches of
   * one that grows have theirs under the same definition alone, since another one reads all of them anew.
   */
  readonly isWhole: boolean;
  /** Of a union: the source whose batches are its like. */
  readonly member?: string;
  readonly sourceDigest: string;
}

/** Readings of the same file under other definitions, which do not count. */
const passedOverMax = 20;

/**
 * What the rules of a contract hold a batch against, newest first; null where none asks. Its cost is bounded by how far
 * the rules look back, whatever the age of the model.
 */
export async function batchHistory(
  db: Db,
  { contract }: Pick<ModelSpec, 'contract'>,
  batch: BatchAsked,
): Promise<BatchHistory | null> {
  const rules = contract.rules.filter(isAboutHistory);
  if (rules.length === 0) return null;
  const batches = Math.max(1, ...rules.map((rule) => (rule.rule === 'rowCountHistory' ? rule.batches : 1)));
  const before = await batchesBefore(db, batch, batches);
  const named = rules.flatMap((rule) => ('against' in rule && rule.against !== undefined ? [rule.against] : []));
  const isProfiled = rules.some(({ rule }) => rule !== 'rowCountHistory');
  const newest = before[0]?.digest;
  const asked = [...named, ...(isProfiled && newest !== undefined ? [newest] : [])];
  const known = await factsOf(db, batch.model, asked);
  return {
    before: before.map((one) => known.get(one.digest) ?? one),
    named: new Map(named.map((digest) => [digest, known.get(digest) ?? null])),
  };
}

/** Newest first. Of each source and definition the newest are found at once, whatever else came since. */
async function batchesBefore(
  db: Db,
  { model, specRevision, isWhole, member, sourceDigest }: BatchAsked,
  batches: number,
): Promise<readonly BatchBefore[]> {
  const latest = await db
    .select({
      digest: snapshot.digest,
      rows: sql<number>`${snapshot.rows} + ${snapshot.quarantinedRows}`.mapWith(Number).as('all_rows'),
      sourceDigest: snapshot.sourceDigest,
    })
    .from(snapshot)
    .where(
      and(
        eq(snapshot.model, model),
        // As the indexes say it, so that they are used: by a value of its own none of them would be.
        sql`${snapshot.kind} = 'history'`,
        sql`${snapshot.manifest} ->> 'replayOf' is null`,
        // What a line began with is no batch of its source.
        sql`${snapshot.manifest} -> 'branched' is null`,
        // An index of what is null gives no order; no source is called nothing.
        sql`coalesce(${snapshot.manifest} ->> 'member', '') = ${member ?? ''}`,
        isWhole ? undefined : eq(snapshot.specRevision, specRevision),
      ),
    )
    .orderBy(desc(snapshot.createdAt))
    .limit(isWhole ? batches + passedOverMax : batches);
  const seen = new Set(isWhole ? [sourceDigest] : []);
  const found: BatchBefore[] = [];
  for (const row of latest) {
    // The same file under two definitions is one batch.
    if (isWhole && seen.has(row.sourceDigest)) continue;
    seen.add(row.sourceDigest);
    found.push({ digest: row.digest, rows: row.rows, facts: null });
    if (found.length === batches) break;
  }
  return found;
}

async function factsOf(db: Db, model: string, digests: readonly string[]): Promise<ReadonlyMap<string, BatchBefore>> {
  if (digests.length === 0) return new Map();
  const rows = await db
    .select({ digest: snapshot.digest, manifest: snapshot.manifest })
    .from(snapshot)
    .where(and(eq(snapshot.model, model), inArray(snapshot.digest, [...new Set(digests)])));
  return new Map(rows.map(({ digest, manifest }) => [digest, batchOf(digest, manifest)]));
}

function batchOf(digest: string, { rows, quarantinedRows, profile, sourceColumns }: SnapshotManifest): BatchBefore {
  const all = rows + quarantinedRows;
  return { digest, rows: all, facts: { rows: all, profile, sourceColumns: sourceColumns ?? null } };
}
