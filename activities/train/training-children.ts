import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Context } from '@temporalio/activity';
import { environmentWithoutSecrets } from '../../src/config.ts';
import { startArguments } from '../../src/entry-point.ts';
import { errorSaid, PerennialError, type SaidError } from '../../src/domain/words/errors.ts';
import { tellProgress } from '../heartbeat.ts';
import type { TrainingJobs, TrainingResults, TrainingWork } from '../../src/domain/training/training.ts';

/** The next step of a training comes within milliseconds; a process that nobody needs holds memory. */
const idleMsMax = 5_000;
const errorTailChars = 2_000;

export interface TrainingChildren {
  /**
   * Does a step of a training in a process of its own, which knows the job and its folder and nothing else. Every line
   * that it says is a heartbeat. A cancelled activity kills it. Throws what the step throws.
   */
  readonly run: <Step extends TrainingWork>(job: TrainingJobs[Step]) => Promise<TrainingResults[Step]>;
}

interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  readonly lines: AsyncIterator<string>;
  readonly errorTail: () => string;
}

/**
 * The processes of the trainings of one worker. One that has done a step stays a moment for the next one, because a
 * process takes longer to start than most steps take between each other. They end by themselves when their standard
 * input closes, so none outlives its worker.
 */
export function createTrainingChildren(rootDir: string): TrainingChildren {
  const idle = new Map<Child, NodeJS.Timeout>();

  function take(): Child {
    for (const [child, timer] of idle) {
      clearTimeout(timer);
      idle.delete(child);
      if (isAlive(child)) return child;
    }
    return start(rootDir);
  }

  function keep(child: Child): void {
    const timer = setTimeout(() => {
      idle.delete(child);
      end(child);
    }, idleMsMax);
    timer.unref();
    idle.set(child, timer);
  }

  return {
    async run<Step extends TrainingWork>(job: TrainingJobs[Step]): Promise<TrainingResults[Step]> {
      const { cancellationSignal } = Context.current();
      const child = take();
      const stop = (): void => end(child);
      cancellationSignal.addEventListener('abort', stop, { once: true });
      let isWell = false;
      try {
        child.process.stdin.write(`${JSON.stringify(job)}\n`);
        const result = await resultOf<Step>(child);
        isWell = true;
        return result;
      } finally {
        cancellationSignal.removeEventListener('abort', stop);
        if (isWell && isAlive(child)) keep(child);
        else end(child);
      }
    },
  };
}

function start(rootDir: string): Child {
  const child = spawn(process.execPath, startArguments('main-train'), {
    stdio: 'pipe',
    cwd: rootDir,
    env: { ...environmentWithoutSecrets() },
  });
  let errorTail = '';
  child.stderr.on('data', (chunk: Buffer) => (errorTail = (errorTail + chunk.toString()).slice(-errorTailChars)));
  // A child that is gone is noticed by the end of its lines.
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => (errorTail = error.message));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { process: child, lines, errorTail: () => errorTail };
}

function isAlive({ process: { exitCode, signalCode } }: Child): boolean {
  return exitCode === null && signalCode === null;
}

function end({ process: child }: Child): void {
  child.stdin.end();
  child.kill('SIGKILL');
}

async function resultOf<Step extends TrainingWork>(child: Child): Promise<TrainingResults[Step]> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one line after the other
    const { done, value } = await child.lines.next();
    if (done === true) {
      const tail = child.errorTail().slice(-800);
      throw new PerennialError('training_failed', `the training child ended without a result. ${tail}`);
    }
    const message = parse<Step>(value);
    if (message === null) continue;
    if ('error' in message) throw errorSaid(message.error, 'training_failed');
    if ('result' in message) return message.result;
    tellProgress(message);
  }
}

type ChildMessage<Step extends TrainingWork> =
  | { readonly result: TrainingResults[Step] }
  | { readonly error: SaidError }
  | { readonly phase: string };

function parse<Step extends TrainingWork>(line: string): ChildMessage<Step> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as ChildMessage<Step>) : null;
  } catch {
    return null;
  }
}
