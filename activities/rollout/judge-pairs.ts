import { correctedLaterHalf } from '../../src/answering/corrected-later-half.ts';
import { thresholdOf } from '../../src/answering/decide.ts';
import { gainsOf } from '../../src/domain/metrics/gains.ts';
import type { PairedRows } from '../../src/domain/training/compare-paired.ts';
import { answeringPlan } from '../../src/domain/rollout/answering-plan.ts';
import { judgePromotion } from '../../src/domain/rollout/judge-promotion.ts';
import { numberNames } from '../../src/domain/words/number-names.ts';
import { sayMany } from '../../src/domain/words/say.ts';
import { dueLook, type DueLook } from '../../src/domain/rollout/rollout-plan.ts';
import type { StepOutcome } from '../../src/domain/record/runs.ts';
import { quantileIn } from '../../src/domain/spec/trainer-spec.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import { labelPlanOf } from '../../src/domain/watch/mature-through.ts';
import type { ModelSpec, RolloutSpec } from '../../src/domain/spec/spec.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { loggedAmounts } from '../../src/db/models/logged-amounts.ts';
import { pairedRows } from '../../src/db/routing/rollout-evidence.ts';
import type { PairedRow } from '../../src/db/traffic/read/paired-page.ts';
import { readMaturity } from '../../src/db/traffic/mature/read-maturity.ts';
import { settleLook, type RolloutRow } from '../../src/db/routing/rollouts.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/**
 * Promotion rests on paired rows: both versions scored them and their labels are known. Judged on entering, then at
 * every look; what is not proven by the deadline is left to a person or taken out, as the plan says.
 */
export async function judgePairs(
  deps: ActivityDependencies,
  row: RolloutRow,
  plan: RolloutSpec,
  lastSeq: number,
): Promise<StepOutcome | null> {
  const { database } = deps;
  const due = dueAt(row, plan, lastSeq);
  if (due === null) return null;
  const { throughSeq, isStepDone: isDeadline } = due;
  const { model, version, attempt } = row;
  const key = { model, version, attempt };
  const { spec } = await readSpecRevision(database.db, model, row.specRevision);
  const maturity = await readMaturity(database.db, model, labelPlanOf(spec), { throughSeq });
  const { rows, isCut } = await pairedRows(database.db, key, { throughSeq, matureSeq: maturity.throughSeq });
  const compared = judgePromotion(await toPaired(database.db, spec, row, rows), plan);
  const judged = isCut
    ? { ...compared, verdict: 'undecided' as const, text: beyond(rows.length) }
    : { ...compared, text: `${compared.text} ${maturity.text}` };
  const verdict = decide(judged, plan, isDeadline);
  const evidence = await putEvidence(database.db, {
    model,
    kind: 'promotion',
    subject: { of: 'pairing', version, attempt, throughSeq, isDeadline },
    verdict,
    body: { ...judged, maturity, throughSeq, atDeadline: isDeadline },
  });
  await withTransaction(database, (tx) => settleLook(tx, key, throughSeq, verdict === 'still'));
  if (verdict === 'still') return { outcome: 'still' };
  return { outcome: verdict, reason: judged.text, evidenceId: evidence.evidenceId };
}

function dueAt(row: RolloutRow, plan: RolloutSpec, lastSeq: number): DueLook | null {
  if (!row.stepBegun) return { throughSeq: row.stepStartedSeq, isStepDone: false };
  const nowMs = Date.now();
  const stepStartedMs = row.stepStartedAt?.getTime();
  return dueLook({
    lookEvery: plan.lookEvery,
    extent: plan.deadline,
    stepStartedSeq: row.stepStartedSeq,
    stepStartedMs: stepStartedMs ?? nowMs,
    settledSeq: row.settledSeq,
    lastLookMs: Math.max(stepStartedMs ?? 0, row.settledAt?.getTime() ?? 0),
    lastSeq,
    nowMs,
  });
}

/** Pairs are read from the last ones back: a window that moves is no longer the sequence that was promised. */
function beyond(rows: number): string {
  return `More than ${sayMany(rows, 'labelled row')} have not decided it: a person, or the deadline, does.`;
}

function decide(
  { verdict }: ReturnType<typeof judgePromotion>,
  plan: RolloutSpec,
  isDeadline: boolean,
): 'still' | 'promote' | 'hold' | 'stop' {
  if (verdict === 'better' || verdict === 'not-worse') return 'promote';
  if (verdict === 'worse') return 'stop';
  if (!isDeadline) return 'still';
  // What is not proven by now is left to a person, or taken out: a point estimate promotes nothing.
  return plan.atDeadline === 'hold' ? 'hold' : 'stop';
}

async function toPaired(db: Db, spec: ModelSpec, row: RolloutRow, rows: readonly PairedRow[]): Promise<PairedRows> {
  const classes = classesOf(spec.target);
  const labels = rows.map(({ label }) => taskOf(spec.target.task).labels.numberOf(label, classes));
  const all = rows.filter((_, i) => labels[i] !== null);
  const allLabels = Float64Array.from(labels.filter((label) => label !== null));
  const { from, champion, challenger: corrected } = asServed(spec, [...allLabels], all);
  const known = all.slice(from);
  const keptLabels = allLabels.slice(from);
  const base = row.baseVersion === null ? null : await findVersion(db, row.model, row.baseVersion);
  const challenger = await findVersion(db, row.model, row.version);
  return {
    task: spec.target.task,
    classes,
    labels: keptLabels,
    champion: Float64Array.from(champion.flat()),
    challenger: Float64Array.from(corrected.flat()),
    championThreshold: thresholdOf(spec.target, base?.threshold ?? null),
    challengerThreshold: thresholdOf(spec.target, challenger?.threshold ?? null),
    quantile: quantileIn(spec.trainer),
    ...(spec.entity === null
      ? {}
      : { entities: Uint32Array.from(numberNames(known.map((row) => row.entity ?? `row ${row.seq}`))) }),
    gains: spec.value === null ? null : gainsOf(spec.value, keptLabels, await loggedAmounts(db, row.model, known)),
  };
}

/**
 * Where answers are corrected, the challenger has stood by too briefly to have been: both are compared on the later
 * half of the rows, each corrected by what the earlier half says.
 */
function asServed(spec: ModelSpec, labels: readonly number[], rows: readonly PairedRow[]) {
  const plan = answeringPlan(spec);
  if (plan === null)
    return {
      from: 0,
      champion: rows.map((row) => row.championScores),
      challenger: rows.map((row) => row.challengerScores),
    };
  const champion = rows.map((row) => row.championRaw);
  const challenger = rows.map((row) => row.challengerRaw);
  return correctedLaterHalf({ task: spec.target.task, labels, champion, challenger }, plan.halfLifeRows);
}
