import { asFold } from '../prepare/fold-rows.ts';
import type { FittedFile } from '../prepare/folder.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import type { OnProgress } from '../interface.ts';
import { worstParity } from './parity.ts';
import { scoreModel, type Scored } from './score-model.ts';

/**
 * As `scoreModel`; of blocks each by its own file, and their scores one after the other, which is the order of the
 * test: no row is scored by a model that has seen it.
 */
export async function scoreFolds(
  folder: string,
  rows: FolderRows,
  file: FittedFile,
  onProgress: OnProgress,
): Promise<Scored> {
  const { folds } = rows.split;
  if (folds === undefined || file.folds === undefined) return scoreModel(folder, rows, file, onProgress);
  const scored: Scored[] = [];
  for (const [at, fold] of folds.entries())
    // oxlint-disable-next-line no-await-in-loop -- one session at a time bounds memory
    scored.push(await scoreModel(folder, asFold(rows, fold), { ...file, ...file.folds[at] }, onProgress));
  const testScores = joined(scored.map((each) => each.testScores));
  return {
    file,
    parity: worstParity(scored.map(({ parity }) => parity)),
    heldOutScores: testScores,
    testScores,
    validationPredictions: new Float64Array(0),
  };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
