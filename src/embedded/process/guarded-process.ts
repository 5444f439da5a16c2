import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PerennialError } from '../../domain/words/errors.ts';
import { forgetProcess, recordFileOf } from './process-record.ts';
import { rotateLog } from './rotate-log.ts';

export interface StopStep {
  readonly signal: NodeJS.Signals;
  /** How long this signal may take before the next one is sent. */
  readonly waitMs: number;
}

export interface GuardedPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  readonly stateDir: string;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly stopSteps: readonly StopStep[];
}

export interface GuardedProcess {
  readonly pid: number;
  readonly guardianPid: number;
  /** Settles when the engine has ended, or when its guardian has and the engine was stopped after it. */
  readonly exited: Promise<void>;
  readonly hasExited: () => boolean;
  /** Asks the guardian to stop the engine; settles when it is gone (bounded by the steps of the plan). */
  readonly stop: () => Promise<void>;
}

const guardianFile = fileURLToPath(new URL('./guardian.mjs', import.meta.url));
const spawnLimitMs = 15_000;

/** Starts a command behind a guardian that ends it when this process ends, however that happens. */
export async function startGuarded(plan: GuardedPlan): Promise<GuardedProcess> {
  await rotateLog(plan.logFile);
  const recordFile = await recordFileOf(plan.stateDir, plan.name);
  const { name, command, args, cwd, logFile, uid, gid, stopSteps } = plan;
  const guardian = spawn(
    process.execPath,
    [guardianFile, JSON.stringify({ name, command, args, cwd, logFile, recordFile, uid, gid, stopSteps })],
    {
      cwd,
      env: { ...plan.env },
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  guardian.stdin.on('error', () => {});
  guardian.stdout.on('error', () => {});

  let hasEnded = false;
  const closed = new Promise<void>((resolve) => {
    guardian.once('error', () => resolve());
    guardian.once('exit', () => resolve());
  });
  const pid = await firstReport(name, guardian.stdout, closed);
  const exited = closed.then(async () => {
    // A guardian that was killed leaves its engine running: nothing else may start on its files before it is gone.
    await forgetProcess(plan.stateDir, { name, pid }).catch(() => {});
    hasEnded = true;
  });
  return {
    pid,
    guardianPid: guardian.pid ?? 0,
    exited,
    hasExited: () => hasEnded,
    stop: async () => {
      guardian.stdin.end();
      await exited;
    },
  };
}

function firstReport(name: string, stdout: NodeJS.ReadableStream, closed: Promise<void>): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (reason: string) =>
      reject(new PerennialError('unavailable', `${name} could not be started: ${reason}.`));
    const timer = setTimeout(() => refuse(`no process after ${spawnLimitMs / 1_000} s`), spawnLimitMs);
    createInterface({ input: stdout }).on('line', (line) => {
      const report = JSON.parse(line) as { pid?: number; error?: string };
      clearTimeout(timer);
      if (report.pid !== undefined) resolve(report.pid);
      else refuse(report.error ?? 'it ended at once');
    });
    void closed.then(() => {
      clearTimeout(timer);
      // Lines that are still in the pipe come first.
      setImmediate(() => refuse('its guardian ended'));
    });
  });
}
