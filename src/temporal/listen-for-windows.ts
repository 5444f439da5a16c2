import type { Client } from '@temporalio/client';
import { startListening } from '../db/base/listen.ts';
import type { Config } from '../config.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createWatchNudge } from './nudge-watch.ts';
import { watchNow } from './watch-now.ts';

/** NOTIFY makes a closed window be judged at once; the schedule is the back-up, so a lost connection only delays. */
export function listenForWindows(
  url: string,
  client: Client,
  { watchShards: shards, watchTickMs }: Pick<Config, 'watchShards' | 'watchTickMs'>,
  log: Logger,
): { stop(): void } {
  const watch = createWatchNudge(
    shards,
    (shard) => watchNow(client, shard, shards),
    (error) => log.warn({ err: error }, 'closed windows could not be judged at once; the schedule will do it'),
    watchTickMs,
  );
  const stopListening = startListening(url, ['perennial_window'], watch.nudge, log);
  return {
    stop: () => {
      stopListening();
      watch.stop();
    },
  };
}
