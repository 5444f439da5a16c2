import { atLeast, checkTimeZone, problemIf, within, type SpecProblem } from './spec-bounds.ts';
import { isCron } from './parts/retrain-spec.ts';
import type { Extent } from '../words/extent.ts';
import { checkFreezeWindows } from './freeze/check-freeze-windows.ts';
import { checkApproval } from './approval/check-approval.ts';
import { retentionParts } from './default-retention.ts';
import { taskOf } from '../tasks/task-of.ts';
import { checkTrainer } from './check-trainer.ts';
import { watchedSlices } from './gates/declared-slices.ts';
import { checkProxies } from './watch/check-proxies.ts';
import { checkGates } from './gates/check-gates.ts';
import { checkMetric } from './gates/check-metric.ts';
import { checkSuccess } from './gates/success-criterion.ts';
import { checkSplit } from './split/check-split.ts';
import type { ModelSpec } from './spec.ts';

/** Problems of trainer, split, gates, rollout, watch and retrain: numbers out of range and plans that cannot work. */
export function checkPlan(spec: ModelSpec): SpecProblem[] {
  return [
    ...within('contract.quarantineShareMax', spec.contract.quarantineShareMax, 0, 1, true),
    ...checkSplit(spec),
    ...checkTrainer(spec.trainer),
    ...checkGates(spec),
    ...checkSuccess(spec),
    ...checkMetric('rollout.promotion.metric', spec.rollout.promotion.metric, spec),
    ...checkRollout(spec),
    ...checkApproval(spec.rollout.approval),
    ...checkFreezeWindows(spec.rollout.freezeWindows),
    ...checkExtents(spec),
    ...checkSeason(spec),
    ...checkRetrain(spec),
    ...checkRetention(spec),
  ];
}

function checkRollout(spec: ModelSpec): SpecProblem[] {
  const { rollout } = spec;
  let reached = 0;
  const steps = rollout.canary.flatMap((step, index) => {
    const path = `rollout.canary[${index}].percent`;
    const problems = problemIf(
      !(step.percent > 0 && step.percent <= 100),
      path,
      `${step.percent} is not a percentage above 0`,
      'Use a number above 0 and up to 100.',
    );
    problems.push(
      ...problemIf(
        step.percent <= reached,
        path,
        `step of ${step.percent} % does not go beyond ${reached} %`,
        'Let the percentages increase.',
      ),
    );
    reached = step.percent;
    if (step.rowsMin !== undefined)
      problems.push(
        ...problemIf(
          'rows' in step.extent,
          `rollout.canary[${index}].rowsMin`,
          'the step is declared in rows already',
          'Declare its extent in time: it then lasts until so many rows have come as well.',
        ),
        ...atLeast(`rollout.canary[${index}].rowsMin`, step.rowsMin, 1),
      );
    return problems;
  });
  return [
    ...steps,
    ...within('rollout.alpha', rollout.alpha, 0, 1, false),
    ...within('rollout.promotion.alpha', rollout.promotion.alpha, 0, 1, false),
    ...atLeast('rollout.promotion.margin', rollout.promotion.margin, 0),
    ...atLeast('rollout.promotion.labelledRowsMin', rollout.promotion.labelledRowsMin, 1),
    ...atLeast('rollout.riskRatioMax', rollout.riskRatioMax, 1),
    ...within('rollout.breaker.errorShareMax', rollout.breaker.errorShareMax, 0, 1, true),
    ...within('rollout.automaticPercentMax', rollout.automaticPercentMax, 0, 100, true),
    ...(rollout.excessFailuresMax === undefined
      ? []
      : atLeast('rollout.excessFailuresMax', rollout.excessFailuresMax, 1)),
    ...atLeast('rollout.pollMs', rollout.pollMs, 50),
    ...problemIf(
      rollout.leaseMs < 2 * rollout.pollMs,
      'rollout.leaseMs',
      `a lease of ${rollout.leaseMs} ms ends before it is renewed every ${rollout.pollMs} ms`,
      'Let the lease last at least two polls.',
    ),
  ];
}

function checkExtents(spec: ModelSpec): SpecProblem[] {
  const { rollout, watch, retrain } = spec;
  const extents: readonly [string, Extent | null][] = [
    ['rollout.shadow', rollout.shadow],
    ['rollout.lookEvery', rollout.lookEvery],
    ['rollout.deadline', rollout.deadline],
    ...rollout.canary.map((step, index): [string, Extent] => [`rollout.canary[${index}].extent`, step.extent]),
    ['watch.window', watch.window],
    ['retrain.schedule', isCron(retrain.schedule) ? null : retrain.schedule],
    ['retrain.staleAfter', retrain.staleAfter],
    ['retrain.budget.per', retrain.budget.per],
  ];
  // A window or a look of nothing would be due for ever; shadow, label delay and cooldown may be nothing.
  return [
    ...extents.flatMap(([path, extent]) =>
      extent === null ? [] : atLeast(path, sizeOf(extent), path === 'rollout.shadow' ? 0 : 1),
    ),
    ...atLeast('target.labelDelay', sizeOf(spec.target.labelDelay), 0),
    ...atLeast('retrain.cooldown', sizeOf(retrain.cooldown), 0),
  ];
}

