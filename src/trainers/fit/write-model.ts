import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { columnsOf, missingColumn } from '../../onnx/run/columns.ts';
import { withDerived } from '../../onnx/run/derive-columns.ts';
import type { FittedModel, OnProgress, RowRange } from '../interface.ts';
import type { FileNames, OwnFile } from '../prepare/folder.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import { writePredictions } from './write-predictions.ts';

/** Writes a model as ONNX, and beside it what the trainer itself answers to the rows that a candidate has not seen. */
export async function writeModel(
  folder: string,
  { table, split, signature, dataDigest }: FolderRows,
  fitted: { readonly model: FittedModel; readonly fittedOn: RowRange },
  file: FileNames,
  onProgress: OnProgress,
): Promise<OwnFile> {
  const { model, fittedOn } = fitted;
  const missingRow = await withDerived(
    signature,
    columnsOf(
      1,
      signature.columns.map(({ name, kind }) => missingColumn(name, kind, 1)),
    ),
  );
  await onProgress({ phase: 'export', done: 0, of: 1, note: file.modelFile });
  await writeFile(join(folder, file.modelFile), model.toOnnx(dataDigest));
  const asked = { from: split.validation.from, to: split.test.to };
  await writePredictions(join(folder, file.predictionsFile), {
    order: table.order.subarray(asked.from, asked.to),
    known: model.predict(table.columns, asked),
    missing: model.predict(missingRow, { from: 0, to: 1 }),
  });
  return { ...file, family: model.family, trees: model.trees, importance: model.importance, fittedOn };
}
