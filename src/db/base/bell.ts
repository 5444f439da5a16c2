import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../telemetry/log.ts';
import { startListening } from './listen.ts';

/** Says when there is news about a model: rows of it were stored, or a process acknowledged its routing or left. */
export interface Bell {
  /** Hears the news about one model until it is closed; of what comes within `restMs` of the last, the poll tells. */
  ear(model: string, restMs: number): Ear;
}

export interface Ear {
  /** Waits for news, of which some may have come since the last wait; for at most `waitMs`. Rejects when aborted. */
  wait(waitMs: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** A notification may be lost with its connection, so whoever waits goes on looking now and then. */
export function createBell(url: string, log: Pick<Log, 'warn'>): Bell & { stop(): void } {
  const ears = new Map<string, Set<() => void>>();
  const ring = (payload: string): void => {
    const model = modelIn(payload);
    const heard = model === null ? [...ears.values()] : [ears.get(model) ?? []];
    for (const some of heard) for (const tell of some) tell();
  };
  return {
    stop: startListening(url, ['perennial_segment', 'perennial_ack'], ring, log),
    ear(model, restMs) {
      const { tell, wait } = createEar(restMs);
      const beside = ears.get(model) ?? new Set();
      ears.set(model, beside.add(tell));
      return {
        wait,
        close() {
          beside.delete(tell);
          if (beside.size === 0 && ears.get(model) === beside) ears.delete(model);
        },
      };
    },
  };
}

/**
 * Where nothing is heard: whoever waits finds the news by itself.
 *
 * @testonly
 */
export const silentBell: Bell = {
  ear: () => ({ wait: (waitMs, signal) => delay(waitMs, undefined, { signal }), close: () => undefined }),
};

function createEar(restMs: number): Pick<Ear, 'wait'> & { tell(): void } {
  let hasNews = false;
  let wake = (): void => undefined;
  let restUntilMs = 0;
  return {
    tell() {
      hasNews = true;
      if (performance.now() >= restUntilMs) wake();
    },
    async wait(waitMs, signal) {
      const woken = new AbortController();
      wake = () => woken.abort();
      if (hasNews && performance.now() >= restUntilMs) wake();
      await delay(waitMs, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch((error: unknown) => {
        if (signal.aborted) throw error;
      });
      if (woken.signal.aborted) restUntilMs = performance.now() + restMs;
      hasNews = false;
    },
  };
}

/** The model that a notification is about; null when it is about any. */
function modelIn(payload: string): string | null {
  try {
    const told: unknown = JSON.parse(payload);
    return typeof told === 'object' && told !== null && 'model' in told && typeof told.model === 'string'
      ? told.model
      : null;
  } catch {
    return null;
  }
}
