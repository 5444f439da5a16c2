import { join } from 'node:path';
import { kindOf } from '../../domain/features/kind-of.ts';
import { featuresOf, type Signature } from '../../domain/spec/signature.ts';
import type { ModelSpec, OutlierLimits, OutlierSpec } from '../../domain/spec/spec.ts';
import type { FeatureColumns } from '../../onnx/run/columns.ts';
import { withDerived } from '../../onnx/run/derive-columns.ts';
import { files } from './folder.ts';
import { readTable } from './read-table.ts';

/**
 * What is declared about outliers as limits, learnt from the rows of `training.parquet` alone: neither validation nor
 * test is read. Blocks learn limits of their own from the rows of each fold, and these are those of the release: of all
 * rows. Undefined where nothing is declared.
 */
export async function learnLimits(
  folder: string,
  spec: ModelSpec,
  signature: Signature,
): Promise<readonly OutlierLimits[] | undefined> {
  const { outliers, split } = spec;
  if (outliers === undefined) return undefined;
  const learnt = split.blocks === undefined ? [files.training] : [files.training, files.test];
  const { table } = await readTable(
    spec,
    learnt.map((file) => join(folder, file)),
    'by file',
  );
  return limitsIn(outliers, signature, await withDerived(signature, table.columns));
}

/** The same of rows in memory, all of them. */
export function limitsIn(
  outliers: readonly OutlierSpec[],
  signature: Signature,
  columns: FeatureColumns,
): readonly OutlierLimits[] {
  return featuresOf(signature).flatMap(({ name, kind }) => {
    const rule = kindOf(kind).isQuantity ? ruleOf(outliers, name) : undefined;
    return rule === undefined ? [] : limitsOf(name, rule, columns);
  });
}

/** The entry that names a feature, or else the one for all others. */
function ruleOf(outliers: readonly OutlierSpec[], name: string): OutlierSpec | undefined {
  return (
    outliers.find(({ features }) => features?.includes(name) === true) ??
    outliers.find(({ features }) => features === undefined)
  );
}

/**
 * By nearest rank, as float32, which is what a model sees. A number that is infinite there lies beyond every limit and
 * teaches none. A feature without any other value has no limits.
 */
function limitsOf(name: string, { action, quantiles }: OutlierSpec, columns: FeatureColumns): OutlierLimits[] {
  const column = columns.byName.get(name);
  if (column === undefined || !('numbers' in column)) return [];
  const values = Float32Array.from(column.numbers);
  const sorted = values.filter((value) => Number.isFinite(value)).sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  const [low, high] = [at(quantiles[0]), at(quantiles[1])];
  if (sorted.length === 0) return [];
  const below = values.filter((value) => value < low).length;
  const above = values.filter((value) => value > high).length;
  return [{ feature: name, action, low, high, below, above }];
}
