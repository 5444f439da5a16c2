import { PerennialError } from '../../domain/words/errors.ts';

/** Turns for work of which only some may run at once. */
export interface Slots {
  /**
   * Runs the work when it is its turn. Throws `overloaded` when too many wait, or it waited too long, and `timeout`
   * when `signal` is aborted before its turn: whoever asked has gone.
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/**
 * At most `runningMax` at once and `waitingMax` in line: each piece of it takes a processor and up to a gigabyte,
 * and the process that answers people must keep both. `work` is what messages call it, such as "imports".
 */
export function createSlots(limits: {
  readonly work: string;
  readonly runningMax: number;
  readonly waitingMax: number;
  readonly waitMs: number;
}): Slots {
  const waiting: (() => void)[] = [];
  let running = 0;

  const turn = (signal: AbortSignal | undefined): Promise<void> => {
    if (signal?.aborted === true) return Promise.reject(gone(limits.work));
    if (running < limits.runningMax) {
      running += 1;
      return Promise.resolve();
    }
    if (waiting.length >= limits.waitingMax) return Promise.reject(busy(limits.work, running, waiting.length));
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', hungUp);
      };
      const take = (): void => {
        settle();
        resolve();
      };
      const leave = (why: () => PerennialError): void => {
        settle();
        waiting.splice(waiting.indexOf(take), 1);
        reject(why());
      };
      const hungUp = (): void => leave(() => gone(limits.work));
      const timer = setTimeout(() => leave(() => busy(limits.work, running, waiting.length)), limits.waitMs);
      signal?.addEventListener('abort', hungUp, { once: true });
      waiting.push(take);
    });
  };

  return {
    async run(work, signal) {
      await turn(signal);
      try {
        return await work();
      } finally {
        // The turn is handed on, so nobody who comes now can take it before those who wait.
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}

function gone(work: string): PerennialError {
  return new PerennialError('timeout', `Nobody waits for an answer any more: ${work} take turns.`);
}

function busy(work: string, running: number, waiting: number): PerennialError {
  return new PerennialError(
    'overloaded',
    `${running} ${work} are under way and ${waiting} more wait; come back soon.`,
    {
      hint: 'Ask again in a minute; nothing is done twice.',
      retryAfterSeconds: 60,
    },
  );
}
