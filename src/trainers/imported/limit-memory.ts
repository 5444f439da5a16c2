import { stat } from 'node:fs/promises';
import { isAbsent } from '../../domain/words/is-absent.ts';
import { endBeyondMemory } from '../../onnx/run/end-beyond-memory.ts';

/** What an import may take beside copies of its own files. */
const importMemoryBytes = 1024 * 1024 * 1024;
/** A model file is in memory as it came, renamed, and as the runtime holds it, before and after it is wrapped. */
const copiesOfModel = 6;
/** A table is in memory as text, as cells and as columns. */
const copiesOfTable = 10;

/**
 * Ends this process, with a refusal as its answer, as soon as it holds more than an import may: 1 GiB beside its own
 * files. Resolves once the memory is watched.
 */
export async function limitMemory(models: readonly string[], tables: readonly (string | null)[]): Promise<void> {
  const modelBytes = await sizeOf(models);
  const bytesMax = importMemoryBytes + copiesOfModel * modelBytes + copiesOfTable * (await sizeOf(tables));
  const error = {
    code: 'unsupported',
    message: `The model needs more than ${Math.round(bytesMax / 1024 ** 2)} MiB of memory to be tried.`,
    hint: 'Export a smaller model, whose memory grows only as the number of rows does.',
    path: 'model',
  };
  await endBeyondMemory(bytesMax, `${JSON.stringify({ error })}\n`);
}

async function sizeOf(files: readonly (string | null)[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (file === null ? 0 : await bytesOf(file))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What is not there takes nothing; that it is missing is said by whoever reads it. */
async function bytesOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    (error: unknown) => {
      if (isAbsent(error)) return 0;
      throw error;
    },
  );
}
