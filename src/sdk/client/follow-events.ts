import { isObject, unknownAnswer } from './answer-error.ts';
import type { LifecycleEvent } from './client-views.ts';
import { send, type Door } from './send.ts';
import { wait } from './wait.ts';

export interface EventOptions {
  /**
   * Place after which to begin (0: from the first event on; `now`: from here on). Keep the last `perennialseq` to go on
   * later.
   */
  readonly after?: number | 'now' | undefined;
  /** Types or their beginnings, separated by commas: `perennial.rollout,perennial.alert`. */
  readonly types?: string | undefined;
  readonly model?: string | undefined;
  /** Ends the iteration by failing with its reason. */
  readonly signal?: AbortSignal | undefined;
}

const eventsPerPage = 100;
const firstPauseMs = 250;
const pauseMsMax = 1_000;
/** The server holds its answer until there is an event, for this long. */
const waitSeconds = 5;

/** Every lifecycle event from a place on, in order, without end: leave the loop or abort the signal to stop. */
export async function* followEvents(
  door: Door,
  options: EventOptions = {},
): AsyncGenerator<LifecycleEvent, void, undefined> {
  let after: number | 'now' = options.after ?? 0;
  let pauseMs = firstPauseMs;
  for (;;) {
    const query = new URLSearchParams({
      after: String(after),
      limit: String(eventsPerPage),
      wait: String(waitSeconds),
    });
    if (options.types !== undefined) query.set('types', options.types);
    if (options.model !== undefined) query.set('model', options.model);
    const path = `/v1/events?${query.toString()}`;
    // oxlint-disable-next-line no-await-in-loop -- pages follow each other
    const { events, next } = pageOf(await send(door, { method: 'GET', path }, { signal: options.signal }), path);
    yield* events;
    after = next;
    if (events.length > 0) {
      pauseMs = firstPauseMs;
      continue;
    }
    // oxlint-disable-next-line no-await-in-loop -- a pause between two polls
    await wait(pauseMs, options.signal);
    pauseMs = Math.min(pauseMsMax, pauseMs * 1.5);
  }
}

function pageOf(body: unknown, path: string): { readonly events: readonly LifecycleEvent[]; readonly next: number } {
  const events: unknown = isObject(body) ? body['events'] : null;
  const next: unknown = isObject(body) ? body['next'] : null;
  if (!isEvents(events) || typeof next !== 'number') throw unknownAnswer(`GET ${path}`, 200);
  return { events, next };
}

function isEvents(value: unknown): value is readonly LifecycleEvent[] {
  return Array.isArray(value) && value.every((event) => isObject(event) && typeof event['type'] === 'string');
}
