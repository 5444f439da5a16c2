import { setTimeout as pause } from 'node:timers/promises';

/** Ticks that may follow each other at once after a pause. */
const burstMax = 4;

/**
 * Has closed windows judged at once by a tick of their shard, and of no other. Nudges that come during a tick become
 * one more: it may not have seen what they were about. The schedule is the back-up, so a tick that fails only delays.
 * Under load there is a tick each `everyMs`, which judges all that has closed meanwhile.
 */
export function createWatchNudge(
  shards: number,
  watchNow: (shard: number) => Promise<void>,
  onFailed: (error: unknown) => void,
  everyMs: number,
): { nudge(payload: string): void; stop(): void } {
  const nudges = Array.from({ length: shards }, (_, shard) =>
    createNudge(async () => watchNow(shard).catch(onFailed), everyMs),
  );
  return {
    nudge(payload) {
      const hash = hashOf(payload);
      if (hash === null) for (const one of nudges) one.nudge();
      else nudges[hash % shards]?.nudge();
    },
    stop: () => {
      for (const one of nudges) one.stop();
    },
  };
}

/** The hash of the model whose window closed; null when nobody says which, as after a lost connection. */
function hashOf(payload: string): number | null {
  try {
    const told: unknown = JSON.parse(payload);
    return typeof told === 'object' && told !== null && 'hash' in told && typeof told.hash === 'number'
      ? told.hash
      : null;
  } catch {
    return null;
  }
}

function createNudge(tick: () => Promise<void>, everyMs: number): { nudge(): void; stop(): void } {
  let isStopped = false;
  let isTicking = false;
  let isAsked = false;
  let ticksLeft = burstMax;
  let countedAtMs = performance.now();
  const untilNextMs = (): number => {
    const nowMs = performance.now();
    ticksLeft = Math.min(burstMax, ticksLeft + (nowMs - countedAtMs) / everyMs);
    countedAtMs = nowMs;
    return ticksLeft >= 1 ? 0 : (1 - ticksLeft) * everyMs;
  };
  const run = async (): Promise<void> => {
    isTicking = true;
    while (isAsked && !isStopped) {
      const waitMs = untilNextMs();
      if (waitMs > 0) await pause(waitMs, undefined, { ref: false });
      if (isStopped) break;
      isAsked = false;
      ticksLeft = Math.max(0, ticksLeft - 1);
      await tick();
    }
    isTicking = false;
  };
  return {
    nudge: () => {
      isAsked = true;
      if (!isTicking) void run();
    },
    stop: () => {
      isStopped = true;
    },
  };
}
