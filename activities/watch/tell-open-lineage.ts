import { readInstallationId } from '../../src/db/audit/events.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { messageOf } from '../../src/domain/words/reason-of.ts';
import {
  claimFollower,
  dueSetAside,
  forgetRunEvent,
  nextRunEvents,
  noteFollower,
  noteRefusal,
  releaseFollower,
  setAside,
  waitLonger,
  type RunEventRow,
} from '../../src/db/open-lineage/run-events.ts';
import { closeSetAside, ringForSetAside } from '../../src/db/open-lineage/ring-for-set-aside.ts';
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
/** An event that was refused so often is passed over: those behind it must not wait for good. */
const refusalsMax = 5;
/** So many may be passed over in one turn; where that many in a row are refused, the receiver is away. */
const passedMax = 10;
const setAsidePerTurn = 5;
/** Answers that are about the event, and not about who sends it, or how often: nothing has to confirm that. */
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
 * event. A receiver that is away is left alone for ever longer, up to an hour, and finds all of the last seven days. An
 * event that it alone does not take is set aside, rings, and is sent again later.
 * Never throws: no run waits for it.
 */
export async function tellOpenLineage({ database, settings, warn }: LineageDelivery): Promise<void> {
  const { db } = database;
  try {
    await noteFollower(db);
    await closeSetAside(db);
    if ((await nextRunEvents(db, 1)).length === 0 && (await dueSetAside(db, 1)).length === 0) return;
    const follower = await claimFollower(db);
    if (follower === null) return;
    const failure = await serve({ database, settings, warn });
    if (failure !== null) warn({ attempt: follower.attempts + 1, error: failure }, 'lineage was not taken');
    const waitMs = Math.min(waitMsMin * 2 ** Math.min(follower.attempts, 20), waitMsMax);
    await releaseFollower(db, failure === null ? null : { error: failure, waitMs });
  } catch (error) {
    warn({ err: error }, 'lineage was not told; a later tick tries again');
  }
}

/** Who is told, for one turn. */
interface Receiver {
  readonly token: string | null;
  readonly installationId: string;
  readonly untilMs: number;
}

/** Null when all that there was time for was taken; else what the receiver said. */
async function serve(delivery: LineageDelivery): Promise<string | null> {
  const { database, settings } = delivery;
  try {
    const receiver: Receiver = {
      token: settings.token === null ? null : await settings.token(),
      installationId: (await readInstallationId(database.db)) ?? '00000000-0000-0000-0000-000000000000',
      untilMs: Date.now() + turnMsMax,
    };
    // Read behind the claim: what another turn has told is gone.
    const failure = await tellInOrder(delivery, await nextRunEvents(database.db, eventsPerTurn), receiver);
    if (failure === null) await tellSetAside(delivery, receiver);
    return failure;
  } catch (cause) {
    return messageOf(cause);
  }
}

/**
 * An event that was refused so often is passed over. What comes behind it says whether the receiver is away, and all
 * wait in order; or takes others, and that one is set aside.
 */
async function tellInOrder(
  delivery: LineageDelivery,
  events: readonly RunEventRow[],
  receiver: Receiver,
): Promise<string | null> {
  const { db } = delivery.database;
  const passed: Refused[] = [];
  for (const event of events) {
    // One more is tried behind one that took all the time: otherwise nobody could tell.
    if (Date.now() > receiver.untilMs && passed.length !== 1) break;
    const outcome = await tell(delivery, event, receiver);
    if (outcome === 'unbuildable') continue;
    if (outcome === 'taken') {
      for (const refused of passed.splice(0)) await putAside(delivery, refused);
      continue;
    }
    const refused = { event, failure: outcome.failure };
    const attempts = await noteRefusal(db, event.eventId);
    if (attempts < refusalsMax) return passed[0]?.failure ?? refused.failure;
    if (outcome.isWrong) await putAside(delivery, refused);
    else passed.push(refused);
    if (passed.length === passedMax) break;
  }
  return passed[0]?.failure ?? null;
}

/** The receiver is there: what it did not take is tried again, when its time has come. */
async function tellSetAside(delivery: LineageDelivery, receiver: Receiver): Promise<void> {
  const { db } = delivery.database;
  for (const event of await dueSetAside(db, setAsidePerTurn)) {
    if (Date.now() > receiver.untilMs) return;
    const outcome = await tell(delivery, event, receiver);
    if (typeof outcome === 'object') await waitLonger(db, event.eventId);
  }
}

interface Refused {
  readonly event: RunEventRow;
  readonly failure: string;
}

async function putAside({ database, warn }: LineageDelivery, { event, failure }: Refused): Promise<void> {
  const { runId, type, eventId, model } = event;
  warn({ runId, type, error: failure }, 'an event of lineage is set aside');
  // A view has no definition of a model, and nobody to be called.
  const webhooks = await readCurrentSpec(database.db, model).then(
    ({ spec }) => spec.watch.webhooks,
    () => [],
  );
  // At once: no later turn would say of it that it is set aside.
  await withTransaction(database, async (tx) => {
    await setAside(tx, eventId);
    await ringForSetAside(tx, event, { failure, webhooks });
  });
}

type Outcome = 'taken' | 'unbuildable' | { readonly failure: string; readonly isWrong: boolean };

async function tell(delivery: LineageDelivery, event: RunEventRow, receiver: Receiver): Promise<Outcome> {
  const { db } = delivery.database;
  const facts = await runFacts(db, event.runId, event.model);
  const { installationId } = receiver;
  const body = bodyOf(delivery, { ...event, ...facts, installationId, productVersion });
  if (body === null) {
    await forgetRunEvent(db, event.eventId, true);
    return 'unbuildable';
  }
  const answer = await send(delivery, body, receiver).catch((cause: unknown) => messageOf(cause));
  if (typeof answer === 'string') return { failure: answer, isWrong: false };
  if (answer < 200 || answer > 299)
    return { failure: `the receiver answered ${answer}`, isWrong: refusing.includes(answer) };
  await forgetRunEvent(db, event.eventId, false);
  return 'taken';
}

async function send({ settings }: LineageDelivery, body: string, { token }: Receiver): Promise<number> {
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
