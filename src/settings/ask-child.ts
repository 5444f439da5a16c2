import { spawn } from 'node:child_process';
import { rootDir } from '../config.ts';
import { startArguments, type EntryPoint } from '../entry-point.ts';
import { errorSaid, type PerennialError, type SaidError } from '../domain/words/errors.ts';

const answerCharactersMax = 64 * 1024 * 1024;

/**
 * Gives a job to a child process with an empty environment, as one line of JSON, and reads its one answer. Rejects with
 * what the child found, or with what `silent` says of a child that ended without an answer; `SIGKILL` is that of the
 * time-out, too.
 */
export async function askChild<Result>(
  entry: EntryPoint,
  job: unknown,
  limits: {
    readonly timeoutMs: number;
    readonly silent: (signal: NodeJS.Signals | null) => PerennialError;
    /** Ends the child before its time. */
    readonly signal?: AbortSignal;
  },
): Promise<Result> {
  const child = spawn(process.execPath, startArguments(entry), {
    cwd: rootDir,
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const end = (): boolean => child.kill('SIGKILL');
  const timer = setTimeout(end, limits.timeoutMs);
  limits.signal?.addEventListener('abort', end, { once: true });
  // A signal that was aborted before is not told again.
  if (limits.signal?.aborted === true) end();
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
  }).finally(() => {
    clearTimeout(timer);
    limits.signal?.removeEventListener('abort', end);
  });
  const answer = parse<Result>(text);
  if (answer !== null && 'result' in answer) return answer.result;
  throw answer === null ? limits.silent(signal) : errorSaid(answer.error, 'unsupported');
}

type Answer<Result> = { readonly result: Result } | { readonly error: SaidError };

function parse<Result>(text: string): Answer<Result> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && ('result' in value || 'error' in value)
      ? (value as Answer<Result>)
      : null;
  } catch {
    return null;
  }
}
