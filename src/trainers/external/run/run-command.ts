import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandJob, CommandResult } from '../../../domain/training/external/command-job.ts';
import { externalFiles, externalVariables, type ExternalProgress } from '../../../domain/training/external.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { countBytes } from './count-bytes.ts';
import { endGroup } from './end-group.ts';
import { followProgress } from './follow-progress.ts';
import { findMembers, markOf } from './group-members.ts';
import { hiderOf, hideIn } from './hide-secrets.ts';
import { keepTail, type Tail } from './keep-tail.ts';
import { beyond, didNotStart, endedBadly, type Ending } from './say-ending.ts';

const lookEveryMs = 100;
/** Every so many looks the files are counted and progress is told. */
const looksPerCount = 10;
const looksPerTell = 3;
/** Beyond the longest secret, so that one which is cut at its beginning does not reach the last words. */
const tailBytes = 16 * 1024 + 64 * 1024;
/** All that a program may write to its two streams: more is a loop that went wrong. */
const outputBytesMax = 64 * 1024 * 1024;

const wordsMsMax = 500;

type Program = ChildProcessByStdio<null, Readable, Readable>;

export interface Told {
  /** The number of the group, which is that of the program itself. */
  readonly onStart: (group: number) => void;
  readonly onProgress: (progress: ExternalProgress | null) => void;
}

/**
 * Runs a program in a process group of its own until it ends by itself, until it takes more than it may of memory, time
 * or files, or until `signal` is aborted; then nothing that it started is left. Throws `trainer_failed` in one sentence
 * unless it ended with exit code 0.
 */
export async function runCommand(job: CommandJob, told: Told, signal: AbortSignal): Promise<CommandResult> {
  const fromMs = performance.now();
  const temporary = join(job.folder, 'tmp');
  await mkdir(temporary, { recursive: true });
  // What the platform wrote is none of the program's.
  const given = (await countBytes(job.folder, { bytesMax: Infinity, entriesMax: Infinity })).bytes;
  const program = start(job, temporary);
  const tails = { error: keepTail(program.stderr, tailBytes), output: keepTail(program.stdout, tailBytes) };
  const exit = exitOf(program);
  const closed = new Promise<void>((resolve) => program.once('close', () => resolve()));
  const leader = await startOf(program, job);
  told.onStart(leader);
  const members = findMembers(leader, markOf(job.folder));
  const hide = hiderOf(job.secrets);
  let peakBytes = 0;
  const look = (bytes: number, progress?: ExternalProgress | null): void => {
    peakBytes = Math.max(peakBytes, bytes);
    if (progress !== undefined) told.onProgress(progress === null ? null : hideIn(progress, hide));
  };
  // Also after a good end: what a program leaves running would hold memory that nobody counts.
  const ending = await watch({ job, given, members, tails, exit, signal, fromMs }, look).finally(() =>
    endGroup(leader, members),
  );
  if (ending.how === 'exit' && ending.code === 0) return { tookMs: Math.round(performance.now() - fromMs), peakBytes };
  // Its last words may still be on their way.
  await Promise.race([closed, delay(wordsMsMax)]);
  throw endedBadly(job, ending, hide(tails.error.text()) || hide(tails.output.text()));
}

function start(job: CommandJob, temporary: string): Program {
  const [file = '', ...words] = job.argv;
  return spawn(file, words, {
    cwd: job.cwd,
    env: {
      ...job.environment,
      TMPDIR: temporary,
      [externalVariables.folder]: job.folder,
      [externalVariables.deadline]: String(Math.round(Date.now() + job.limits.timeMsMax)),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // The leader of a session and a group of its own: what it starts can be ended with it.
    detached: true,
  });
}

async function startOf(program: Program, job: CommandJob): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    program.once('spawn', resolve);
    program.once('error', (error) => reject(didNotStart(job, error)));
  });
  if (program.pid === undefined) throw new PerennialError('internal', 'A process that started has no number.');
  return program.pid;
}

function exitOf(program: Program): Promise<Ending> {
  return new Promise((resolve) => {
    program.once('exit', (code, by) => resolve(by === null ? { how: 'exit', code: code ?? 1 } : { how: 'signal', by }));
  });
}

interface Watched {
  readonly job: CommandJob;
  readonly given: number;
  readonly members: ReturnType<typeof findMembers>;
  readonly tails: { readonly error: Tail; readonly output: Tail };
  readonly exit: Promise<Ending>;
  readonly signal: AbortSignal;
  readonly fromMs: number;
}

/** How it came to an end: by itself, or by what it took. */
async function watch(
  { job, given, members, tails, exit, signal, fromMs }: Watched,
  tell: (residentBytes: number, progress?: ExternalProgress | null) => void,
): Promise<Ending> {
  const { limits } = job;
  const progress = followProgress(join(job.folder, externalFiles.progress));
  let ended: Ending | null = null;
  const left = exit.then((ending) => {
    ended = ending;
  });
  const cancelled = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  for (let look = 0; ; look++) {
    if (signal.aborted) return { how: 'cancelled' };
    const bytes = members().reduce((sum, { residentBytes }) => sum + residentBytes, 0);
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    tell(bytes, ended !== null || look % looksPerTell === 0 ? await progress() : undefined);
    if (bytes > limits.memoryBytesMax) return beyond('memory');
    if (ended !== null || look % looksPerCount === 0) {
      // oxlint-disable-next-line no-await-in-loop -- as above
      const much = await filesBeyond(job, given);
      if (much !== null) return beyond(much);
    }
    if (ended !== null) return ended;
    if (performance.now() - fromMs > limits.timeMsMax) return beyond('time');
    if (tails.error.bytes() + tails.output.bytes() > outputBytesMax) return beyond('output');
    // oxlint-disable-next-line no-await-in-loop -- as above
    await Promise.race([left, cancelled, delay(lookEveryMs)]);
  }
}

/** What the files of a program are too much of, if they are. */
async function filesBeyond(
  { folder, checkpoint, limits }: CommandJob,
  given: number,
): Promise<'files' | 'entries' | null> {
  const { filesBytesMax, entriesMax } = limits;
  const own = await countBytes(folder, { bytesMax: given + filesBytesMax, entriesMax });
  const kept = await countBytes(checkpoint, { bytesMax: filesBytesMax, entriesMax });
  if (own.bytes - given + kept.bytes > filesBytesMax) return 'files';
  return own.entries > entriesMax || kept.entries > entriesMax ? 'entries' : null;
}
