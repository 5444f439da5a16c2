import { setTimeout as delay } from 'node:timers/promises';
import { PerennialError } from '../../domain/words/errors.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { Log } from '../../telemetry/log.ts';
import type { CurrentView, PushViews } from '../ports.ts';

/** A changed definition is asked from then on; rows in between are judged by the one before. */
const freshMs = 1_000;
/** A request waits no longer for a database that hangs. */
const patienceMs = 1_000;
/** Views that are remembered; the one that was read first goes. */
const viewsMax = 1_000;

/**
 * Remembers definitions of views, so that a push asks the database once a second at most, and so that rows are taken
 * while it is away: then the definition counts that was known last. Rejects with `unavailable` where none was known.
 */
export function rememberedViews(views: PushViews, log: Log): PushViews['current'] {
  const known = new Map<string, { readonly view: CurrentView; readonly atMs: number }>();
  return async (name) => {
    const before = known.get(name);
    if (before !== undefined && performance.now() - before.atMs < freshMs) return before.view;
    try {
      const found = await inTime(views.current(name));
      known.delete(name);
      if (found === null) return null;
      // One object per revision: what was compiled for it goes on to fit.
      const view = before?.view.revision === found.revision ? before.view : found;
      known.set(name, { view, atMs: performance.now() });
      const oldest = known.keys().next().value;
      if (known.size > viewsMax && oldest !== undefined) known.delete(oldest);
      return view;
    } catch (error) {
      log.warn({ view: name, reason: reasonOf(error) }, 'the definition of a view cannot be read at the moment');
      if (before !== undefined) {
        // Or each request would wait for a database that hangs.
        known.set(name, { view: before.view, atMs: performance.now() });
        return before.view;
      }
      throw new PerennialError('unavailable', `The definition of view ${name} cannot be read at the moment.`, {
        cause: error,
      });
    }
  };
}

async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  const timer = new AbortController();
  work.catch(() => undefined);
  const late = delay(patienceMs, null, { signal: timer.signal }).then(() => {
    throw new PerennialError('timeout', `The database did not answer within ${patienceMs} ms.`);
  });
  late.catch(() => undefined);
  return Promise.race([work, late]).finally(() => timer.abort());
}
