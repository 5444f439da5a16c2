import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeatureColumns } from '../../src/onnx/run/columns.ts';
import { loadModel, runModel } from '../../src/onnx/run/run-model.ts';
import type { FittedModel } from '../../src/trainers/interface.ts';

/** What ONNX Runtime answers to rows by the file of a fitted model: row-major scores. */
export async function answersOf(model: FittedModel, columns: FeatureColumns): Promise<ArrayLike<number>> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-answers-'));
  try {
    const path = join(folder, 'model.onnx');
    await writeFile(path, model.toOnnx('digest'));
    const { session } = await loadModel(path);
    try {
      return (await runModel(session, columns)).scores;
    } finally {
      await session.release();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
