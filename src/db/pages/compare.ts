import { and, asc, eq, inArray, like, or, sql } from 'drizzle-orm';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { TrainReport } from '../../domain/training/training.ts';
import type { Db } from '../base/connect.ts';
import { evidence, run, snapshot, version } from '../schema/index.ts';
import { readSpecRevision } from '../models/specs.ts';
import { runNotFound } from './runs.ts';
import { gateOf, type GateFacts } from './version-gate.ts';
import { formatOccasion, prefixWithin } from '../../domain/record/occasion.ts';

/** One side of a comparison; what a run of another kind does not have is null. */
export interface RunSide {
  readonly run: typeof run.$inferSelect;
  readonly version: {
    readonly version: number;
    readonly status: string;
    readonly threshold: number | null;
    readonly modelDigest: string;
    readonly labelledRows: number;
    readonly throughWindow: number | null;
  } | null;
  readonly spec: { readonly revision: number; readonly digest: string; readonly spec: ModelSpec } | null;
  readonly report: Partial<TrainReport> | null;
  readonly gate: GateFacts | null;
  readonly snapshots: readonly {
    readonly digest: string;
    readonly kind: string;
    readonly rows: number;
    readonly quarantinedRows: number;
    readonly profile: SnapshotManifest['profile'];
  }[];
}

const snapshotsMax = 20;

/** Everything that two runs can differ in, of one of them. Throws `not_found`. */
export async function runSideOf(db: Db, runId: string): Promise<RunSide> {
  const [row] = await db.select().from(run).where(eq(run.runId, runId));
  if (row === undefined) throw runNotFound(runId);
  const [made] = await db.select().from(version).where(eq(version.runId, runId));
  const revision = made?.specRevision ?? revisionIn(row.input);
  const spec = revision === null ? null : await readSpecRevision(db, row.model, revision);
  return {
    run: row,
    version:
      made === undefined
        ? null
        : {
            version: made.version,
            status: made.status,
            threshold: made.threshold,
            modelDigest: made.modelDigest,
            labelledRows: made.labelledRows,
            throughWindow: made.throughWindow,
          },
    spec,
    report: made?.report ?? null,
    gate: made?.gateEvidenceId == null ? null : await gateOf(db, made.gateEvidenceId),
    snapshots: await sidesSnapshots(db, row.model, made?.snapshots ?? snapshotIn(row.output)),
  };
}

/**
 * What is known about the difference of two versions on the same rows: a gate, the wait for promotion, or the guard has
 * compared them.
 */
export interface KnownDifference {
  readonly kind: 'promotion' | 'guard';
  readonly at: Date;
  readonly verdict: string;
  readonly text: string;
}

export async function knownDifferences(
  db: Db,
  model: string,
  versions: readonly [number, number],
): Promise<readonly KnownDifference[]> {
  const subjects = versions
    .map((version) => ({ of: 'version', version }) as const)
    .flatMap((occasion) => [`${prefixWithin(occasion)}%`, formatOccasion(occasion)]);
  const rows = await db
    .select({
      kind: evidence.kind,
      at: evidence.createdAt,
      verdict: evidence.verdict,
      text: sql<string | null>`${evidence.body} ->> 'text'`,
    })
    .from(evidence)
    .where(
      and(
        eq(evidence.model, model),
        inArray(evidence.kind, ['promotion', 'guard']),
        or(...subjects.map((subject) => like(evidence.subject, subject))),
        sql`exists (
      select 1 from rollout r where r.model = ${model} and r.version = ${Math.max(...versions)} and r.base_version =
      ${Math.min(...versions)})`,
      ),
    )
    .orderBy(asc(evidence.createdAt))
    .limit(20);
  return rows.flatMap(({ kind, at, verdict, text }) =>
    kind === 'promotion' || kind === 'guard' ? [{ kind, at, verdict, text: text ?? '' }] : [],
  );
}

async function sidesSnapshots(db: Db, model: string, digests: readonly string[]): Promise<RunSide['snapshots']> {
  if (digests.length === 0) return [];
  return db
    .select({
      digest: snapshot.digest,
      kind: snapshot.kind,
      rows: snapshot.rows,
      quarantinedRows: snapshot.quarantinedRows,
      profile: sql<SnapshotManifest['profile']>`coalesce(${snapshot.manifest} -> 'profile', '[]'::jsonb)`,
    })
    .from(snapshot)
    .where(and(eq(snapshot.model, model), inArray(snapshot.digest, digests.slice(0, snapshotsMax))))
    .orderBy(sql`${snapshot.throughWindow} nulls first`, asc(snapshot.createdAt));
}

function revisionIn(input: Record<string, unknown>): number | null {
  const revision = input['specRevision'];
  return typeof revision === 'number' ? revision : null;
}

function snapshotIn(output: Record<string, unknown> | null): readonly string[] {
  const digest = output?.['snapshot'];
  return typeof digest === 'string' ? [digest] : [];
}
