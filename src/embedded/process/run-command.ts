import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Exit code; undefined when it could not be started, was killed, or ran past its limit. */
  readonly code: number | undefined;
  /** Standard output and standard error together, the last 64 KiB. */
  readonly output: string;
  readonly hasTimedOut: boolean;
}

export interface CommandOptions {
  readonly limitMs: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly onOutput?: (text: string) => void;
}

const outputMax = 65_536;

/**
 * Runs a command to its end within `limitMs`; never throws: a missing program is a result with its reason as output.
 */
export function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    let hasTimedOut = false;
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...(options.env ?? process.env) },
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // A build must not go on when we are told to end.
    const kill = () => void child.kill('SIGKILL');
    process.once('exit', kill);
    const timer = setTimeout(() => {
      hasTimedOut = true;
      child.kill('SIGKILL');
    }, options.limitMs);
    const take = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-outputMax);
      options.onOutput?.(chunk.toString('utf8'));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const finish = (code: number | undefined) => {
      clearTimeout(timer);
      process.removeListener('exit', kill);
      resolve({ code, output, hasTimedOut: hasTimedOut });
    };
    child.once('error', (error) => {
      output += error.message;
      finish(undefined);
    });
    child.once('close', (code) => finish(code ?? undefined));
  });
}

/** The last lines of an output as one line, for an error message. */
export function lastLines(output: string, count = 3): string {
  return output
    .trim()
    .split(/\r?\n/)
    .slice(-count)
    .map((line) => line.trim())
    .join(' / ')
    .slice(-600);
}
