import { baselines } from '../../src/domain/spec/closed-sets.ts';
import { correctedLaterHalf } from '../../src/answering/corrected-later-half.ts';
import { thresholdOf } from '../../src/answering/decide.ts';
import { canonicalJson } from '../../src/domain/words/canonical.ts';
import { identityCorrection, type Correction } from '../../src/domain/rollout/correction.ts';
import { fitCorrection } from '../../src/domain/rollout/fit-correction.ts';
import type { PairedRows } from '../../src/domain/training/compare-paired.ts';
import { judgeGate, type GateInput } from '../../src/domain/training/judge-gate.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import {
  trafficThrough,
  type SnapshotRef,
  type TrainedArtifacts,
  type TrainInput,
} from '../../src/domain/record/runs.ts';
import { classesOf } from '../../src/domain/tasks/task-of.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { trainableOf } from '../../src/domain/spec/trainer-spec.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';
import { readTestScores, type TestScores } from '../../src/data/snapshot/read-test-scores.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { insertRollout } from '../../src/db/routing/rollouts.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { closeRun } from '../../src/db/runs/runs.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { insertVersion, nextVersionNumber, versionOfRun } from '../../src/db/models/versions.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { holdOutFacts } from './hold-out.ts';
import { decayLoss } from '../../src/domain/watch/decay-loss.ts';
import { readReport } from './keep-trained.ts';

/** Hold-out losses kept with the gate as the reference that later decay is measured against. */
const holdOutLossesMax = 4_000;

export function judgeVersionActivities(deps: ActivityDependencies) {
  const { database, store } = deps;
  const { db } = database;

  /**
   * The gate: candidate against thresholds, baselines and champion on the hold-out. The run becomes a version whatever
   * it says.
   */
  async function judgeVersion(
    input: TrainInput & { readonly snapshots: readonly SnapshotRef[]; readonly trained: TrainedArtifacts },
  ): Promise<{
    readonly version: number;
    readonly verdict: string;
    readonly text: string;
    readonly score: number | null;
  }> {
    const known = await versionOfRun(db, input.runId);
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    const scoreOf = ({ candidate }: TrainReport): number | null =>
      candidate.testMetrics[spec.rollout.promotion.metric] ?? null;
    if (known !== null)
      return { version: known.version, verdict: known.gateVerdict, text: '', score: scoreOf(known.report) };
    const report = await readReport(deps, input.trained.reportDigest);
    const scores = await readTestScores(await store.pathOf(input.trained.testScoresDigest));
    const champion = (await readRouting(db, input.model))?.champion ?? null;
    const paired = champion === null ? null : comparableRows(spec, report, scores, champion.threshold);
    const judged = judgeGate({
      gates: spec.gates,
      candidate: report.candidate.testMetrics,
      baselines: baselinesOf(report),
      champion: paired,
      seed: trainableOf(spec.trainer).seed,
    });
    const evidence = await putEvidence(db, {
      model: input.model,
      kind: 'gate',
      subject: { of: 'run', runId: input.runId },
      verdict: judged.verdict,
      body: {
        ...judged,
        champion: champion?.version ?? null,
        candidate: report.candidate.testMetrics,
        holdOutLosses: lossesOf(spec, scores),
        ...holdOutFacts(spec, report.candidate.threshold, scores),
      },
    });
    const first = firstCorrection(spec, scores);
    const correction = first === null ? identityCorrection : await store.putBytes(Buffer.from(canonicalJson(first)));
    const version = await storeVersion(
      input,
      spec,
      report,
      evidence.verdict,
      evidence.evidenceId,
      champion?.version ?? null,
      correction,
    );
    return {
      version,
      verdict: evidence.verdict,
      text: String(evidence.body['text'] ?? judged.text),
      score: scoreOf(report),
    };
  }

  /** Version, rollout and the run's end in one transaction: nobody can see a passed gate without its rollout. */
  async function storeVersion(
    input: TrainInput & { readonly snapshots: readonly SnapshotRef[]; readonly trained: TrainedArtifacts },
    spec: ModelSpec,
    report: TrainReport,
    verdict: string,
    evidenceId: number,
    baseVersion: number | null,
    correction: string,
  ): Promise<number> {
    const hasPassed = verdict === 'pass';
    const snapshots = await lineageOf(
      db,
      input.snapshots.map((snapshot) => snapshot.digest),
    );
    return withTransaction(database, async (tx) => {
      const again = await versionOfRun(tx, input.runId);
      if (again !== null) return again.version;
      const version = await nextVersionNumber(tx, input.model);
      await insertVersion(tx, {
        model: input.model,
        version,
        runId: input.runId,
        status: !hasPassed ? 'rejected' : input.rollout ? 'released' : 'experiment',
        specRevision: input.specRevision,
        modelDigest: input.trained.modelDigest,
        profileDigest: input.trained.profileDigest,
        correction,
        threshold: report.release.threshold,
        snapshots: snapshots.map(({ digest }) => digest),
        report,
        labelledRows: snapshots.reduce((sum, { manifest }) => sum + manifest.labelledRows, 0),
        throughWindow: trafficThrough(input),
        gateEvidenceId: evidenceId,
        gateVerdict: verdict,
      });
      if (hasPassed && input.rollout) {
        const key = { model: input.model, version, attempt: 1 };
        await insertRollout(tx, {
          key,
          baseVersion,
          specRevision: input.specRevision,
          salt: workflowIds.rollout(input.model, version, 1),
        });
      }
      await closeRun(tx, input.runId, {
        status: 'completed',
        detail: `v${version}: gate ${verdict}`,
        output: { version, verdict, evidenceId },
      });
      return version;
    });
  }

  return { judgeVersion };
}

