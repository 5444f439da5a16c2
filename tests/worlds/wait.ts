import { setTimeout as delay } from 'node:timers/promises';

/**
 * What takes longer is asked for less often, down to this pause: to ask a whole installation forty times a second costs
 * it more than what is waited for. Each pause is at most a tenth of the wait so far, so little is waited in vain.
 */
const longestPauseMs = 400;

/** Ends what hangs, a little before the test that waits for it ends, so that it says what was waited for. */
const hungMs = 110_000;

/**
 * Asks until the answer is neither undefined nor false; what `look` throws counts as "not yet". After the limit it
 * throws, naming what was waited for and the last error. `everyMs` is the first pause.
 */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | undefined | false>,
  limitMs = hungMs,
  everyMs = 25,
): Promise<Value> {
  const startedMs = performance.now();
  const deadlineMs = startedMs + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await look();
      if (value !== undefined && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadlineMs)
      throw new Error(`not within ${limitMs} ms: ${what}${last === undefined ? '' : ` (${String(last)})`}`, {
        cause: last,
      });
    await delay(Math.max(everyMs, Math.min((performance.now() - startedMs) / 10, longestPauseMs)));
  }
}

/**
 * Repeats a check until none of its expectations fails, and throws the last failure after the limit. The limit is for
 * what never comes: on a machine that is busy with other things a second is nothing.
 */
export async function eventually<Value>(check: () => Promise<Value> | Value, limitMs = hungMs): Promise<Value> {
  const startedMs = performance.now();
  const deadlineMs = startedMs + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
    }
    await delay(Math.max(25, Math.min((performance.now() - startedMs) / 10, longestPauseMs)));
  }
}
