import { createInterface } from 'node:readline';
import { setImmediate as nextTick } from 'node:timers/promises';
import { diskFull, isDiskFull } from './domain/words/disk-full.ts';
import { isPerennialError } from './domain/words/errors.ts';
import type { TrainJob, TrainProgress } from './domain/training/training.ts';
import { runTrain } from './trainers/run-train.ts';

/** More lines than this per second would only be noise; every line is a heartbeat. */
const lineEveryMs = 200;
const jobBytesMax = 16 * 1024 * 1024;

/**
 * The training child: one JSON job on the first line of standard input, progress lines on standard output, and last
 * `{"result": TrainReport}` or `{"error": {code, message, path, hint}}`. Exit code 0 after a result, 1 after an error.
 * It ends at once when standard input closes, so a training never outlives the worker that asked for it.
 */
async function main(): Promise<void> {
  // A closed pipe means that nobody reads any more.
  process.stdout.on('error', () => process.exit(1));
  const line = await firstLine();
  let lastLineMs = 0;
  let lastPhase = '';
  const onProgress = async (progress: TrainProgress): Promise<void> => {
    const nowMs = performance.now();
    if (progress.phase !== lastPhase || nowMs - lastLineMs >= lineEveryMs || progress.done === progress.of) {
      lastLineMs = nowMs;
      lastPhase = progress.phase;
      process.stdout.write(`${JSON.stringify(progress)}\n`);
    }
    // Training keeps the thread busy; only here can the end of standard input be noticed.
    await nextTick();
  };
  try {
    const result = await runTrain(parseJob(line), onProgress);
    process.stdout.write(`${JSON.stringify({ result })}\n`, () => process.exit(0));
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: describe(error) })}\n`, () => process.exit(1));
  }
}

function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    process.stdin.on('end', () => process.exit(1));
    process.stdin.on('error', () => process.exit(1));
    createInterface({ input: process.stdin }).once('line', resolve);
  });
}

/**
 * The shape is the parent's promise (one repository, one build); only what would fail without a clear word is checked.
 */
function parseJob(line: string): TrainJob {
  if (line.length > jobBytesMax) throw new SyntaxError(`the job is larger than ${jobBytesMax} bytes`);
  const job: unknown = JSON.parse(line);
  if (!isJob(job)) throw new SyntaxError('the first line is not a training job ({"job": "train", ...})');
  return job;
}

function isJob(value: unknown): value is TrainJob {
  return (
    typeof value === 'object' &&
    value !== null &&
    'job' in value &&
    value.job === 'train' &&
    'spec' in value &&
    'dataPaths' in value
  );
}

function describe(thrown: unknown): { code: string; message: string; path?: string; hint: string } {
  const isFull = !isPerennialError(thrown) && isDiskFull(thrown);
  const error = isFull ? diskFull('a file of the training', 'train folder') : thrown;
  if (isPerennialError(error)) {
    return {
      code: error.code,
      message: error.message,
      ...(error.path === undefined ? {} : { path: error.path }),
      hint: error.hint,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof SyntaxError)
    return { code: 'invalid_request', message, hint: 'Send one training job as one line of JSON.' };
  return { code: 'training_failed', message, hint: 'Open the run in the Temporal Web UI for the cause.' };
}

await main();