/** Rows of a season are told apart by when they happened. */
function checkSeason({ watch: { season = null }, eventTime }: ModelSpec): SpecProblem[] {
  if (season === null) return [];
  return [
    ...problemIf(
      eventTime === null,
      'watch.season',
      'a season needs the time of each row, and no event time is declared',
      'Declare eventTime, or leave the season out.',
    ),
    ...checkTimeZone('watch.season.timeZone', season.timeZone),
  ];
}

function checkRetrain(spec: ModelSpec): SpecProblem[] {
  const { retrain, watch } = spec;
  return [
    ...problemIf(
      retrain.growthFactor !== null && !(retrain.growthFactor > 1),
      'retrain.growthFactor',
      `growth by ${retrain.growthFactor} is no growth`,
      'Use a factor above 1, or null.',
    ),
    ...(retrain.newLabelledRows === null ? [] : atLeast('retrain.newLabelledRows', retrain.newLabelledRows, 1)),
    ...atLeast('retrain.budget.runs', retrain.budget.runs, 1),
    ...(retrain.budget.savedMax === undefined
      ? []
      : atLeast('retrain.budget.savedMax', retrain.budget.savedMax, retrain.budget.runs)),
    ...(retrain.followUpRowsMax === undefined
      ? []
      : atLeast('retrain.followUpRowsMax', retrain.followUpRowsMax, retrain.labelledRowsMin)),
    ...within('watch.falseAlarmRate', watch.falseAlarmRate, 0, 1, false),
    ...within('watch.effectMin', watch.effectMin, 0, 1, true),
    ...within('watch.missingShareRiseMax', watch.missingShareRiseMax, 0, 1, true),
    ...(typeof watch.multivariate !== 'object' || watch.multivariate === null
      ? []
      : within('watch.multivariate.aurocRiseMin', watch.multivariate.aurocRiseMin, 0, 0.5, true)),
    ...(watch.labelCoverage === undefined ? [] : within('watch.labelCoverage', watch.labelCoverage, 0.5, 0.999, true)),
    ...within('watch.decay.alpha', watch.decay.alpha, 0, 1, false),
    ...(watch.labelDrift == null
      ? []
      : within('watch.labelDrift.falseAlarmRate', watch.labelDrift.falseAlarmRate, 0, 1, false)),
    ...problemIf(
      watch.decay.slices === true && watchedSlices(spec).length === 0,
      'watch.decay.slices',
      'no slice is declared of which the values are known',
      'Declare `slices`, or leave it out.',
    ),
    ...checkRecentErrors(spec),
    ...checkEstimateAlarm(spec),
    ...checkProxies(spec),
  ];
}

function checkRecentErrors({ target, watch: { correction } }: ModelSpec): SpecProblem[] {
  if (correction?.recentErrors !== true) return [];
  const path = 'watch.correction.recentErrors';
  return [
    ...problemIf(
      !taskOf(target.task).correction.hasCovariates,
      path,
      'only corrections of two classes read recent errors',
      'Leave it out.',
    ),
    ...problemIf(
      correction.everyRows === undefined,
      path,
      'errors are recent only where answers are corrected anew within a window',
      'Declare `watch.correction.everyRows` as well.',
    ),
  ];
}

function checkEstimateAlarm({ target, watch }: ModelSpec): SpecProblem[] {
  const alarm = watch.estimateAlarm;
  if (alarm == null) return [];
  return [
    ...problemIf(
      !taskOf(target.task).hasClasses,
      'watch.estimateAlarm',
      'values have no probabilities to estimate quality from',
      'Leave it out: only classes are estimated.',
    ),
    ...within('watch.estimateAlarm.alpha', alarm.alpha, 0, 1, false),
    ...atLeast('watch.estimateAlarm.relativeRiseMin', alarm.relativeRiseMin, 0),
  ];
}

/** Rows must outlive the wait for their labels, or nothing would ever be learnt from them. */
function checkRetention({ retention, target }: ModelSpec): SpecProblem[] {
  const delayMs = 'ms' in target.labelDelay ? target.labelDelay.ms : 0;
  return retentionParts.flatMap((part) => {
    const kept = retention[part];
    if (kept === null) return [];
    const isTrafficPart = part === 'predictions' || part === 'labels';
    return [
      ...atLeast(`retention.${part}`, kept.ms, 86_400_000),
      ...problemIf(
        isTrafficPart && kept.ms <= delayMs,
        `retention.${part}`,
        'what is kept goes before its labels can have come',
        'Keep it for longer than target.labelDelay.',
      ),
    ];
  });
}

function sizeOf(extent: Extent): number {
  return 'rows' in extent ? extent.rows : extent.ms;
}
