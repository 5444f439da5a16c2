import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTick } from 'node:timers/promises';
import { servedRowsPerRunMax } from './domain/spec/parts/model-process.ts';
import { signatureOf } from './domain/spec/signature.ts';
import { diskFull, isDiskFull } from './domain/words/disk-full.ts';
import { isPerennialError } from './domain/words/errors.ts';
import type {
  MeasureJob,
  TrainingJobs,
  TrainingResults,
  TrainingStep,
  TrainProgress,
} from './domain/training/training.ts';
import { sliceColumns } from './onnx/run/columns.ts';
import { measureFootprint } from './serving/model-process/measure-footprint.ts';
import type { OnProgress } from './trainers/interface.ts';
import { readFolder } from './trainers/prepare/read-folder.ts';
import { isStep, runStep } from './trainers/run-train.ts';

/** More lines than this per second would only be noise; every line is a heartbeat. */
const lineEveryMs = 200;
const jobBytesMax = 16 * 1024 * 1024;
/** As many as a run of serving takes; more would only be copied about. */
const measuredRowsMax = servedRowsPerRunMax;

type Asked =
  | { readonly step: 'measure'; readonly job: MeasureJob }
  | { readonly step: TrainingStep; readonly job: TrainingJobs[TrainingStep] };

/**
 * The training child: JSON jobs on standard input, one a line and one at a time; for each of them progress lines on
 * standard output, and last `{"result": …}` or `{"error": {code, message, path, hint}}`. An error ends it with exit
 * code 1; after a result it waits for the next job. It ends at once when standard input closes, so a training never
 * outlives the worker that asked for it: with 0, and with 1 in the middle of a job.
 */
async function main(): Promise<void> {
  // A closed pipe means that nobody reads any more.
  process.stdout.on('error', () => process.exit(1));
  let isBusy = false;
  process.stdin.on('end', () => process.exit(isBusy ? 1 : 0));
  process.stdin.on('error', () => process.exit(1));
  for await (const line of createInterface({ input: process.stdin })) {
    isBusy = true;
    await answer(line);
    isBusy = false;
  }
}

async function answer(line: string): Promise<void> {
  try {
    const asked = parseJob(line);
    const result = await (asked.step === 'measure'
      ? measure(asked.job, progressLines())
      : runStep(asked.step, asked.job, progressLines()));
    process.stdout.write(`${JSON.stringify({ result })}\n`);
  } catch (error) {
    await new Promise((resolve) => {
      process.stdout.write(`${JSON.stringify({ error: describe(error) })}\n`, resolve);
    });
    process.exit(1);
  }
}

/** The file as it is served and not as it was made: so it is joined here, where serving may be named. */
async function measure(
  { folder, modelFile, champion, measures, rounds }: MeasureJob,
  onProgress: OnProgress,
): Promise<TrainingResults['measure']> {
  const { signature, table, split } = await readFolder(folder);
  const { from, to } = split.test;
  return measureFootprint({
    candidate: { path: join(folder, modelFile), signature, isShared: true },
    champion:
      champion === null ? null : { path: champion.path, signature: signatureOf(champion), isShared: champion.isShared },
    columns: sliceColumns(table.columns, Math.max(from, to - measuredRowsMax), to),
    measures,
    ...(rounds === undefined ? {} : { rounds }),
    onProgress: (done, of) => onProgress({ phase: 'measure', done, of }),
  });
}

function progressLines(): (progress: TrainProgress) => Promise<void> {
  let lastLineMs = 0;
  let lastPhase = '';
  return async (progress) => {
    const nowMs = performance.now();
    if (progress.phase !== lastPhase || nowMs - lastLineMs >= lineEveryMs || progress.done === progress.of) {
      lastLineMs = nowMs;
      lastPhase = progress.phase;
      process.stdout.write(`${JSON.stringify(progress)}\n`);
    }
    // Training keeps the thread busy; only here can the end of standard input be noticed.
    await nextTick();
  };
}

/**
 * The shape is the parent's promise (one repository, one build); only what would fail without a clear word is checked.
 */
function parseJob(line: string): Asked {
  if (line.length > jobBytesMax) throw new SyntaxError(`the job is larger than ${jobBytesMax} bytes`);
  const job: unknown = JSON.parse(line);
  // A comparison reads files of several folders; everything else has one.
  if (typeof job === 'object' && job !== null && 'job' in job && ('folder' in job || job.job === 'compare')) {
    if (job.job === 'measure') return { step: job.job, job: job as MeasureJob };
    if (isStep(job.job)) return { step: job.job, job: job as TrainingJobs[TrainingStep] };
  }
  throw new SyntaxError('the line is not a job of a training ({"job": "fit", "folder": ...})');
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
