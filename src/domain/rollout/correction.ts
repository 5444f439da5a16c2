import { PerennialError } from '../words/errors.ts';
import type { TaskName } from '../spec/spec.ts';
import type { Recalibration } from '../tasks/task.ts';
import { taskOf, tasks } from '../tasks/task-of.ts';
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
  const value = parsed(text);
  if (!isCorrection(value)) throw new PerennialError('artifact_corrupt', 'a stored correction has not the form of one');
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A wrong number here is a wrong answer to everybody, so all of them are looked at. */
function isCorrection(value: unknown): value is Correction {
  if (typeof value !== 'object' || value === null) return false;
  const { formatVersion, task, slope, intercepts, weights, covariates }: Partial<Correction> = value;
  if (typeof task !== 'string' || !Object.hasOwn(tasks, task)) return false;
  if (!Number.isFinite(slope) || !isNumbers(intercepts) || intercepts.length === 0) return false;
  if (formatVersion === 1) return weights === undefined && covariates === undefined;
  if (formatVersion !== 2 || !taskOf(task).correction.hasCovariates) return false;
  if (!isNumbers(weights) || weights.length === 0 || !Array.isArray(covariates)) return false;
  return covariates.length === weights.length && covariates.every(isCovariate);
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(Number.isFinite);
}
