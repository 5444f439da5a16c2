import { signatureOf } from '../../src/domain/spec/signature.ts';
import type { FeatureSpec, TargetSpec } from '../../src/domain/spec/spec.ts';
import { defaultTrainers, type GbdtSpec } from '../../src/domain/spec/trainer-spec.ts';
import { columnsOf, type FeatureColumn } from '../../src/onnx/run/columns.ts';
import type { FitRequest } from '../../src/trainers/interface.ts';

/** A request on columns in memory, for tests: the last quarter of the rows is validation. */
export function fitRequest(
  target: TargetSpec,
  columns: readonly FeatureColumn[],
  labels: Float64Array,
  changes: Partial<FitRequest<GbdtSpec>> = {},
): FitRequest<GbdtSpec> {
  const features = columns.map(({ name, kind }): FeatureSpec => ({ name, kind, missing: 'allow' }));
  const cut = Math.floor(labels.length * 0.75);
  return {
    signature: signatureOf({ features, target }),
    columns: columnsOf(labels.length, columns),
    labels,
    weights: null,
    limits: [],
    training: { from: 0, to: cut },
    validation: { from: cut, to: labels.length },
    settings: { ...defaultTrainers.gbdt, learningRate: 0.1 },
    treesMax: 80,
    checkpoint: null,
    onProgress: async () => undefined,
    ...changes,
  };
}

/** Numbers in [0, 1) that look random and are the same everywhere (a multiplicative congruence, Lehmer 1951). */
export function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
