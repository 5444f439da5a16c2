import { and, desc, eq, lt } from 'drizzle-orm';
import type { VersionOrigin, VersionStatus } from '../../domain/record/closed-sets.ts';
import type { Arm } from '../../domain/rollout/routing.ts';
import { diffSpecs, type SpecChange } from '../../domain/spec/diff-spec.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { ColumnSummary } from '../../domain/training/snapshot.ts';
import type { TrainReport } from '../../domain/training/training.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { Db } from '../base/connect.ts';
import { readSpecRevision } from '../models/specs.ts';
import { readRouting } from '../routing/routing.ts';
import { stepCallsOf, type StoredStepCall } from '../runs/step-calls.ts';
import { run, specRevision, version } from '../schema/index.ts';
import { versionOf } from '../views/views-versions.ts';
import {
  movesOf,
  neighboursOf,
  rolloutsOf,
  type ChampionMove,
  type Neighbours,
  type RolloutLine,
} from './version-career.ts';
import { correctionOf, type FittedCorrection } from './version-correction.ts';
import { gateOf, type GateFacts } from './version-gate.ts';
import { snapshotsOf, type SnapshotLine, type VersionData } from './version-snapshots.ts';

/** The run that made it. */
interface MakingRun {
  readonly runId: string;
  readonly trigger: string | null;
  readonly status: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

interface ServingPlace {
  readonly as: Exclude<Arm, 'fallback'>;
  readonly correction: string;
  readonly isCorrectionHeld: boolean;
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
  readonly run: MakingRun | null;
  readonly snapshots: readonly SnapshotLine[];
  /** Of the latest of its snapshots that are still stored, newest data last; empty when there is none. */
  readonly inputs: readonly ColumnSummary[];
  /** When the events of its snapshots were. */
  readonly eventTimes: VersionData['eventTimes'];
  readonly serving: ServingPlace | null;
  readonly startCorrection: string;
  readonly corrected: FittedCorrection | null;
  readonly moves: readonly ChampionMove[];
  readonly rollouts: readonly RolloutLine[];
  readonly neighbours: Neighbours;
  /** User steps that were asked of it, by its training and its rollouts. */
  readonly userSteps: readonly StoredStepCall[];
}

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
  const serving = await servingOf(db, model, number);
  const correction = serving?.correction ?? row.correction;
  const made = await runOf(db, row.runId);
  const rollouts = await rolloutsOf(db, model, number);
  const data = await snapshotsOf(db, row.snapshots, stored.spec.eventTime?.column ?? null);
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
    run: made,
    snapshots: data.lines,
    inputs: data.inputs,
    eventTimes: data.eventTimes,
    serving,
    startCorrection: row.correction,
    corrected: await correctionOf(db, model, number, correction),
    moves: await movesOf(db, model, number),
    rollouts,
    neighbours: await neighboursOf(db, model, number),
    userSteps: await callsOf(db, model, [
      row.runId,
      ...rollouts.map(({ attempt }) => workflowIds.rollout(model, number, attempt)),
    ]),
  };
}

async function callsOf(db: Db, model: string, runIds: readonly string[]): Promise<readonly StoredStepCall[]> {
  const calls: StoredStepCall[] = [];
  // oxlint-disable-next-line no-await-in-loop -- a version has one training and seldom more than one rollout
  for (const runId of runIds) calls.push(...(await stepCallsOf(db, model, runId)));
  return calls;
}

/** What it answers as, if it does. */
async function servingOf(db: Db, model: string, number: number): Promise<ServingPlace | null> {
  const routing = await readRouting(db, model);
  for (const as of ['champion', 'challenger'] as const)
    if (routing?.[as]?.version === number) {
      const { correction, isCorrectionHeld = false } = routing[as];
      return { as, correction, isCorrectionHeld };
    }
  return null;
}

async function runOf(db: Db, runId: string): Promise<MakingRun | null> {
  const [row] = await db
    .select({
      runId: run.runId,
      trigger: run.trigger,
      status: run.status,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
    })
    .from(run)
    .where(eq(run.runId, runId));
  return row ?? null;
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
