import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { environmentWithoutSecrets, rootDir } from '../../config.ts';
import { supervisedVariable } from './end-with-parent.ts';
import { rotateLog } from './rotate-log.ts';

export interface NodeSpec {
  /** Arguments of Node, such as `startArguments` of src/entry-point.ts gives. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  /** False keeps the secrets of sources from it (default true). */
  readonly hasSecrets?: boolean;
}

export interface NodeChild {
  readonly pid: number;
  /** How it ended, e.g. `code 1` or `SIGKILL`. */
  readonly exited: Promise<string>;
  readonly hasExited: () => boolean;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/**
 * Starts Node in a process group of its own, its output appended to the log, its standard input held
 * open by us.
 */
export async function spawnNode(spec: NodeSpec): Promise<NodeChild> {
  await rotateLog(spec.logFile);
  const log = await open(spec.logFile, 'a', 0o600);
  try {
    const child = spawn(process.execPath, [...spec.args], {
      cwd: rootDir,
      env: {
        ...(spec.hasSecrets === false ? environmentWithoutSecrets() : process.env),
        ...spec.env,
        [supervisedVariable]: '1',
      },
      detached: true,
      stdio: ['pipe', log.fd, log.fd],
    });
    child.stdin?.on('error', () => {});
    let hasEnded = false;
    const exited = new Promise<string>((resolve) => {
      const end = (how: string) => {
        hasEnded = true;
        resolve(how);
      };
      child.once('error', (error) => end(error.message));
      child.once('exit', (code, signal) => end(signal ?? `code ${code}`));
    });
    return {
      pid: child.pid ?? 0,
      exited,
      hasExited: () => hasEnded,
      signal: (signal) => void (hasEnded || child.kill(signal)),
    };
  } finally {
    await log.close();
  }
}
