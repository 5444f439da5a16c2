import { PerennialError } from '../words/errors.ts';
import type { Task } from '../spec/spec.ts';

/** What answers is a version plus a correction; this name stands for none. */
export const identityCorrection = 'identity';

/**
 * A bounded recalibration of one version's scores: `slope` and one intercept per class act on the logit (binary, for
 * the positive class), on log-probabilities (multiclass), or on the value (regression, in its unit).
 */
export interface Correction {
  readonly formatVersion: 1;
  readonly task: Task;
  readonly slope: number;
  /** One for binary and regression, one per class for multiclass. */
  readonly intercepts: readonly number[];
}

/**
 * Logits are clipped at these probabilities: beyond them a model's confidence says more about the model than about the
 * row.
 */
export const probabilityFloor = 0.003;

/** Corrected scores, in the layout of the raw ones. Probabilities stay within (0, 1) and sum to 1. */
export function applyCorrection(correction: Correction, raw: readonly number[]): readonly number[] {
  const { task, slope, intercepts } = correction;
  if (task === 'regression') return [(intercepts[0] ?? 0) + slope * (raw[0] ?? 0)];
  if (task === 'binary') {
    const positive = sigmoid((intercepts[0] ?? 0) + slope * logit(raw[1] ?? 0.5));
    return [1 - positive, positive];
  }
  return softmax(
    raw.map((probability, k) => (intercepts[k] ?? 0) + slope * Math.log(Math.max(probability, probabilityFloor))),
  );
}

export function logit(probability: number): number {
  const clipped = Math.min(Math.max(probability, probabilityFloor), 1 - probabilityFloor);
  return Math.log(clipped / (1 - clipped));
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function softmax(logits: readonly number[]): readonly number[] {
  const top = Math.max(...logits);
  const weights = logits.map((value) => Math.exp(value - top));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Reads a stored correction; throws `artifact_corrupt` when it is none. */
export function parseCorrection(text: string): Correction {
  const value = JSON.parse(text) as Partial<Correction>;
  const isWhole =
    value.formatVersion === 1 &&
    typeof value.slope === 'number' &&
    Array.isArray(value.intercepts) &&
    typeof value.task === 'string';
  if (!isWhole) throw new PerennialError('artifact_corrupt', 'a stored correction has not the form of one');
  return value as Correction;
}
