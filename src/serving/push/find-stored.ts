import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../telemetry/log.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { PushKeys } from '../ports.ts';

/** A request waits no longer for a database that hangs. */
const patienceMs = 1_000;

/**
 * Looks for a stored request of a key. Null also while the database is away: the rows are taken then, and the key is
 * looked at once more when they are stored.
 */
export function patientKeys(keys: PushKeys, log: Log): PushKeys['find'] {
  return async (model, keyHash) => {
    const timer = new AbortController();
    const found = keys.find(model, keyHash);
    found.catch(() => undefined);
    try {
      return await Promise.race([found, delay(patienceMs, null, { signal: timer.signal })]);
    } catch (error) {
      log.warn({ model, reason: reasonOf(error) }, 'the key of pushed rows cannot be looked up at the moment');
      return null;
    } finally {
      timer.abort();
    }
  };
}