function baselinesOf(report: TrainReport): GateInput['baselines'] {
  return Object.fromEntries(
    baselines.flatMap((name) => {
      const found = report.baselines.find(({ family }) => family === name);
      return found === undefined ? [] : [[name, found.testMetrics]];
    }),
  );
}

/** Test rows that the champion had not been trained on: the youngest ones. */
function comparableRows(
  spec: ModelSpec,
  report: TrainReport,
  scores: TestScores,
  championThreshold: number | null,
): PairedRows | null {
  if (scores.champion === null || report.champion === null) return null;
  const young = Math.max(0, scores.labels.length - report.champion.comparableRows);
  const { from, champion, challenger } = asServed(spec, scores, scores.champion, young);
  return {
    task: spec.target.task,
    classes: classesOf(spec.target),
    labels: scores.labels.slice(from),
    champion: champion.flat(),
    challenger: challenger.flat(),
    championThreshold: thresholdOf(spec.target, championThreshold),
    challengerThreshold: thresholdOf(spec.target, report.candidate.threshold),
    gains:
      scores.gains === null
        ? null
        : { yes: Float64Array.from(scores.gains.yes.slice(from)), no: Float64Array.from(scores.gains.no.slice(from)) },
  };
}

/**
 * Where answers are corrected between trainings, both are compared as corrected: a level that moved is not held against
 * either.
 */
function asServed(spec: ModelSpec, scores: TestScores, champion: readonly (readonly number[])[], young: number) {
  const plan = spec.watch.correction ?? null;
  const labels = scores.labels.slice(young);
  const rawChampion = champion.slice(young);
  const rawCandidate = scores.candidate.slice(young);
  if (plan === null || labels.length < 2 * plan.labelledRowsMin)
    return { from: young, champion: rawChampion, challenger: rawCandidate };
  const later = correctedLaterHalf(
    { task: spec.target.task, labels, champion: rawChampion, challenger: rawCandidate },
    plan.halfLifeRows,
  );
  return { ...later, from: young + later.from };
}

/**
 * A version that is not refitted starts with what its hold-out says about its level; a refit has seen those rows and
 * taken the level in.
 */
function firstCorrection(spec: ModelSpec, scores: TestScores): Correction | null {
  const plan = spec.watch.correction ?? null;
  if (plan === null || trainableOf(spec.trainer).refit) return null;
  return fitCorrection({ task: spec.target.task, labels: scores.labels, raw: scores.candidate }, null, plan).correction;
}

function lossesOf(spec: ModelSpec, scores: TestScores): readonly number[] {
  const losses = scores.labels.map((label, i) =>
    Number(decayLoss(spec.target, scores.candidate[i] ?? [], label).toFixed(6)),
  );
  return losses.slice(-holdOutLossesMax);
}
