import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../telemetry/logger.ts';
import type { GuardedProcess } from './guarded-process.ts';

export interface KeepAliveOptions<Engine> {
  readonly name: string;
  /** Must give up soon after the signal, with nothing left running. */
  readonly start: (signal: AbortSignal) => Promise<Engine>;
  readonly processOf: (engine: Engine) => GuardedProcess;
  readonly log: Logger;
  /** Called once when the engine could not be brought back. */
  readonly onGiveUp: (error: unknown) => void;
}

export interface KeptAlive<Engine> {
  readonly engine: () => Engine;
  readonly restartCount: () => number;
  /** Stops the engine and the watching; safe to call twice. */
  readonly stop: () => Promise<void>;
}

const firstDelayMs = 100;
const maxDelayMs = 5_000;
const failuresMax = 30;
const healthyAfterMs = 30_000;

/**
 * Starts an engine and starts it again whenever it ends by itself: at once, then with doubling delays. Gives up after
 * 30 failed or short-lived starts in a row (about two minutes: a query that was running when Postgres was killed keeps
 * its memory, and so the next start, blocked until it ends). The first start throws its own error.
 */
export async function keepAlive<Engine>(options: KeepAliveOptions<Engine>): Promise<KeptAlive<Engine>> {
  const abort = new AbortController();
  let engine = await options.start(abort.signal);
  let restarts = 0;
  let stopped: Promise<void> | undefined;

  const bringBack = async (failuresBefore: number): Promise<boolean> => {
    for (let failures = failuresBefore; failures < failuresMax; failures += 1) {
      await sleep(Math.min(firstDelayMs * 2 ** failures, maxDelayMs), undefined, { signal: abort.signal }).catch(
        () => {},
      );
      if (abort.signal.aborted) return false;
      try {
        engine = await options.start(abort.signal);
        restarts += 1;
        options.log.warn({ engine: options.name, pid: options.processOf(engine).pid, restarts }, 'engine is back');
        return true;
      } catch (error) {
        if (abort.signal.aborted) return false;
        options.log.error({ engine: options.name, err: error }, 'engine could not be started again');
        if (failures === failuresMax - 1) options.onGiveUp(error);
      }
    }
    return false;
  };

  const watch = async (): Promise<void> => {
    let failures = 0;
    for (;;) {
      const startedAt = performance.now();
      await options.processOf(engine).exited;
      if (abort.signal.aborted) return;
      failures = performance.now() - startedAt > healthyAfterMs ? 0 : failures + 1;
      options.log.warn({ engine: options.name }, 'engine ended unexpectedly; starting it again');
      if (failures >= failuresMax) {
        options.onGiveUp(
          new Error(`${options.name} ended ${failures} times within ${healthyAfterMs / 1_000} s of its start`),
        );
        return;
      }
      if (!(await bringBack(Math.max(0, failures - 1)))) return;
    }
  };
  const watching = watch();

  return {
    engine: () => engine,
    restartCount: () => restarts,
    stop: () => {
      stopped ??= (async () => {
        abort.abort();
        await options.processOf(engine).stop();
        await watching;
        // A start that was under way when the stop came.
        await options.processOf(engine).stop();
      })();
      return stopped;
    },
  };
}
