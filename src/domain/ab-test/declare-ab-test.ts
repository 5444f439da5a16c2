import { findMetric, metricNames, metricRow } from '../metrics/metrics.ts';
import type { ModelSpec, ValueSpec } from '../spec/spec.ts';
import { quantileIn } from '../spec/trainer-spec.ts';
import { taskOf } from '../tasks/task-of.ts';
import { PerennialError } from '../words/errors.ts';
import { sayChoice, sayNumber } from '../words/say.ts';
import type { AbTestPlan } from './ab-test.ts';
import type { DeclaredAbTest } from './declared.ts';

export const sharePercentMax = 50;
export const treatmentsMax = 7;
export const daysMaxMost = 365;

/** Of everything that a person may leave out. */
export const abTestDefaults = {
  sharePercent: 20,
  alpha: 0.05,
  unitsMax: 100_000,
  daysMax: 30,
  /** Of the width of the bounds. */
  effectMinShare: 0.01,
} as const;

/** Shorter, and the looks would cost more than they tell. */
const lookMsMin = 500;
const pollsPerLook = 10;

/** What a person says; all but the versions and the metric may be left out. */
export interface AskedAbTest {
  readonly versions: readonly number[];
  readonly metric: string;
  readonly sharePercent?: number | undefined;
  readonly better?: 'higher' | 'lower' | undefined;
  readonly bounds?: readonly [number, number] | undefined;
  readonly unitsPerArm?: number | undefined;
  readonly unitsMax?: number | undefined;
  readonly alpha?: number | undefined;
  readonly effectMin?: number | undefined;
  readonly daysMax?: number | undefined;
}

/**
 * Completes what was asked. Throws `invalid_request` in one sentence for what the model's task has not, and for numbers
 * outside of their ranges.
 */
export function declareAbTest(
  spec: Pick<ModelSpec, 'target' | 'value' | 'rollout' | 'trainer'>,
  asked: AskedAbTest,
): DeclaredAbTest {
  const { versions, metric } = asked;
  if (versions.length === 0 || versions.length > treatmentsMax || new Set(versions).size !== versions.length)
    throw refused('versions', `An A/B test has 1 to ${treatmentsMax} different versions beside the champion.`);
  const sharePercent = asked.sharePercent ?? abTestDefaults.sharePercent;
  if (!(sharePercent > 0 && sharePercent <= sharePercentMax))
    throw refused('sharePercent', `The share of an A/B test is above 0 and at most ${sharePercentMax} %.`);
  refuseMetric(spec, metric);
  const better = findMetric(metric)?.better ?? asked.better;
  if (better === undefined)
    throw refused('better', `Of "${metric}" nobody knows whether more is better: say "higher" or "lower".`);
  if (asked.better !== undefined && asked.better !== better)
    throw refused('better', `Of "${metric}" ${better} is better.`);
  const bounds = asked.bounds ?? boundsOf(spec, metric);
  if (bounds === null)
    throw refused(
      'bounds',
      `Between what one outcome of "${metric}" lies is not known: give its bounds.`,
      'Say the lowest and the highest, such as --bounds=-100,100: what lies beyond is clipped to them.',
    );
  const [lowest, highest] = bounds;
  if (!(lowest < highest)) throw refused('bounds', 'The lower bound lies below the upper one.');
  if (asked.unitsPerArm !== undefined && asked.unitsMax !== undefined)
    throw refused('unitsPerArm', 'An A/B test has a fixed horizon or a sequential one, not both.');
  const effectMin = asked.effectMin ?? Number(((highest - lowest) * abTestDefaults.effectMinShare).toPrecision(3));
  if (!(effectMin > 0 && effectMin < highest - lowest))
    throw refused(
      'effectMin',
      `The smallest difference that matters lies between 0 and ${sayNumber(highest - lowest)}.`,
    );
  return {
    versions,
    sharePercent,
    metric,
    better,
    bounds: [lowest, highest],
    horizon:
      asked.unitsPerArm === undefined
        ? { kind: 'sequential', unitsMax: asked.unitsMax ?? abTestDefaults.unitsMax }
        : { kind: 'fixed', unitsPerArm: asked.unitsPerArm },
    alpha: asked.alpha ?? abTestDefaults.alpha,
    effectMin,
    daysMax: asked.daysMax ?? abTestDefaults.daysMax,
    lookMs: Math.max(lookMsMin, pollsPerLook * spec.rollout.pollMs),
  };
}

/** What of it is judged. */
export function planOf({ metric, better, bounds, horizon, alpha, effectMin }: DeclaredAbTest): AbTestPlan {
  return { metric, direction: better, bounds, horizon, alpha, effectMin };
}

/** Metrics of outcomes that no prediction enters: only what happened counts. */
const outcomeMetrics = ['positiveRate', 'mean'] as const;

function refuseMetric(
  { target, value, trainer }: Pick<ModelSpec, 'target' | 'value' | 'trainer'>,
  metric: string,
): void {
  const task = taskOf(target.task);
  const known = metricsFor({ target });
  if (!known.includes(metric))
    throw refused('metric', `A model of the task ${task.name} is tested by ${sayChoice(known)}, not by "${metric}".`);
  if (findMetric(metric)?.needsValue === true && value === null)
    throw refused('metric', `The definition does not say what a decision is worth: "${metric}" needs \`value\`.`);
  if (findMetric(metric)?.needsQuantile === true && quantileIn(trainer) === null)
    throw refused('metric', `The trainer of the definition answers no quantile, which "${metric}" is about.`);
}

/** What models of a task can be tested by: what is one number per unit. */
export function metricsFor({ target }: Pick<ModelSpec, 'target'>): readonly string[] {
  const { hasPositive, hasClasses } = taskOf(target.task);
  const perRow = metricNames().filter(
    (name) => metricRow(name).isPerRow && metricRow(name).tasks.includes(target.task),
  );
  const outcomes = outcomeMetrics.filter((name) => (name === 'positiveRate' ? hasPositive : !hasClasses));
  return [...perRow, ...outcomes];
}

function boundsOf({ value }: Pick<ModelSpec, 'value'>, metric: string): readonly [number, number] | null {
  if (metric === 'positiveRate') return [0, 1];
  const row = findMetric(metric);
  if (row?.needsValue === true) return value === null ? null : fixedBounds(value);
  return row?.rowRange ?? null;
}

/** Null where amounts enter: how large one may be, nobody has said. */
function fixedBounds({
  truePositive,
  falsePositive,
  trueNegative,
  falseNegative,
}: ValueSpec): readonly [number, number] | null {
  const outcomes = [truePositive, falsePositive, trueNegative, falseNegative];
  if (outcomes.some(({ per }) => per !== undefined)) return null;
  const fixed = outcomes.map((money) => money.fixed);
  return [Math.min(...fixed), Math.max(...fixed)];
}

function refused(path: string, message: string, hint?: string): PerennialError {
  return new PerennialError('invalid_request', message, { path, ...(hint === undefined ? {} : { hint }) });
}
