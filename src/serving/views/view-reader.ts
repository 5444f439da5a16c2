import { planView, type OnlinePlan } from '../../views/online/plan-view.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { Log } from '../../telemetry/log.ts';
import type { StoredEntity, ViewAsk, ViewStore } from '../ports.ts';
import { createEntityCache } from './entity-cache.ts';

/** What a look found: `late` where the store did not answer in time, null where it holds nothing of the revision. */
export type Found = StoredEntity | 'late' | null;

export interface ViewReader {
  /** From memory alone; undefined where the store has to be asked. */
  remembered(ask: ViewAsk): StoredEntity | undefined;
  /** Undefined until it was read once; `fetch` reads it. */
  plan(ask: Pick<ViewAsk, 'view' | 'digest'>): OnlinePlan | undefined;
  /** One per ask, in order. Never rejects, and lasts `lookupMsMax` at most. */
  fetch(asks: readonly ViewAsk[]): Promise<readonly Found[]>;
  stop(): void;
}

/** A row waits for the store this long; then it is answered as if nothing were known of its entity. */
export const lookupMsMax = 100;
/** Entities of one query; what waits beyond `waitingMax` is not asked for at all. */
const asksPerQueryMax = 1_000;
const waitingMax = 8_192;
const plansMax = 1_000;
/** Longer keys are no keys of a store, whose index cannot hold them. */
export const keyCharsMax = 500;

interface Waiting {
  readonly ask: ViewAsk;
  readonly tell: ((found: Found) => void)[];
}

/** Reads entities of views: from memory, or all that one turn of the event loop asks for in one query. */
export function createViewReader(
  store: ViewStore,
  log: Pick<Log, 'warn'>,
  tell: { readonly looked: (seconds: number) => void } = { looked: () => undefined },
): ViewReader {
  const cache = createEntityCache();
  const plans = new Map<string, OnlinePlan>();
  let waiting = new Map<string, Waiting>();
  let isRunning = false;
  let isPolling = false;
  let lastWarnedMs = 0;

  const warn = (error: unknown): void => {
    if (Date.now() - lastWarnedMs < 10_000) return;
    lastWarnedMs = Date.now();
    log.warn({ reason: reasonOf(error) }, 'values of views cannot be read; rows are answered without them');
  };
  const poll = async (): Promise<void> => {
    if (isPolling) return;
    isPolling = true;
    try {
      for (const head of await store.heads()) cache.changed(head);
    } catch (error) {
      warn(error);
    } finally {
      isPolling = false;
    }
  };
  const stopListening = store.onChange((head) => {
    if (head === null) void poll();
    else cache.changed(head);
  });

  const planOf = async ({ view, digest }: ViewAsk): Promise<void> => {
    const key = `${view}/${digest}`;
    if (plans.has(key)) return;
    plans.set(key, planView(await store.view(view, digest)));
    const oldest = plans.keys().next().value;
    if (plans.size > plansMax && oldest !== undefined) plans.delete(oldest);
  };
  const readBatch = async (batch: readonly Waiting[]): Promise<void> => {
    const startMs = performance.now();
    try {
      const asks = batch.map(({ ask }) => ask);
      for (const ask of new Map(asks.map((one) => [`${one.view}/${one.digest}`, one])).values())
        // oxlint-disable-next-line no-await-in-loop -- read once for the life of a process
        await planOf(ask);
      const found = await store.read(asks);
      tell.looked((performance.now() - startMs) / 1_000);
      batch.forEach(({ ask, tell: listeners }, index) => {
        const one = found[index] ?? null;
        if (one !== null) cache.put(ask, one);
        for (const listener of listeners) listener(one);
      });
    } catch (error) {
      warn(error);
      for (const { tell: listeners } of batch) for (const listener of listeners) listener('late');
    }
  };
  const run = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.size > 0) {
      const all = [...waiting];
      const batch = all.slice(0, asksPerQueryMax);
      waiting = new Map(all.slice(asksPerQueryMax));
      // oxlint-disable-next-line no-await-in-loop -- one query at a time: what comes meanwhile goes into the next
      await readBatch(batch.map(([, one]) => one));
    }
    isRunning = false;
  };
  const foundOf = (ask: ViewAsk): Promise<Found> =>
    new Promise((resolve) => {
      if (ask.entity.length > keyCharsMax) return resolve(null);
      const key = JSON.stringify([ask.view, ask.digest, ask.entity]);
      const same = waiting.get(key);
      if (same !== undefined) return void same.tell.push(resolve);
      if (waiting.size >= waitingMax) return resolve('late');
      waiting.set(key, { ask, tell: [resolve] });
      return undefined;
    });

  return {
    remembered: (ask) => cache.get(ask),
    plan: ({ view, digest }) => plans.get(`${view}/${digest}`),
    async fetch(asks) {
      const found: Found[] = asks.map(() => 'late');
      const all = Promise.all(
        asks.map(async (ask, index) => {
          found[index] = await foundOf(ask);
        }),
      );
      if (!isRunning) {
        isRunning = true;
        void run();
      }
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([all, new Promise((resolve) => (timer = setTimeout(resolve, lookupMsMax)))]);
      clearTimeout(timer);
      return [...found];
    },
    stop: stopListening,
  };
}
