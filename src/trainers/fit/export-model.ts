import { widthOf } from '../../answering/decide.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Signature } from '../../domain/spec/signature.ts';
import { sliceColumns, type FeatureColumns } from '../../onnx/run/columns.ts';
import { loadModel } from '../../onnx/run/run-model.ts';
import { scoreColumns } from '../../onnx/run/score-columns.ts';
import type { FittedModel, OnProgress, RowRange } from '../interface.ts';
import { checkParity, goldenRows, type Parity } from './parity.ts';

const goldenRowsMax = 2_000;

export interface ExportRequest {
  readonly model: FittedModel;
  readonly signature: Signature;
  readonly columns: FeatureColumns;
  /** Validation and test rows; the last 2,000 of them are golden. */
  readonly golden: RowRange;
  readonly test: RowRange;
  readonly dataDigest: string;
  readonly outputDir: string;
  readonly modelFile: string;
  readonly onProgress: OnProgress;
}

export interface Exported {
  readonly modelFile: string;
  readonly parity: Parity;
  readonly testScores: Float64Array;
  /** Scores of the golden range: rows that a candidate was not fitted on. */
  readonly heldOutScores: Float64Array;
}

/**
 * Writes the ONNX file, loads it again, proves that it says what the trainer says, and scores the test rows with it.
 */
export async function exportModel(request: ExportRequest): Promise<Exported> {
  const { model, signature, columns, golden, test, modelFile, onProgress } = request;
  const path = join(request.outputDir, modelFile);
  await onProgress({ phase: 'export', done: 0, of: 1, note: modelFile });
  await writeFile(path, model.toOnnx(request.dataDigest));
  const loaded = await loadModel(path);
  try {
    await onProgress({ phase: 'parity', done: 0, of: 1, note: modelFile });
    const parity = await checkParity(model, loaded, signature, goldenRows(columns, golden, goldenRowsMax));
    await onProgress({ phase: 'score', done: 0, of: 1, note: modelFile });
    const heldOutScores = await scoreColumns(loaded.session, signature, sliceColumns(columns, golden.from, golden.to));
    const width = widthOf(signature);
    return {
      modelFile,
      parity,
      heldOutScores,
      testScores: heldOutScores.subarray((test.from - golden.from) * width, (test.to - golden.from) * width),
    };
  } finally {
    await loaded.session.release();
  }
}
