import { setTimeout as sleep } from 'node:timers/promises';
import { authorise } from '../../access/principal.ts';
import { readFeed, readInstallationId } from '../../db/audit/events.ts';
import { cloudEventOf, feedTypesUnder, type CloudEvent } from '../../domain/record/cloud-event.ts';
import type { CommandContext } from '../base/context.ts';

export interface EventsInput {
  /** Events after this place; `now` for the end of the feed. */
  readonly after: number | 'now';
  readonly limit: number;
  /** Types or their beginnings; empty for all. */
  readonly types: readonly string[];
  /** Glob over model names; null for all that the principal may see. */
  readonly model: string | null;
  /** Longest wait for an event, milliseconds; 0 answers at once. */
  readonly waitMs: number;
  /** Ends the wait when the client has gone. */
  readonly signal: AbortSignal | null;
}

const pollMs = 500;
/** Requests that wait at once; more are answered without waiting, so that followers cannot use up the database. */
const waitersMax = 100;
let waiters = 0;

/** What an event names as its source before any worker has claimed a namespace. */
const noInstallation = '00000000-0000-0000-0000-000000000000';

/** Lifecycle events of the models in the principal's scope, in the order in which they happened. */
export async function events(
  context: CommandContext,
  input: EventsInput,
): Promise<{ readonly events: readonly CloudEvent[]; readonly next: number }> {
  authorise(context.principal, 'read', null);
  const { db } = context.database;
  const globs = [context.principal.scope, ...(input.model === null ? [] : [input.model])];
  const types = feedTypesUnder(input.types);
  const read = (after: number) => readFeed(db, { after, types, globs, limit: input.limit });
  let page = await read(input.after === 'now' ? Number.MAX_SAFE_INTEGER : input.after);
  if (input.after === 'now') page = { ...page, next: page.latest };
  if (page.rows.length === 0 && input.waitMs > 0 && waiters < waitersMax) {
    waiters += 1;
    try {
      const untilMs = Date.now() + input.waitMs;
      while (page.rows.length === 0 && Date.now() < untilMs && input.signal?.aborted !== true) {
        if (page.next >= page.latest) await sleep(Math.min(pollMs, Math.max(0, untilMs - Date.now())));
        page = await read(page.next);
      }
    } finally {
      waiters -= 1;
    }
  }
  if (page.rows.length === 0) return { events: [], next: page.next };
  const source = (await readInstallationId(db)) ?? noInstallation;
  return { events: page.rows.map((row) => cloudEventOf(row, source)), next: page.next };
}
