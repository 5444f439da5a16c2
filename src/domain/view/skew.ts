import type { Aggregate } from './closed-sets.ts';
import type { ServedValue } from './look-sample.ts';
import { isWindowed, type ViewFeatureSpec } from './view-spec.ts';

/** One value that was served otherwise than the history of its view says. */
export interface Skew {
  readonly feature: string;
  readonly served: ServedValue;
  readonly recomputed: ServedValue;
}

/** The difference that was found last, for people: the prediction names its row, and never its entity. */
export interface LastSkew extends Skew {
  readonly predictionId: string;
  readonly atMs: number;
}

/** Their sums are added up in another order online than offline. */
const summed: ReadonlySet<Aggregate> = new Set(['sum', 'mean', 'ratio']);
/** Of the larger of two sums, or of 1: as far apart may they be. */
export const sumTolerance = 1e-9;

/** Whether a value is the same on both paths: bit for bit, and of sums of fractions to `sumTolerance`. */
export function isSameValue(feature: ViewFeatureSpec, served: ServedValue, recomputed: ServedValue): boolean {
  if (served === recomputed) return true;
  if (!isWindowed(feature) || !summed.has(feature.aggregate)) return false;
  if (typeof served !== 'number' || typeof recomputed !== 'number') return false;
  return Math.abs(served - recomputed) <= sumTolerance * Math.max(1, Math.abs(served), Math.abs(recomputed));
}

/** What is different, in the order of the view's features; features that were not served are not compared. */
export function skewsOf(
  features: readonly ViewFeatureSpec[],
  served: Readonly<Record<string, ServedValue>>,
  recomputed: Readonly<Record<string, ServedValue>>,
): readonly Skew[] {
  return features.flatMap((feature) => {
    const { name } = feature;
    if (!Object.hasOwn(served, name)) return [];
    const pair = { served: served[name] ?? null, recomputed: recomputed[name] ?? null };
    return isSameValue(feature, pair.served, pair.recomputed) ? [] : [{ feature: name, ...pair }];
  });
}
