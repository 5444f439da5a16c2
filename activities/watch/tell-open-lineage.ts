import { readInstallationId } from '../../src/db/audit/events.ts';
import type { Database } from '../../src/db/base/connect.ts';
import {
  claimFollower,
  forgetRunEvent,
  nextRunEvents,
  noteFollower,
  noteRefusal,
  releaseFollower,
  type RunEventRow,
} from '../../src/db/open-lineage/run-events.ts';
import { runFacts } from '../../src/db/open-lineage/run-facts.ts';
import { runEventOf, type ToldRun } from '../../src/open-lineage/run-event.ts';
import { fetchForeign } from '../../src/outbound/fetch-foreign.ts';
import { productVersion } from '../../src/product-version.ts';

/** Events of one turn; the next tick goes on. */
const eventsPerTurn = 50;
/** No request begins later than this in a turn. */
const turnMsMax = 5_000;
const waitMsMin = 2_000;
const waitMsMax = 3_600_000;
/** An event that the receiver calls wrong so often is let go: those behind it must not wait for good. */
const refusalsMax = 5;
/** Answers that are about the event, and not about who sends it, or how often. */
const refusing: readonly number[] = [400, 413, 415, 422];

export interface OpenLineageSettings {
  readonly url: string;
  /** What is sent as `Authorization: Bearer`; null sends none. Read anew for each turn. */
  readonly token: (() => Promise<string>) | null;
  readonly privateHostsAllowed: readonly string[];
}

export interface LineageDelivery {
  readonly database: Pick<Database, 'db' | 'pool'>;
  readonly settings: OpenLineageSettings;
  readonly warn: (fields: Record<string, unknown>, message: string) => void;
}

/**
 * One turn: tells the receiver of OpenLineage what has begun and ended since, in order, at least once, one request per
 * event. A receiver that is away is left alone for ever longer, up to an hour, and finds all of the last seven days.
 * Never throws: no run waits for it.
 */
export async function tellOpenLineage({ database, settings, warn }: LineageDelivery): Promise<void> {
  const { db } = database;
  try {
    await noteFollower(db);
    if ((await nextRunEvents(db, 1)).length === 0) return;
    const follower = await claimFollower(db);
    if (follower === null) return;
    // Read behind the claim: what another turn has told is gone.
    const failure = await serve({ database, settings, warn }, await nextRunEvents(db, eventsPerTurn));
    if (failure !== null) warn({ attempt: follower.attempts + 1, error: failure }, 'lineage was not taken');
    const waitMs = Math.min(waitMsMin * 2 ** Math.min(follower.attempts, 20), waitMsMax);
    await releaseFollower(db, failure === null ? null : { error: failure, waitMs });
  } catch (error) {
    warn({ err: error }, 'lineage was not told; a later tick tries again');
  }
}

/** Null when all that there was time for was taken; else what the receiver said. */
async function serve(delivery: LineageDelivery, events: readonly RunEventRow[]): Promise<string | null> {
  const { database, settings, warn } = delivery;
  const untilMs = Date.now() + turnMsMax;
  try {
    const token = settings.token === null ? null : await settings.token();
    const installationId = (await readInstallationId(database.db)) ?? '00000000-0000-0000-0000-000000000000';
    for (const event of events) {
      if (Date.now() > untilMs) break;
      const status = await send(delivery, event, { token, installationId });
      if (status !== null && status >= 200 && status <= 299) {
        await forgetRunEvent(database.db, event.eventId, false);
        continue;
      }
      const isWrong =
        status === null ||
        (refusing.includes(status) && (await noteRefusal(database.db, event.eventId)) >= refusalsMax);
      if (!isWrong) return `the receiver answered ${status}`;
      warn({ runId: event.runId, type: event.type, status }, 'an event of lineage is let go for good');
      await forgetRunEvent(database.db, event.eventId, true);
    }
    return null;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** What the receiver answered; null where the event cannot be built. */
async function send(
  delivery: LineageDelivery,
  event: RunEventRow,
  { token, installationId }: { readonly token: string | null; readonly installationId: string },
): Promise<number | null> {
  const { database, settings } = delivery;
  const facts = await runFacts(database.db, event.runId, event.model);
  const body = bodyOf(delivery, { ...event, ...facts, installationId, productVersion });
  if (body === null) return null;
  const { status } = await fetchForeign(settings.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'perennial',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body,
    privateHostsAllowed: settings.privateHostsAllowed,
  });
  return status;
}

/** Null for a run whose rows an event cannot be made of: it must not keep those behind it from being told for days. */
function bodyOf({ warn }: LineageDelivery, told: ToldRun): string | null {
  try {
    return JSON.stringify(runEventOf(told));
  } catch (error) {
    warn({ runId: told.runId, err: error }, 'no event of lineage can be made of this run');
    return null;
  }
}
