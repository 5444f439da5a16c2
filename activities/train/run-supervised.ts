import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startArguments } from '../../src/entry-point.ts';
import type { CommandJob, CommandMessage, CommandResult } from '../../src/domain/training/external/command-job.ts';
import { endGroup } from '../../src/trainers/external/run/end-group.ts';
import { findMembers, markOf } from '../../src/trainers/external/run/group-members.ts';
import type { ExternalProgress } from '../../src/domain/training/external.ts';
import { errorSaid, PerennialError } from '../../src/domain/words/errors.ts';

/** The supervisor ends its command within half a second; one that does not is ended with it. */
const patienceMs = 2_000;

/**
 * Runs a command under a supervisor in a process of its own, which ends all of it when this process is gone. A signal
 * that is aborted ends the command; the promise settles only when nothing of it is left. Throws what the supervisor
 * says, or `training_failed` where it was lost.
 */
export async function runSupervised(
  rootDir: string,
  job: CommandJob,
  onProgress: (progress: ExternalProgress | null) => void,
  signal: AbortSignal,
): Promise<CommandResult> {
  const child = spawn(process.execPath, startArguments('main-command'), {
    cwd: rootDir,
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  let group: number | null = null;
  let answer: Extract<CommandMessage, { result: unknown } | { error: unknown }> | null = null;
  child.stdin.write(`${JSON.stringify(job)}\n`);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const message = parse(line);
      if (message === null) continue;
      if ('group' in message) ({ group } = message);
      else if ('progress' in message) onProgress(message.progress);
      else answer = message;
    }
    await closed;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    child.kill('SIGKILL');
    // Without its supervisor nobody else would.
    if (answer === null && group !== null) await endGroup(group, findMembers(group, markOf(job.folder)));
  }
  if (answer === null)
    throw new PerennialError('training_failed', 'The process that watched the program of the trainer was lost.');
  if ('result' in answer) return answer.result;
  throw errorSaid(answer.error, 'trainer_failed');
}

function parse(line: string): CommandMessage | null {
  try {
    const value: unknown = JSON.parse(line);
    // oxlint-disable-next-line no-unsafe-type-assertion -- written by our own supervisor
    return typeof value === 'object' && value !== null ? (value as CommandMessage) : null;
  } catch {
    return null;
  }
}
