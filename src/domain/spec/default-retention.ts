import { describeExtent } from '../words/extent.ts';
import type { Kept, RetentionSpec } from './parts/retention-spec.ts';

const dayMs = 86_400_000;

/** A year and a month, so that a figure can be held against the one of a year ago; verdicts for three years. */
export const defaultRetention: RetentionSpec = {
  predictions: { ms: 400 * dayMs },
  labels: { ms: 400 * dayMs },
  evidence: { ms: 1_100 * dayMs },
  artifacts: { ms: 400 * dayMs },
};

export const retentionParts = [
  'predictions',
  'labels',
  'evidence',
  'artifacts',
] as const satisfies readonly (keyof RetentionSpec)[];

/** Whole days; null keeps for ever. */
export function daysKept(kept: Kept): number | null {
  return kept === null ? null : Math.ceil(kept.ms / dayMs);
}

/** `keeps predictions 400 d, labels 400 d, evidence 1100 d, artifacts for ever`. */
export function describeRetention(retention: RetentionSpec): string {
  const said = retentionParts.map((part) => {
    const kept = retention[part];
    return `${part} ${kept === null ? 'for ever' : describeExtent(kept)}`;
  });
  return `keeps ${said.join(', ')}`;
}
