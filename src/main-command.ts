import { createInterface } from 'node:readline';
import type { CommandJob, CommandMessage } from './domain/training/external/command-job.ts';
import { isPerennialError, PerennialError } from './domain/words/errors.ts';
import { runCommand } from './trainers/external/run/run-command.ts';

/**
 * The supervisor of one command: its job is the first line of standard input, and its words are lines of JSON on
 * standard output (`CommandMessage`). It ends all that the command started when its own standard input closes, so that
 * no command outlives the worker that asked for it, on SIGTERM, and when the command takes more than it may.
 */
async function main(): Promise<void> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  // Nobody reads any more: the command still has to be ended.
  process.stdout.on('error', end);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  const line = await new Promise<string>((resolve) => {
    process.stdin.on('end', () => resolve(''));
    createInterface({ input: process.stdin }).once('line', resolve);
  });
  if (line === '') process.exit(1);
  // oxlint-disable-next-line no-unsafe-type-assertion -- written by our own worker
  const job = JSON.parse(line) as CommandJob;
  const told = {
    onStart: (group: number) => say({ group }),
    onProgress: (progress: Extract<CommandMessage, { progress: unknown }>['progress']) => say({ progress }),
  };
  try {
    await last({ result: await runCommand(job, told, ending.signal) }, 0);
  } catch (error) {
    const { code, message, hint, path = 'trainer' } = isPerennialError(error) ? error : unexpected();
    await last({ error: { code, message, path, hint } }, 1);
  }
}

function say(message: CommandMessage): boolean {
  return process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** A pipe that nobody reads never drains: what is not taken soon is not waited for. */
function last(message: CommandMessage, code: number): Promise<never> {
  setTimeout(() => process.exit(code), 1_000).unref();
  return new Promise(() => process.stdout.write(`${JSON.stringify(message)}\n`, () => process.exit(code)));
}

function unexpected(): PerennialError {
  return new PerennialError('trainer_failed', 'The command could not be watched to its end.', { path: 'trainer' });
}

await main();
