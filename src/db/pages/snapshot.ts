import type { SnapshotKind } from '../../domain/record/closed-sets.ts';
import { and, desc, eq, sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import type { Db } from '../base/connect.ts';
import { specMember } from '../models/spec-member.ts';
import { editionsOfSnapshot, type EditionRow } from '../tags/publications.ts';
import { tagsOfSnapshot } from '../tags/tags.ts';
import { run, snapshot, specRevision, version } from '../schema/index.ts';
import type { SourceSpec } from '../../domain/spec/source-spec.ts';
import type { ContractSpec } from '../../domain/spec/spec.ts';

export interface SnapshotPage {
  readonly digest: string;
  readonly model: string;
  readonly kind: SnapshotKind;
  readonly specRevision: number;
  readonly throughWindow: number | null;
  readonly createdAt: Date;
  readonly manifest: SnapshotManifest;
  readonly source: SourceSpec | null;
  readonly contract: ContractSpec | null;
  /** Column of whom rows are about; its values are not for a page. */
  readonly entityColumn: string | null;
  readonly timeColumns: readonly string[];
  readonly runs: readonly {
    readonly runId: string;
    readonly kind: string;
    readonly status: string;
    readonly startedAt: Date;
    readonly detail: string | null;
  }[];
  /** Names that it has now. */
  readonly tags: readonly string[];
  /** As what it was published, the latest first. */
  readonly editions: readonly EditionRow[];
  readonly versions: readonly { readonly version: number; readonly status: string; readonly createdAt: Date }[];
}

const versionsMax = 100;
const runsMax = 10;

/** The model that a snapshot belongs to, for the check of the scope. Throws `not_found`. */
export async function modelOfSnapshot(db: Db, digest: string): Promise<string> {
  const [row] = await db.select({ model: snapshot.model }).from(snapshot).where(eq(snapshot.digest, digest));
  if (row === undefined) throw snapshotNotFound(digest);
  return row.model;
}

export function snapshotNotFound(digest: string): PerennialError {
  return new PerennialError('not_found', `There is no snapshot ${digest.slice(0, 80)}.`, {
    hint: 'Open a version: its lineage names the snapshots that it was trained from.',
  });
}

/** One snapshot with what was checked, what was set aside, and what came of it. Throws `not_found`. */
export async function snapshotPageOf(db: Db, digest: string): Promise<SnapshotPage> {
  const [row] = await db.select().from(snapshot).where(eq(snapshot.digest, digest));
  if (row === undefined) throw snapshotNotFound(digest);
  const [declared] = await db
    .select({
      source: specMember('source'),
      contract: specMember('contract'),
      entityColumn: sql<string | null>`${specRevision.spec} -> 'entity' ->> 'column'`,
      timeColumns: sql<
        string[] | null
      >`(select array_agg(f ->> 'name') from jsonb_array_elements(${specRevision.spec} -> 'features') f where f ->>
        'kind' = 'time')`,
      eventTime: sql<string | null>`${specRevision.spec} -> 'eventTime' ->> 'column'`,
    })
    .from(specRevision)
    .where(and(eq(specRevision.model, row.model), eq(specRevision.revision, row.specRevision)));
  return {
    digest,
    model: row.model,
    kind: row.kind,
    specRevision: row.specRevision,
    throughWindow: row.throughWindow,
    createdAt: row.createdAt,
    manifest: row.manifest,
    source: declared?.source ?? null,
    contract: declared?.contract ?? null,
    entityColumn: declared?.entityColumn ?? null,
    timeColumns: [...(declared?.timeColumns ?? []), ...(declared?.eventTime == null ? [] : [declared.eventTime])],
    runs: await db
      .select({ runId: run.runId, kind: run.kind, status: run.status, startedAt: run.startedAt, detail: run.detail })
      .from(run)
      .where(and(eq(run.model, row.model), sql`${run.kind} = 'ingest'`, sql`${run.output} ->> 'snapshot' = ${digest}`))
      .orderBy(desc(run.startedAt))
      .limit(runsMax),
    tags: await tagsOfSnapshot(db, digest),
    editions: await editionsOfSnapshot(db, digest),
    versions: await db
      .select({ version: version.version, status: version.status, createdAt: version.createdAt })
      .from(version)
      .where(and(eq(version.model, row.model), sql`${version.snapshots} @> ${JSON.stringify([digest])}::jsonb`))
      .orderBy(desc(version.version))
      .limit(versionsMax),
  };
}
