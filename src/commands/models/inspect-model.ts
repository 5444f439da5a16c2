import { PerennialError } from '../../domain/words/errors.ts';
import type { ImportJob, ImportResult } from '../../domain/spec/import-job.ts';
import { askChild } from '../../settings/ask-child.ts';
import { createSlots } from '../base/slots.ts';

/** A model that is not loaded and tried within this is refused: it would not answer in time either. */
const timeoutMs = 120_000;
/** Two, so that a long one does not hold up all others; whoever waits is answered before their client gives up. */
const slots = createSlots({ work: 'imports', runningMax: 2, waitingMax: 8, waitMs: 60_000 });

/**
 * Looks at a foreign file in a child process with an empty environment and bounds on time, memory and how many there
 * are at once. Throws what the child found, `unsupported`, or `overloaded`.
 */
export function inspectModelFile(job: ImportJob): Promise<ImportResult> {
  return slots.run(() => askChild<ImportResult>('main-import', job, { timeoutMs, silent: endedSilently }));
}

function endedSilently(signal: NodeJS.Signals | null): PerennialError {
  const why =
    signal === 'SIGKILL'
      ? `it was not loaded and tried within ${timeoutMs / 1_000} s, or needed too much memory`
      : 'the process that tried it ended without a word';
  return new PerennialError('unsupported', `The model cannot be imported: ${why}.`, {
    path: 'model',
    hint: 'Export a smaller or simpler model.',
  });
}
