import { PerennialError } from '../../words/errors.ts';
import { sayCount } from '../../words/say.ts';
import { sayMebibytes, type ModelProcessSpec } from './model-process.ts';

/** What a model took in a process of nothing else, as it was measured when its file was imported. */
export interface ModelMemory {
  /** Of the process before the model was in it. */
  readonly idleBytes: number;
  /** The most that the process had held when the model was loaded and warm. */
  readonly loadedBytes: number;
  /** The most that it had held after runs of so many rows, smallest first. */
  readonly runs: readonly { readonly rows: number; readonly peakBytes: number }[];
}

/** What the model adds to a process with other models in it, at its largest run. */
function addedBytes({ idleBytes, loadedBytes, runs }: ModelMemory): number {
  return Math.max(loadedBytes, runs.at(-1)?.peakBytes ?? 0) - idleBytes;
}

/** Throws `unsupported` for a model that adds more than is declared to the process that it would share. */
export function checkModelMemory(memory: ModelMemory, { process, memoryBytesMax }: ModelProcessSpec): void {
  // A process of its own had the declared limit while it was measured.
  if (process === 'own' || addedBytes(memory) <= memoryBytesMax) return;
  throw beyondMemory(process, memoryBytesMax, `It takes ${sayMebibytes(addedBytes(memory))}`);
}

export function beyondMemory(process: ModelProcessSpec['process'], bytesMax: number, what: string): PerennialError {
  const where = process === 'own' ? 'its own process' : 'the process that it would share with other models';
  return new PerennialError(
    'unsupported',
    `${what} of memory; at most ${sayMebibytes(bytesMax)} are declared for ${where}.`,
    {
      path: 'memoryBytesMax',
      hint:
        process === 'own'
          ? 'Declare more with --memory, or export a smaller model.'
          : 'Declare a process of its own with --process own, more memory with --memory, or export a smaller model.',
    },
  );
}

/** One line for whoever imports it. */
export function sayModelMemory({ idleBytes, loadedBytes, runs }: ModelMemory): string {
  const added = (bytes: number): string => sayMebibytes(Math.max(0, bytes - idleBytes));
  const steps = runs.map(({ rows, peakBytes }) => `${added(peakBytes)} at ${sayCount(rows)}`);
  return `memory: ${added(loadedBytes)} loaded; ${steps.join(', ')} rows a run`;
}
