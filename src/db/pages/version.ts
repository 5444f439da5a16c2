import type { SnapshotKind, VersionOrigin, VersionStatus } from '../../domain/record/closed-sets.ts';
import type { Arm } from '../../domain/rollout/routing.ts';
import { and, asc, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import { diffSpecs, type SpecChange } from '../../domain/spec/diff-spec.ts';
import type { GateCheck } from '../../domain/training/judge-gate.ts';
import type { MetricIntervals } from '../../domain/metrics/metric-intervals.ts';
import type { Metrics } from '../../domain/metrics/metrics.ts';
import type { ReliabilityBin } from '../../domain/metrics/reliability.ts';
import type { ColumnSummary } from '../../domain/training/snapshot.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { TrainReport } from '../../domain/training/training.ts';
import type { Db } from '../base/connect.ts';
import { readRouting } from '../routing/routing.ts';
import { aliasMove, evidence, rollout, run, snapshot, specRevision, version } from '../schema/index.ts';
import { readSpecRevision } from '../models/specs.ts';
import { versionOf } from '../views/views-history.ts';
import { formatOccasion, windowPrefix } from '../../domain/record/occasion.ts';

/** What the gate left behind; members that an older or imported version does not have are absent. */
export interface GateFacts {
  readonly evidenceId: number;
  readonly at: Date;
  readonly verdict: string;
  readonly text: string;
  readonly checks: readonly GateCheck[];
  /** Version that it was held against. */
  readonly champion: number | null;
  readonly candidate: Metrics | null;
  readonly intervals: MetricIntervals;
  readonly reliability: readonly ReliabilityBin[] | null;
  readonly code: { readonly digest: string; readonly node: string; readonly platform: string } | null;
}

export interface SnapshotLine {
  readonly digest: string;
  readonly kind: SnapshotKind;
  readonly rows: number;
  readonly quarantinedRows: number;
  readonly throughWindow: number | null;
  readonly createdAt: Date;
}

export interface VersionPage {
  readonly model: string;
  readonly version: number;
  readonly status: VersionStatus;
  readonly origin: VersionOrigin;
  readonly createdAt: Date;
  readonly spec: ModelSpec;
  readonly specRevision: number;
  readonly specDigest: string;
  /** Null for the first revision. */
  readonly specChanges: readonly SpecChange[] | null;
  readonly report: Partial<TrainReport>;
  readonly gate: GateFacts | null;
  readonly gateVerdict: string;
  readonly threshold: number | null;
  readonly labelledRows: number;
  readonly throughWindow: number | null;
  readonly modelDigest: string;
  readonly profileDigest: string;
  readonly run: {
    readonly runId: string;
    readonly trigger: string | null;
    readonly status: string;
    readonly startedAt: Date;
    readonly endedAt: Date | null;
  } | null;
  readonly snapshots: readonly SnapshotLine[];
  /** Of the latest of its snapshots that are still stored, newest data last; empty when there is none. */
  readonly inputs: readonly ColumnSummary[];
  readonly serving: { readonly as: Exclude<Arm, 'fallback'>; readonly correction: string } | null;
  readonly startCorrection: string;
  readonly corrected: {
    readonly text: string;
    readonly slope: number | null;
    readonly intercepts: readonly number[];
    readonly at: Date;
  } | null;
  readonly moves: readonly {
    readonly at: Date;
    readonly fromVersion: number | null;
    readonly toVersion: number | null;
    readonly actor: string;
    readonly why: string;
    readonly evidenceId: number | null;
  }[];
  readonly rollouts: readonly {
    readonly attempt: number;
    readonly status: string;
    readonly reason: string | null;
    readonly startedAt: Date;
    readonly endedAt: Date | null;
  }[];
  readonly neighbours: {
    readonly previous: number | null;
    readonly next: number | null;
    readonly previousRunId: string | null;
  };
}

const listedMax = 50;

/**
 * Everything that is known about one version, in about ten index reads. Throws `version_not_found` listing what exists.
 */
export async function versionPageOf(db: Db, model: string, number: number): Promise<VersionPage> {
  const [row] = await db
    .select()
    .from(version)
    .where(and(eq(version.model, model), eq(version.version, number)));
  // Its sentence lists what exists.
  if (row === undefined)
    throw await versionOf(db, model, number).then(
      () => new Error('the version appeared'),
      (error: unknown) => error,
    );
  const stored = await readSpecRevision(db, model, row.specRevision);
  const routing = await readRouting(db, model);
  const as =
    routing?.champion?.version === number ? 'champion' : routing?.challenger?.version === number ? 'challenger' : null;
  const [made] = await db.select().from(run).where(eq(run.runId, row.runId));
  const data = await snapshotsOf(db, row.snapshots);
  return {
    model,
    version: number,
    status: row.status,
    origin: row.origin,
    createdAt: row.createdAt,
    spec: stored.spec,
    specRevision: row.specRevision,
    specDigest: stored.digest,
    specChanges: await changesOf(db, model, row.specRevision, stored.spec),
    report: row.report,
    gate: row.gateEvidenceId === null ? null : await gateOf(db, row.gateEvidenceId),
    gateVerdict: row.gateVerdict,
    threshold: row.threshold,
    labelledRows: row.labelledRows,
    throughWindow: row.throughWindow,
    modelDigest: row.modelDigest,
    profileDigest: row.profileDigest,
    run:
      made === undefined
        ? null
        : {
            runId: made.runId,
            trigger: made.trigger,
            status: made.status,
            startedAt: made.startedAt,
            endedAt: made.endedAt,
          },
    snapshots: data.lines,
    inputs: data.inputs,
    serving:
      as === null
        ? null
        : {
            as,
            correction:
              (as === 'champion' ? routing?.champion?.correction : routing?.challenger?.correction) ?? 'identity',
          },
    startCorrection: row.correction,
    corrected: await correctionOf(db, model, number),
    moves: await movesOf(db, model, number),
    rollouts: await db
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
      .limit(listedMax),
    neighbours: await neighboursOf(db, model, number),
  };
}

/** The evidence of a gate as people read it; what an older row lacks is empty rather than wrong. */
export async function gateOf(db: Db, evidenceId: number): Promise<GateFacts | null> {
  const [row] = await db
    .select({
      at: evidence.createdAt,
      verdict: evidence.verdict,
      body: sql<Record<string, unknown>>`${evidence.body} - 'holdOutLosses'`,
    })
    .from(evidence)
    .where(eq(evidence.evidenceId, evidenceId));
  if (row === undefined) return null;
  const { body } = row;
  const champion = body['champion'];
  return {
    evidenceId,
    at: row.at,
    verdict: row.verdict,
    text: typeof body['text'] === 'string' ? body['text'] : '',
    // Written by judgeVersion with these very types; JSON has no others.
    checks: (Array.isArray(body['checks']) ? body['checks'] : []) as readonly GateCheck[],
    champion: typeof champion === 'number' ? champion : null,
    candidate: (body['candidate'] ?? null) as Metrics | null,
    intervals: (body['intervals'] ?? {}) as MetricIntervals,
    reliability: (body['reliability'] ?? null) as readonly ReliabilityBin[] | null,
    code: (body['code'] ?? null) as GateFacts['code'],
  };
}

async function changesOf(
  db: Db,
  model: string,
  revision: number,
  spec: ModelSpec,
): Promise<readonly SpecChange[] | null> {
  const [before] = await db
    .select({ spec: specRevision.spec })
    .from(specRevision)
    .where(and(eq(specRevision.model, model), lt(specRevision.revision, revision)))
    .orderBy(desc(specRevision.revision))
    .limit(1);
  return before === undefined ? null : diffSpecs(before.spec, spec).slice(0, 200);
}

async function snapshotsOf(
  db: Db,
  digests: readonly string[],
): Promise<{ readonly lines: readonly SnapshotLine[]; readonly inputs: readonly ColumnSummary[] }> {
  if (digests.length === 0) return { lines: [], inputs: [] };
  const rows = await db
    .select({
      digest: snapshot.digest,
      kind: snapshot.kind,
      rows: snapshot.rows,
      quarantinedRows: snapshot.quarantinedRows,
      throughWindow: snapshot.throughWindow,
      createdAt: snapshot.createdAt,
      profile: sql<readonly ColumnSummary[] | null>`${snapshot.manifest} -> 'profile'`,
    })
    .from(snapshot)
    .where(inArray(snapshot.digest, digests.slice(0, listedMax)))
    .orderBy(sql`${snapshot.throughWindow} nulls first`, asc(snapshot.createdAt));
  // The largest says most about what values the version has seen.
  const largest = rows.reduce<(typeof rows)[number] | null>(
    (best, row) => (best === null || row.rows > best.rows ? row : best),
    null,
  );
  return { lines: rows.map(({ profile: _profile, ...line }) => line), inputs: largest?.profile ?? [] };
}

/** The latest word on its correction, from the evidence of the window that fitted it. */
async function correctionOf(db: Db, model: string, number: number): Promise<VersionPage['corrected']> {
  const [row] = await db
    .select({ at: evidence.createdAt, body: evidence.body })
    .from(evidence)
    .where(
      and(
        eq(evidence.model, model),
        eq(evidence.kind, 'correction'),
        sql`${evidence.subject} like ${`${windowPrefix}%/${formatOccasion({ of: 'version', version: number })}`}`,
      ),
    )
    // By time: by number the planner would walk the evidence of all models backwards.
    .orderBy(desc(evidence.createdAt))
    .limit(1);
  if (row === undefined) return null;
  const fitted = row.body['correction'] as
    | { readonly slope?: number; readonly intercepts?: readonly number[] }
    | null
    | undefined;
  return {
    at: row.at,
    text: String(row.body['text'] ?? ''),
    slope: fitted?.slope ?? null,
    intercepts: fitted?.intercepts ?? [],
  };
}

async function movesOf(db: Db, model: string, number: number): Promise<VersionPage['moves']> {
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

async function neighboursOf(db: Db, model: string, number: number): Promise<VersionPage['neighbours']> {
  const result = await db.execute<{ previous: number | null; next: number | null; previousRunId: string | null }>(sql`
    select before.version as previous, before.run_id as "previousRunId",
      (select min(v.version) from version v where v.model = ${model} and v.version > ${number}) as next
    from (select 1) one left join lateral (
      select v.version, v.run_id from version v where v.model = ${model} and v.version < ${number} order by
      v.version desc limit 1
    ) before on true`);
  return result.rows[0] ?? { previous: null, next: null, previousRunId: null };
}
