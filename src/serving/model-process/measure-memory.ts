import { beyondMemory, type ModelMemory } from '../../domain/spec/parts/model-memory.ts';
import {
  modelProcessBounds,
  servedRowsPerRunMax,
  type ModelProcessSpec,
} from '../../domain/spec/parts/model-process.ts';
import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { rowsPerRunMax } from '../../onnx/run/run-model.ts';
import { startModelChild } from './model-child.ts';
import { packRows } from './packed-rows.ts';

/** What a process without a model may hold beside it. */
const idleBytesMax = 256 * 1024 ** 2;

/**
 * Loads the file in a child of its own and runs it on more and more rows, up to the largest run that there is where it
 * will be: the child is the one that serves a model with a process of its own. Throws `unsupported` for a model that
 * goes beyond what is declared for it.
 */
export async function measureMemory(
  path: string,
  signature: Signature,
  row: (index: number) => EncodedRow,
  declared: ModelProcessSpec,
): Promise<ModelMemory> {
  const { process, memoryBytesMax, timeoutMs } = declared;
  const isOwn = process === 'own';
  const child = startModelChild(path, signature, {
    memoryBytesMax: memoryBytesMax + (isOwn ? 0 : idleBytesMax),
    timeoutMs: isOwn ? timeoutMs : modelProcessBounds.timeoutMs.max,
  });
  try {
    await child.loaded;
    const loadedBytes = await child.peakBytes();
    const runs: { readonly rows: number; readonly peakBytes: number }[] = [];
    for (const rows of [1, 7, 64, servedRowsPerRunMax, ...(isOwn ? [] : [rowsPerRunMax])]) {
      // oxlint-disable-next-line no-await-in-loop -- each run adds to what the one before took
      await child.score(
        packRows(
          signature,
          Array.from({ length: rows }, (_, index) => row(index)),
        ),
      );
      // oxlint-disable-next-line no-await-in-loop -- after its run
      runs.push({ rows, peakBytes: await child.peakBytes() });
    }
    return { idleBytes: child.idleBytes, loadedBytes, runs };
  } catch (error) {
    if (!(error instanceof PerennialError) || error.code !== 'unavailable') throw error;
    const { how, why } = await child.ended;
    if (how === 'memory') throw beyondMemory(process, memoryBytesMax, 'It takes more than that');
    throw new PerennialError('unsupported', `The model cannot be served: ${why}.`, {
      path: 'model',
      hint: 'Export a smaller or simpler model.',
      cause: error,
    });
  } finally {
    child.end();
    await child.ended;
  }
}
