import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Context } from '@temporalio/activity';
import { startArguments } from '../../src/entry-point.ts';
import { PerennialError, errorTable, type ErrorCode } from '../../src/domain/words/errors.ts';
import { tellProgress } from '../heartbeat.ts';
import type { TrainJob, TrainReport } from '../../src/domain/training/training.ts';

/**
 * Runs a training in a process of its own, which knows the job and its folder and nothing else. The child is killed
 * when its worker goes: it ends by itself when its standard input closes.
 */
export async function trainInChild(job: TrainJob, rootDir: string): Promise<TrainReport> {
  const context = Context.current();
  const child = spawn(process.execPath, startArguments('main-train'), {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: rootDir,
  });
  const stop = (): void => void child.kill('SIGKILL');
  context.cancellationSignal.addEventListener('abort', stop, { once: true });
  let errorTail = '';
  child.stderr.on('data', (chunk: Buffer) => (errorTail = (errorTail + chunk.toString()).slice(-2_000)));
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(job)}\n`);
  try {
    let report: TrainReport | null = null;
    for await (const line of createInterface({ input: child.stdout })) {
      const message = parse(line);
      if (message === null) continue;
      if ('error' in message) throw childError(message.error);
      if ('result' in message) report = message.result;
      else tellProgress(message);
    }
    if (report !== null) return report;
    throw new PerennialError('training_failed', `the training child ended without a result. ${errorTail.slice(-800)}`);
  } finally {
    context.cancellationSignal.removeEventListener('abort', stop);
    child.stdin.end();
    child.kill('SIGKILL');
  }
}

type ChildMessage = { readonly result: TrainReport } | { readonly error: ChildError } | { readonly phase: string };
interface ChildError {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly hint?: string;
}

function parse(line: string): ChildMessage | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as ChildMessage) : null;
  } catch {
    return null;
  }
}

function childError(error: ChildError): PerennialError {
  const code: ErrorCode = error.code in errorTable ? (error.code as ErrorCode) : 'training_failed';
  return new PerennialError(code, error.message, error.path === undefined ? {} : { path: error.path });
}
