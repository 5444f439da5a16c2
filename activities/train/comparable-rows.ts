import { correctedLaterHalf } from '../../src/answering/corrected-later-half.ts';
import { thresholdOf } from '../../src/answering/decide.ts';
import type { TestScores } from '../../src/data/snapshot/read-test-scores.ts';
import { answeringPlan } from '../../src/domain/rollout/answering-plan.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { quantileIn } from '../../src/domain/spec/trainer-spec.ts';
import { classesOf } from '../../src/domain/tasks/task-of.ts';
import type { PairedRows } from '../../src/domain/training/compare-paired.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';

/** Test rows that the champion had not been trained on: the youngest ones. */
export function comparableRows(
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
    quantile: quantileIn(spec.trainer),
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
  const plan = answeringPlan(spec);
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
