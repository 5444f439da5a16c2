import { parseArgs } from 'node:util';
import { PerennialError } from '../../../domain/words/errors.ts';
import { taskQueues } from '../../../domain/words/ids.ts';
import { cut } from '../../../domain/words/cut.ts';
import { wrongLine } from '../../../domain/words/wrong-line.ts';

export interface WorkerOptions {
  readonly queues: readonly string[];
  readonly gpus: number;
  readonly help: boolean;
}

export const workerHelp = `perennial worker [--queues QUEUE,…] [--gpus N]

Runs one more worker, until Ctrl-C; it finishes what it has in hand. Those of your own trainers are shown by
\`perennial worker list\`. Queues:

  perennial              workflows and light activities
  perennial-cpu          data and training
  perennial-guard        looks that may lead to a way back; comes with perennial-cpu
  perennial-gpu          fits of definitions with \`gpu\`
  perennial-gpu-<tag>    the same, for definitions that ask for this tag

  --queues LIST  what it serves, separated by commas (default perennial,perennial-cpu,perennial-guard)
  --gpus N       fits at a time on each GPU queue, one per GPU (1 to 64, default 1)

Without settings it joins what \`perennial dev\` runs here. Elsewhere it needs DATABASE_URL, TEMPORAL_ADDRESS (or a
Temporal profile) and, on another machine, PERENNIAL_ARTIFACT_DIR and PERENNIAL_TRAIN_DIR: the folders of artifacts and
of trainings that all of them share.

Examples:
  perennial worker --queues perennial-gpu --gpus 2
  perennial worker --queues perennial-cpu,perennial-gpu-a100`;

const defaultQueues: readonly string[] = [taskQueues.workflows, taskQueues.cpu, taskQueues.guard];
const gpusMax = 64;
/** As in the definition of a model: 1 to 32 lower-case letters, digits or dashes. */
const gpuQueue = /^perennial-gpu(-[a-z0-9][a-z0-9-]{0,31})?$/;

/** Parses the line; every mistake is one sentence that names the flag. */
export function parseWorker(args: readonly string[]): WorkerOptions {
  const values = parsed(args);
  const queues = [...new Set((values.queues ?? defaultQueues.join(',')).split(',').map((queue) => queue.trim()))];
  for (const queue of queues) {
    if (defaultQueues.includes(queue) || gpuQueue.test(queue)) continue;
    throw wrong(
      '--queues',
      `--queues names "${cut(queue, 60)}", which is no queue of ours.`,
      'The queues, separated by commas: perennial, perennial-cpu, perennial-guard, perennial-gpu, perennial-gpu-<tag>.',
    );
  }
  if (values.gpus === undefined) return { queues, gpus: 1, help: values.help === true };
  const gpus = Number(values.gpus);
  if (!/^\d+$/.test(values.gpus) || gpus < 1 || gpus > gpusMax)
    throw wrong('--gpus', `--gpus must be a whole number from 1 to ${gpusMax}.`, 'One per GPU that this machine has.');
  if (!queues.some((queue) => gpuQueue.test(queue)))
    throw wrong(
      '--gpus',
      '--gpus belongs to a GPU queue, and --queues names none.',
      'Add perennial-gpu or perennial-gpu-<tag> to --queues, or leave --gpus out.',
    );
  return { queues, gpus, help: values.help === true };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { queues: { type: 'string' }, gpus: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    throw wrongLine(error, 'perennial worker --help');
  }
}

function wrong(path: string, message: string, hint: string): PerennialError {
  return new PerennialError('invalid_request', message, { path, hint });
}
