import { digestOfJson } from '../../artifacts/digest.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';

/** Digest of everything that decides which rows are accepted and how they are typed. */
export function contractDigest(spec: RowsSpec, rowsMax: number | null): string {
  const { features, target, contract, entity, eventTime, repairs } = spec;
  return digestOfJson({
    features,
    target: target === null ? null : { ...target, labelDelay: null },
    contract,
    entity,
    eventTime,
    rowsMax,
    ...(repairs === undefined ? {} : { repairs }),
  });
}
