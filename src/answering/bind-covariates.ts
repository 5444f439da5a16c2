import type { Correction } from '../domain/rollout/correction.ts';
import { standardised } from '../domain/rollout/covariates.ts';
import { isText } from '../domain/features/kind-of.ts';
import type { Signature } from '../domain/spec/signature.ts';

/** What stands beside the scores of a row, whose numbers are in the order of a signature; undefined: nothing. */
export type CovariatesOf = (numbers: ArrayLike<number>) => Float64Array | undefined;

/** Features are found once, by name; one that the signature does not have is missing in every row. */
export function bindCovariates(correction: Correction | null, signature: Pick<Signature, 'columns'>): CovariatesOf {
  const standards = correction?.covariates ?? [];
  if (standards.length === 0) return () => undefined;
  const indexOf = new Map(
    signature.columns.filter((column) => !isText(column)).map(({ name, index }) => [name, index]),
  );
  const bound = standards.map((standard) => ({ standard, index: indexOf.get(standard.feature) ?? -1 }));
  return (numbers) =>
    Float64Array.from(bound, ({ standard, index }) => standardised(standard, numbers[index] ?? Number.NaN));
}
