import { spawn } from 'node:child_process';
import { rootDir } from '../../config.ts';
import { startArguments } from '../../entry-point.ts';
import { errorTable, PerennialError, type ErrorCode } from '../../domain/words/errors.ts';
import type { ImportJob, ImportResult } from '../../domain/spec/import-job.ts';
import { createSlots } from '../base/slots.ts';

/** A model that is not loaded and tried within this is refused: it would not answer in time either. */
const timeoutMs = 120_000;
/** Two, so that a long one does not hold up all others; whoever waits is answered before their client gives up. */
const slots = createSlots({ work: 'imports', runningMax: 2, waitingMax: 8, waitMs: 60_000 });
const answerCharactersMax = 64 * 1024 * 1024;

/**
 * Looks at a foreign file in a child process with an empty environment and bounds on time, memory and how many there
 * are at once. Throws what the child found, `unsupported`, or `overloaded`.
 */
export function inspectModelFile(job: ImportJob): Promise<ImportResult> {
  return slots.run(() => inspectInChild(job));
}

async function inspectInChild(job: ImportJob): Promise<ImportResult> {
  const child = spawn(process.execPath, startArguments('main-import'), {
    cwd: rootDir,
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify(job)}\n`);
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    if (text.length < answerCharactersMax) text += chunk;
  });
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_, by) => resolve(by));
  }).finally(() => clearTimeout(timer));
  const answer = parse(text);
  if (answer !== null && 'result' in answer) return answer.result;
  if (answer !== null) throw asError(answer.error);
  const why =
    signal === 'SIGKILL'
      ? `it was not loaded and tried within ${timeoutMs / 1_000} s, or needed too much memory`
      : 'the process that tried it ended without a word';
  throw new PerennialError('unsupported', `The model cannot be imported: ${why}.`, {
    path: 'model',
    hint: 'Export a smaller or simpler model.',
  });
}

type Answer =
  | { readonly result: ImportResult }
  | {
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly hint: string;
        readonly path: string | null;
      };
    };

function parse(text: string): Answer | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && ('result' in value || 'error' in value)
      ? (value as Answer)
      : null;
  } catch {
    return null;
  }
}

function asError(error: {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly path: string | null;
}): PerennialError {
  const code: ErrorCode = Object.hasOwn(errorTable, error.code) ? (error.code as ErrorCode) : 'unsupported';
  return new PerennialError(code, error.message, {
    hint: error.hint,
    ...(error.path === null ? {} : { path: error.path }),
  });
}
