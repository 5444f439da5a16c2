import { widthOf } from '../../answering/decide.ts';
import { join } from 'node:path';
import { PerennialError } from '../../domain/words/errors.ts';
import { pickColumns, sliceColumns } from '../../onnx/run/columns.ts';
import { loadModel, type LoadedModel } from '../../onnx/run/run-model.ts';
import { scoreColumns } from '../../onnx/run/score-columns.ts';
import type { OnProgress, RowRange } from '../interface.ts';
import type { FittedFile } from '../prepare/folder.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import { checkParity, foreignTolerance, goldenRows, notCompared, ownTolerance, type Parity } from './parity.ts';
import { readPredictions } from './read-predictions.ts';

const goldenRowsMax = 2_000;

export interface Scored {
  readonly file: FittedFile;
  readonly parity: Parity;
  /** By ONNX Runtime, over the rows from validation to test: rows that a candidate was not fitted on. */
  readonly heldOutScores: Float64Array;
  /** By ONNX Runtime, over the test rows. */
  readonly testScores: Float64Array;
  /** The trainer's own answers to the validation rows; those of the file where somebody else trained it. */
  readonly validationPredictions: Float64Array;
}

/**
 * Loads the ONNX file, proves that it says what its trainer says, and scores with it the rows that a candidate has not
 * seen.
 */
export async function scoreModel(
  folder: string,
  rows: FolderRows,
  file: FittedFile,
  onProgress: OnProgress,
): Promise<Scored> {
  const { table, signature } = rows;
  const { validation, test } = rows.split;
  const heldOut = { from: validation.from, to: test.to };
  const width = widthOf(signature);
  const expected = await answersOf(folder, rows, file);
  const loaded = await loadModel(join(folder, file.modelFile));
  try {
    await onProgress({ phase: 'parity', done: 0, of: 1, note: file.modelFile });
    const parity = expected === null ? notCompared : await compare(file, expected, loaded, rows);
    await onProgress({ phase: 'score', done: 0, of: 1, note: file.modelFile });
    const heldOutScores = await scoreColumns(
      loaded.session,
      signature,
      sliceColumns(table.columns, heldOut.from, heldOut.to),
    );
    if (isForeign(file)) refuseUnanswered(heldOutScores, width);
    const within = (values: Float64Array, { from, to }: RowRange) =>
      values.subarray((from - heldOut.from) * width, (to - heldOut.from) * width);
    return {
      file,
      parity,
      heldOutScores,
      testScores: within(heldOutScores, test),
      // What somebody else's program says of its answers was compared, and is not gone by.
      validationPredictions: within(isForeign(file) ? heldOutScores : (expected ?? heldOutScores), validation),
    };
  } finally {
    await loaded.session.release();
  }
}

/** Made by a program of somebody else. */
function isForeign({ family }: FittedFile): boolean {
  return family === 'external';
}

/**
 * What the trainer itself answers to the rows that a candidate has not seen; null where it gave none. A program of
 * somebody else does not see the rows between validation and test, nor the one in which everything is missing.
 */
async function answersOf(
  folder: string,
  { table, signature, split: { validation, test } }: FolderRows,
  file: FittedFile,
): Promise<Float64Array | null> {
  const { family, predictionsFile } = file;
  if (predictionsFile === null) return null;
  const width = widthOf(signature);
  const answering = { family, predictionsFile, hasMissingRow: !isForeign(file) };
  const order = isForeign(file)
    ? Float64Array.from(rowsIn([validation, test]), (row) => table.order[row] ?? Number.NaN)
    : table.order.subarray(validation.from, test.to);
  return readPredictions(folder, answering, order, width);
}

function compare(
  file: FittedFile,
  own: Float64Array,
  loaded: LoadedModel,
  { table, signature, split: { validation, test } }: FolderRows,
): Promise<Parity> {
  const golden = isForeign(file)
    ? pickColumns(table.columns, rowsIn([validation, test]).slice(-goldenRowsMax))
    : goldenRows(table.columns, { from: validation.from, to: test.to }, goldenRowsMax);
  // The golden rows are the last ones, and so are their predictions.
  const expected = own.subarray(own.length - golden.rows * widthOf(signature));
  const tolerance = isForeign(file) ? foreignTolerance : ownTolerance;
  return checkParity({ family: file.family, expected }, loaded, signature, golden, tolerance);
}

function rowsIn(ranges: readonly RowRange[]): readonly number[] {
  return ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at));
}

/** Without a number for each row nothing can be measured, and nothing answered. */
function refuseUnanswered(scores: Float64Array, width: number): void {
  const rows = scores.length / width;
  const unanswered = new Set<number>();
  for (const [at, score] of scores.entries()) if (!Number.isFinite(score)) unanswered.add(Math.floor(at / width));
  if (unanswered.size === 0) return;
  throw new PerennialError(
    'invalid_data',
    `the model file of the trainer gives no number for ${unanswered.size} of ${rows} rows of validation and test`,
    { hint: 'Let it answer rows in which values are missing: with an imputer inside the file, or with trees.' },
  );
}
