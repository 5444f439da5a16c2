import { reasonOf } from '../domain/words/reason-of.ts';
import type { Logger } from '../telemetry/logger.ts';
import { removeOldEntries, type OldEntriesAsk } from './remove-old-entries.ts';

const lookEveryMs = 3_600_000;

/** Removes old entries of a folder now and once an hour, for as long as this process runs, and says which went. */
export function endOldEntries(folder: string, ask: OldEntriesAsk, log: Logger): { readonly stop: () => void } {
  const look = async (): Promise<void> => {
    try {
      const gone = await removeOldEntries(folder, ask);
      if (gone.length > 0) log.warn({ entries: gone.map(({ path }) => path) }, 'what had reached its end was removed');
    } catch (error) {
      log.warn({ folder, reason: reasonOf(error) }, 'old entries cannot be removed');
    }
  };
  void look();
  const timer = setInterval(() => void look(), lookEveryMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
