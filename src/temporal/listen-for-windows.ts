import type { Client } from '@temporalio/client';
import { startListening } from '../db/base/listen.ts';
import type { Logger } from '../telemetry/logger.ts';
import { createWatchNudge } from './nudge-watch.ts';

/** NOTIFY makes a closed window be judged at once; the schedule is the back-up, so a lost connection only delays. */
export function listenForWindows(url: string, client: Client, log: Logger): { stop(): void } {
  const watch = createWatchNudge(client, log);
  const stopListening = startListening(url, 'perennial_window', watch.nudge, log);
  return {
    stop: () => {
      stopListening();
      watch.stop();
    },
  };
}
