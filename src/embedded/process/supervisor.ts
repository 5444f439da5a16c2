import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { forgetProcess, recordProcess } from './process-record.ts';
import { spawnNode } from './spawn-node.ts';
import type { NodeChild } from './spawn-node.ts';

export interface ProcessSpec {
  readonly name: string;
  /** Arguments of Node: options, then the entry file. */
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** False keeps the secrets of sources from it (default true). */
  readonly hasSecrets?: boolean;
  /** Answers 2xx once the process can do its work. */
  readonly readyUrl?: string;
}

export interface SuperviseOptions {
  readonly log: Logger;
  readonly logDir: string;
  /** Where pids are recorded, so that the next start ends what a killed one left behind. */
  readonly stateDir: string;
  readonly onProgress?: (line: string) => void;
}

export interface Supervised {
  /** Settles when every process with a `readyUrl` answers; otherwise `unavailable` with the end of the log. */
  readonly ready: (limitMs?: number) => Promise<void>;
  readonly pids: () => Readonly<Record<string, number>>;
  readonly restartCount: () => number;
  /** SIGTERM, and SIGKILL after 10 s; safe to call twice. */
  readonly stop: () => Promise<void>;
}

const firstDelayMs = 200;
const maxDelayMs = 5_000;
const healthyAfterMs = 10_000;
const stopLimitMs = 10_000;

/** One process under supervision, through all its lives. */
interface Ward {
  readonly spec: ProcessSpec;
  readonly logFile: string;
  child: NodeChild | undefined;
  watching: Promise<void>;
}

/**
 * Runs our own processes: each is started again whenever it ends, with delays from 200 ms to 5 s, for as long as we
 * run.
 */
export function superviseProcesses(specs: readonly ProcessSpec[], options: SuperviseOptions): Supervised {
  const abort = new AbortController();
  let restarts = 0;
  const watch = async (ward: Ward): Promise<void> => {
    let failures = 0;
    while (!abort.signal.aborted) {
      const startedAt = performance.now();
      // A full disk or a removed folder is one more way to end, not the end of the supervisor.
      const ending = await runOnce(ward, options.stateDir, abort.signal).catch(String);
      if (abort.signal.aborted) return;
      failures = performance.now() - startedAt > healthyAfterMs ? 0 : failures + 1;
      const delayMs = Math.min(firstDelayMs * 2 ** Math.max(0, failures - 1), maxDelayMs);
      options.log.warn(
        { process: ward.spec.name, ending, delayMs, logFile: ward.logFile },
        'process ended; starting it again',
      );
      restarts += 1;
      await sleep(delayMs, undefined, { signal: abort.signal }).catch(() => {});
    }
  };
  const wards = specs.map((spec): Ward => ({
    spec,
    logFile: path.join(options.logDir, `${spec.name}.log`),
    child: undefined,
    watching: Promise.resolve(),
  }));
  for (const ward of wards) ward.watching = watch(ward);

  let stopping: Promise<void> | undefined;
  return {
    ready: async (limitMs = 60_000) => {
      await Promise.all(wards.map((ward) => waitUntilReady(ward, limitMs, options.onProgress)));
    },
    pids: () =>
      Object.fromEntries(
        wards.flatMap(({ spec, child }) => (child === undefined || child.hasExited() ? [] : [[spec.name, child.pid]])),
      ),
    restartCount: () => restarts,
    stop: () =>
      (stopping ??= (async () => {
        abort.abort();
        await Promise.all(wards.map(stopWard));
      })()),
  };
}

/** One life of a process, from its start to how it ended. */
async function runOnce(ward: Ward, stateDir: string, signal: AbortSignal): Promise<string> {
  const child = await spawnNode({ ...ward.spec, logFile: ward.logFile });
  ward.child = child;
  if (signal.aborted) child.signal('SIGTERM');
  const record = { name: `process-${ward.spec.name}`, pid: child.pid, signal: 'SIGTERM' } as const;
  await recordProcess(stateDir, record).catch(() => {});
  const ending = await child.exited;
  await forgetProcess(stateDir, record).catch(() => {});
  return ending;
}

async function stopWard(ward: Ward): Promise<void> {
  ward.child?.signal('SIGTERM');
  const timer = setTimeout(() => ward.child?.signal('SIGKILL'), stopLimitMs);
  await ward.watching;
  clearTimeout(timer);
}

async function waitUntilReady(
  ward: Ward,
  limitMs: number,
  onProgress: ((line: string) => void) | undefined,
): Promise<void> {
  const { readyUrl, name } = ward.spec;
  if (readyUrl === undefined) return;
  const start = performance.now();
  let toldAt = start;
  let reason = 'no answer yet';
  while (performance.now() - start < limitMs) {
    try {
      const response = await fetch(readyUrl, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      if (response.ok) return;
      reason = `answer ${response.status}`;
    } catch (error) {
      reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    }
    if (performance.now() - toldAt > 2_000) {
      toldAt = performance.now();
      onProgress?.(`waiting for ${name}, ${Math.round((toldAt - start) / 1_000)} s: ${reason}`);
    }
    await sleep(50);
  }
  throw new PerennialError(
    'unavailable',
    `The process ${name} was not ready after ${Math.round(limitMs / 1_000)} s (${reason}).`,
    {
      path: ward.logFile,
      hint: `Look at ${ward.logFile}.`,
    },
  );
}
