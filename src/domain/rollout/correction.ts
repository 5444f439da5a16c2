import { PerennialError } from '../words/errors.ts';
import type { TaskName } from '../spec/spec.ts';
import type { Recalibration } from '../tasks/task.ts';
import { taskOf } from '../tasks/task-of.ts';
import { isCovariate, type Covariate } from './covariates.ts';

/** Where a digest of a correction is expected, this name says that the version answers uncorrected. */
export const identityCorrection = 'identity';

/**
 * Verdicts of evidence that changed no answer: somebody holds the correction (or the model is frozen), or the plan only
 * looks. What was judged stands in the body.
 */
export const silentVerdicts = ['held', 'shadow'] as const;

export function isSilent(verdict: string): boolean {
  return silentVerdicts.some((silent) => silent === verdict);
}

/** A bounded recalibration of one version's scores; what slope and intercepts act on, its task knows. */
export interface Correction extends Recalibration {
  /** 2: with covariates, one for each of `weights`. */
  readonly formatVersion: 1 | 2;
  readonly task: TaskName;
  readonly covariates?: readonly Covariate[];
}

/** Corrected scores, in the layout of the raw ones. Probabilities stay within (0, 1) and sum to 1. */
export function applyCorrection(
  correction: Correction,
  raw: readonly number[],
  covariates?: ArrayLike<number>,
): readonly number[] {
  return taskOf(correction.task).correction.apply(correction, raw, covariates);
}

/** Reads a stored correction; throws `artifact_corrupt` when it is none. */
export function parseCorrection(text: string): Correction {
  const value = JSON.parse(text) as Partial<Correction>;
  const { covariates = [], weights = [] } = value;
  const isWhole =
    (value.formatVersion === 1 || value.formatVersion === 2) &&
    covariates.length === weights.length &&
    covariates.every(isCovariate) &&
    weights.every(Number.isFinite) &&
    typeof value.slope === 'number' &&
    Array.isArray(value.intercepts) &&
    typeof value.task === 'string';
  if (!isWhole) throw new PerennialError('artifact_corrupt', 'a stored correction has not the form of one');
  return value as Correction;
}
