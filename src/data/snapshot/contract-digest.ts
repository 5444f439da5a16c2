import { digestOfJson } from '../../artifacts/digest.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';

/** Digest of everything that decides which rows are accepted and how they are typed. */
export function contractDigest(spec: ModelSpec, rowsMax: number | null): string {
  const { features, target, contract, entity, eventTime } = spec;
  return digestOfJson({
    features,
    target: { ...target, labelDelay: null },
    contract,
    entity,
    eventTime,
    rowsMax,
  });
}
