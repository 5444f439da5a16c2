import { baselines, type Baseline } from '../../src/domain/spec/closed-sets.ts';
import { canonicalJson } from '../../src/domain/words/canonical.ts';
import { answeringPlan } from '../../src/domain/rollout/answering-plan.ts';
import { identityCorrection, type Correction } from '../../src/domain/rollout/correction.ts';
import { fitCorrection } from '../../src/domain/rollout/fit-correction.ts';
import { pairedDifference, type PairedDifference } from '../../src/domain/rollout/sequence-bounds.ts';
import { comparableRowsMin } from '../../src/domain/training/against-champion.ts';
import type { PairedRows } from '../../src/domain/training/compare-paired.ts';
import type { GateInput } from '../../src/domain/training/gate-check.ts';
import { holdOutRowsMax, quarterHourMs } from '../../src/domain/training/hold-out-rows.ts';
import { judgeGate } from '../../src/domain/training/judge-gate.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { trainableOf } from '../../src/domain/spec/trainer-spec.ts';
import { saySelection } from '../../src/domain/training/selection/say-selection.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';
import { readTestScores, type TestScores } from '../../src/data/snapshot/read-test-scores.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { versionOfRun } from '../../src/db/models/versions.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { holdOutFacts } from './hold-out.ts';
import { sliceRows } from './slice-rows.ts';
import { testRows } from '../../src/trainers/test-rows.ts';
import { decayLoss } from '../../src/domain/watch/decay-loss.ts';
import { probabilityMin } from '../../src/statistics/samples/losses.ts';
import { readFootprint, readReport } from './keep-trained.ts';
import { comparableRows } from './comparable-rows.ts';
import { storeVersion, type JudgedInput } from './store-version.ts';
import { trafficUsed } from './traffic-used.ts';

export function judgeVersionActivities(deps: ActivityDependencies) {
  const { store } = deps;
  const { db } = deps.database;

  /**
   * The gate: candidate against thresholds, baselines and champion on the hold-out. The run becomes a version whatever
   * it says.
   */
  async function judgeVersion(input: JudgedInput): Promise<{
    readonly version: number;
    readonly verdict: string;
    readonly text: string;
    readonly score: number | null;
  }> {
    const known = await versionOfRun(db, input.runId);
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    if (known !== null)
      return { version: known.version, verdict: known.gateVerdict, text: '', score: scoreOf(spec, known.report) };
    const report = await readReport(deps, input.trained.reportDigest);
    const scores = await readTestScores(await store.pathOf(input.trained.testScoresDigest), baselinesAsked(spec));
    const champion = (await readRouting(db, input.model))?.champion ?? null;
    const paired = champion === null ? null : comparableRows(spec, report, scores, champion.threshold);
    const footprint = await readFootprint(deps, input.trained);
    const judged = judgeGate({
      gates: spec.gates,
      candidate: testRows(spec, scores, scores.candidate, report.candidate.threshold),
      baselines: baselinesOf(spec, report, scores),
      champion: paired,
      hasChampion: champion !== null,
      slices: sliceRows(spec, scores),
      footprint,
      ...(input.steps === undefined ? {} : { steps: input.steps }),
      promotion: spec.rollout.promotion,
    });
    // Who reads why a candidate was refused reads here what was left out of it, and that nothing beat the prior.
    const said = [judged.text, ...saySelection(report.selection ?? {})].join(' ');
    const evidence = await putEvidence(db, {
      model: input.model,
      kind: 'gate',
      subject: { of: 'run', runId: input.runId },
      verdict: judged.verdict,
      body: {
        ...judged,
        text: said,
        champion: champion?.version ?? null,
        paired: paired === null ? null : pairedOf(spec, paired),
        ...(footprint === null ? {} : { footprint }),
        traffic: await trafficUsed(db, spec, input),
        candidate: report.candidate.testMetrics,
        holdOutLosses: lossesOf(spec, scores),
        holdOutProbabilityMin: probabilityMin,
        ...timesOf(scores),
        ...holdOutFacts(spec, report.candidate.threshold, scores),
      },
    });
    const version = await storeVersion(deps, input, {
      report,
      verdict: evidence.verdict,
      evidenceId: evidence.evidenceId,
      baseVersion: champion?.version ?? null,
      correction: await startCorrection(spec, report, scores),
      asked: judged.isAsked === true ? { text: said, webhooks: spec.watch.webhooks } : null,
    });
    return {
      version,
      verdict: evidence.verdict,
      text: String(evidence.body['text'] ?? said),
      score: scoreOf(spec, report),
    };
  }

  async function startCorrection(spec: ModelSpec, report: TrainReport, scores: TestScores): Promise<string> {
    // What only looks begins with nothing: the report still says what its hold-out would ask for.
    if (answeringPlan(spec) === null) return identityCorrection;
    const first = report.firstCorrection === undefined ? firstOf(spec, scores) : report.firstCorrection.correction;
    return first === null ? identityCorrection : store.putBytes(Buffer.from(canonicalJson(first)));
  }

  return { judgeVersion };
}

/** The figure that a promotion is about. */
function scoreOf(spec: ModelSpec, { candidate }: TrainReport): number | null {
  return candidate.testMetrics[spec.rollout.promotion.metric] ?? null;
}

/** Scores of the others would only take memory. */
function baselinesAsked({ gates }: ModelSpec): readonly Baseline[] {
  return baselines.filter((name) => gates.some((gate) => gate.gate === 'betterThanBaseline' && gate.baseline === name));
}

function baselinesOf(spec: ModelSpec, report: TrainReport, scores: TestScores): GateInput['baselines'] {
  return Object.fromEntries(
    baselines.flatMap((name) => {
      const found = report.baselines.find(({ family }) => family === name);
      if (found === undefined) return [];
      const own = scores.baselines[name];
      const rows = own === undefined ? null : testRows(spec, scores, own, found.threshold);
      return [[name, { metrics: found.testMetrics, rows }]];
    }),
  );
}

/**
 * Of a task whose fits cannot go on from the hold-out: a version that is not refitted starts with what that says about
 * its level; a refit has seen those rows and taken the level in.
 */
function firstOf(spec: ModelSpec, scores: TestScores): Correction | null {
  const plan = answeringPlan(spec);
  if (plan === null || trainableOf(spec.trainer).refit) return null;
  return fitCorrection({ task: spec.target.task, labels: scores.labels, raw: scores.candidate }, null, plan, {
    isFirst: true,
  }).correction;
}

/** What the forecast of the rollout asks of the two: how their answers differ. Null on too few rows to say. */
function pairedOf(spec: ModelSpec, paired: PairedRows): PairedDifference | null {
  return paired.labels.length < comparableRowsMin ? null : pairedDifference(paired, spec.rollout.promotion.metric);
}

/** Kept with the gate as the reference that later decay is measured against. */
function lossesOf(spec: ModelSpec, scores: TestScores): readonly number[] {
  const losses = scores.labels.map((label, i) =>
    Number(decayLoss(spec.target, scores.candidate[i] ?? [], label).toFixed(6)),
  );
  return losses.slice(-holdOutRowsMax);
}

/** Beside these losses, where a season is declared. */
function timesOf({ eventTimesMs }: TestScores): { readonly holdOutQuarterHours?: readonly (number | null)[] } {
  if (eventTimesMs === null) return {};
  const quarters = eventTimesMs.map((timeMs) => (timeMs === null ? null : Math.floor(timeMs / quarterHourMs)));
  return { holdOutQuarterHours: quarters.slice(-holdOutRowsMax) };
}
