import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decideRows, widthOf } from '../../answering/decide.ts';
import type { MeanContributions } from '../../domain/training/training.ts';
import { exactExplainer } from '../../onnx/explain/exact-explainer.ts';
import { outputExplained } from '../../onnx/explain/units.ts';
import { pickColumns, sliceColumns } from '../../onnx/run/columns.ts';
import { encodeColumns } from '../../onnx/run/encode-columns.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import type { Scored } from './score-model.ts';

/** Test rows that are explained: a mean of sizes needs no more, and each costs some milliseconds. */
const rowsMax = 100;

/**
 * How much each feature moves the score of a row on average, whichever way: the mean size of its contribution over
 * evenly spaced test rows. Null for a file that cannot be explained exactly.
 */
export async function meanContributions(
  folder: string,
  { signature, table, split }: FolderRows,
  { file, testScores }: Scored,
): Promise<MeanContributions | null> {
  const explainer = await exactExplainer(await readFile(join(folder, file.modelFile)), signature);
  if (explainer === null) return null;
  const rows = split.test.to - split.test.from;
  const count = Math.min(rowsMax, rows);
  const picked = Array.from({ length: count }, (_, at) => Math.floor((at * rows) / count));
  const columns = pickColumns(sliceColumns(table.columns, split.test.from, split.test.to), picked);
  const width = widthOf(signature);
  const scores = picked.flatMap((row) => Array.from(testScores.subarray(row * width, (row + 1) * width)));
  const decisions = decideRows(signature, () => null, scores);
  const outputOf = outputExplained[signature.task];
  const asked = encodeColumns(signature, columns).map((row, at) => ({
    row,
    output: outputOf(signature.classes, signature.classes[decisions[at] ?? 0] ?? null),
  }));
  const sums = new Float64Array(explainer.features.length);
  const reasons = await explainer.explain(asked).finally(() => explainer.close());
  for (const { contributions } of reasons)
    for (const [feature, value] of contributions.entries()) sums[feature] = (sums[feature] ?? 0) + Math.abs(value);
  const features = explainer.features.map((feature, at) => ({ feature, mean: (sums[at] ?? 0) / count }));
  return {
    rows: count,
    features: features.toSorted((left, right) => right.mean - left.mean || (left.feature < right.feature ? -1 : 1)),
  };
}
