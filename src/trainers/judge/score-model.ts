import { widthOf } from '../../answering/decide.ts';
import { join } from 'node:path';
import { sliceColumns } from '../../onnx/run/columns.ts';
import { loadModel } from '../../onnx/run/run-model.ts';
import { scoreColumns } from '../../onnx/run/score-columns.ts';
import type { OnProgress, RowRange } from '../interface.ts';
import type { FittedFile } from '../prepare/folder.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import { checkParity, goldenRows, type Parity } from './parity.ts';
import { readPredictions } from './read-predictions.ts';

const goldenRowsMax = 2_000;

export interface Scored {
  readonly file: FittedFile;
  readonly parity: Parity;
  /** By ONNX Runtime, over the rows from validation to test: rows that a candidate was not fitted on. */
  readonly heldOutScores: Float64Array;
  /** By ONNX Runtime, over the test rows. */
  readonly testScores: Float64Array;
  /** The trainer's own answers to the validation rows. */
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
  const own = await readPredictions(folder, file, table.order.subarray(heldOut.from, heldOut.to), width);
  const loaded = await loadModel(join(folder, file.modelFile));
  try {
    await onProgress({ phase: 'parity', done: 0, of: 1, note: file.modelFile });
    const golden = goldenRows(table.columns, heldOut, goldenRowsMax);
    // The golden rows are the last ones, and so are their predictions.
    const expected = own.subarray(own.length - golden.rows * width);
    const parity = await checkParity({ family: file.family, expected }, loaded, signature, golden);
    await onProgress({ phase: 'score', done: 0, of: 1, note: file.modelFile });
    const heldOutScores = await scoreColumns(
      loaded.session,
      signature,
      sliceColumns(table.columns, heldOut.from, heldOut.to),
    );
    const within = (values: Float64Array, { from, to }: RowRange) =>
      values.subarray((from - heldOut.from) * width, (to - heldOut.from) * width);
    return {
      file,
      parity,
      heldOutScores,
      testScores: within(heldOutScores, test),
      validationPredictions: within(own, validation),
    };
  } finally {
    await loaded.session.release();
  }
}
