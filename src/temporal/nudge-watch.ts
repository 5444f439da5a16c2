import type { Client } from '@temporalio/client';
import type { Logger } from '../telemetry/logger.ts';
import { watchNow, watchShardCount } from './schedules.ts';

/**
 * Has closed windows judged at once. Nudges that come during a tick become one more tick: it may not have seen what
 * they were about. The schedule is the back-up, so a tick that fails only delays.
 */
export function createWatchNudge(client: Client, log: Logger): { nudge(): void; stop(): void } {
  let isStopped = false;
  let isWatching = false;
  let isAsked = false;
  const watch = async (): Promise<void> => {
    isWatching = true;
    while (isAsked && !isStopped) {
      isAsked = false;
      try {
        for (let shard = 0; shard < watchShardCount; shard++) await watchNow(client, shard);
      } catch (error) {
        log.warn({ err: error }, 'closed windows could not be judged at once; the schedule will do it');
      }
    }
    isWatching = false;
  };
  return {
    nudge: () => {
      isAsked = true;
      if (!isWatching) void watch();
    },
    stop: () => {
      isStopped = true;
    },
  };
}
