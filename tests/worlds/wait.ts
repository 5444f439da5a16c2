import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks until the answer is neither undefined nor false; what `look` throws counts as "not yet". After the limit it
 * throws, naming what was waited for and the last error.
 */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | undefined | false>,
  limitMs = 60_000,
  everyMs = 25,
): Promise<Value> {
  const deadlineMs = performance.now() + limitMs;
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
    await delay(everyMs);
  }
}
