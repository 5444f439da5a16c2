import { directionOf, titleOf } from '../../metrics/metrics.ts';
import { isRows } from '../../words/extent.ts';
import { sayCount, sayNumber } from '../../words/say.ts';
import { problemIf, type SpecProblem } from '../spec-bounds.ts';
import type { About, ModelSpec, SuccessCriterion } from '../spec.ts';
import { checkMetric } from './check-metric.ts';

/** Rows over which a criterion is asked that names no window, where windows are in time. */
const windowRowsUsual = 500;
/** More would be read again at every window. */
export const successRowsMax = 5_000;

/** The criterion that can be judged; null where it is words. */
export function judgedCriterion({ successCriterion }: About): SuccessCriterion | null {
  return typeof successCriterion === 'string' ? null : successCriterion;
}

/** Its words, or the metric with its bound. */
export function saySuccess({ successCriterion }: About): string {
  if (typeof successCriterion === 'string') return successCriterion;
  const { windowRows } = successCriterion;
  const over = windowRows === undefined ? '' : ` over ${sayCount(windowRows)} rows`;
  return `${titleOf(successCriterion.metric)} ${sayBound(successCriterion)}${over}`;
}

/** `at least 0.1`, in the unit of the metric. */
export function sayBound(criterion: SuccessCriterion): string {
  return 'atLeast' in criterion ? `at least ${sayNumber(criterion.atLeast)}` : `at most ${sayNumber(criterion.atMost)}`;
}

/** How many of the latest mature rows are asked: as many as a window has, unless the criterion says otherwise. */
export function successRowsOf({ windowRows }: SuccessCriterion, { window }: ModelSpec['watch']): number {
  return Math.min(successRowsMax, windowRows ?? (isRows(window) ? window.rows : windowRowsUsual));
}

export function checkSuccess(spec: ModelSpec): SpecProblem[] {
  const criterion = judgedCriterion(spec.about);
  if (criterion === null) return [];
  const path = 'about.successCriterion';
  const isHigher = directionOf(criterion.metric) === 1;
  return [
    ...checkMetric(`${path}.metric`, criterion.metric, spec),
    ...problemIf(
      isHigher !== 'atLeast' in criterion,
      path,
      `${isHigher ? 'more' : 'less'} ${titleOf(criterion.metric)} is better`,
      `Use ${isHigher ? 'atLeast' : 'atMost'}.`,
    ),
  ];
}
