import { entityKeyOf } from '../../views/online/entity-key.ts';
import { planView, type OnlinePlan } from '../../views/online/plan-view.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { Log } from '../../telemetry/log.ts';
import type { StoredEntity, ViewAsk, ViewStore } from '../ports.ts';
import type { ViewColumns } from './view-columns.ts';
import { createEntityCache, type Remembered, type RevisionCache } from './entity-cache.ts';

/** What a look found: `late` where the store did not answer in time, null where it holds nothing of the entity. */
export type Found = Remembered | 'late' | null;

/** One revision of a view, as this process knows it. */
export interface ReadRevision {
  readonly view: string;
  readonly digest: string;
  /** Null until it was read once; `fetch` reads it. */
  readonly plan: OnlinePlan | null;
  /** From memory alone; undefined where the store has to be asked. */
  remembered(key: readonly string[]): Remembered | undefined;
}

export interface Ask {
  readonly revision: ReadRevision;
  /** Null for a row without the key: then the plan alone is read. */
  readonly key: readonly string[] | null;
}

export interface ViewReader {
  /** A process that looks at no view listens to nothing and asks for nothing: the first one begins that. */
  of(revision: Pick<ViewColumns, 'view' | 'digest'>): ReadRevision;
  /** One per ask, in order. Never rejects, and lasts `lookupMsMax` at most. */
  fetch(asks: readonly Ask[]): Promise<readonly Found[]>;
  stop(): void;
}

/** A row waits for the store this long; then it is answered as if nothing were known of its entity. */
export const lookupMsMax = 100;
/** Entities of one query; what waits beyond `waitingMax` is not asked for at all. */
const asksPerQueryMax = 1_000;
const waitingMax = 8_192;
/** Longer keys are no keys of a store, whose index cannot hold them. */
export const keyCharsMax = 500;

interface Revision extends ReadRevision {
  plan: OnlinePlan | null;
  readonly cache: RevisionCache;
  /** By entity; the empty text asks for the plan alone. */
  readonly waiting: Map<string, Waiting>;
}

interface Waiting {
  readonly revision: Revision;
  readonly entity: string;
  readonly cacheKey: string;
  readonly tell: ((found: Found) => void)[];
}

const planAlone = '';

/** Reads entities of views: from memory, or all that one turn of the event loop asks for in one query. */
export function createViewReader(
  store: ViewStore,
  log: Pick<Log, 'warn'>,
  tell: { readonly looked: (seconds: number) => void } = { looked: () => undefined },
): ViewReader {
  const cache = createEntityCache();
  const revisions = new Map<string, Revision>();
  const byColumns = new WeakMap<Pick<ViewColumns, 'view' | 'digest'>, Revision>();
  let waiting: Waiting[] = [];
  let isRunning = false;
  let isPolling = false;
  let lastWarnedMs = 0;
  let stopListening: (() => void) | null = null;

  const warn = (error: unknown): void => {
    if (Date.now() - lastWarnedMs < 10_000) return;
    lastWarnedMs = Date.now();
    log.warn({ reason: reasonOf(error) }, 'values of views cannot be read; rows are answered without them');
  };
  const poll = async (): Promise<void> => {
    if (isPolling) return;
    isPolling = true;
    try {
      for (const head of await store.heads(cache.revisions)) cache.changed(head);
    } catch (error) {
      warn(error);
    } finally {
      isPolling = false;
    }
  };
  const readBatch = async (batch: readonly Waiting[]): Promise<void> => {
    const startMs = performance.now();
    try {
      for (const { revision } of batch)
        // oxlint-disable-next-line no-await-in-loop -- read once for the life of a process
        revision.plan ??= planView(await store.view(revision.view, revision.digest));
      const asked = batch.filter(({ entity }) => entity !== planAlone);
      const asks = asked.map(({ revision: { view, digest }, entity }): ViewAsk => ({ view, digest, entity }));
      const found = asks.length === 0 ? [] : await store.read(asks);
      if (asks.length > 0) tell.looked((performance.now() - startMs) / 1_000);
      asked.forEach(({ revision, cacheKey, tell: listeners }, index) => {
        const stored: StoredEntity | null = found[index] ?? null;
        const one = stored === null ? null : revision.cache.put(cacheKey, stored);
        for (const listener of listeners) listener(one);
      });
      for (const { entity, tell: listeners } of batch)
        if (entity === planAlone) for (const listener of listeners) listener(null);
    } catch (error) {
      warn(error);
      for (const { tell: listeners } of batch) for (const listener of listeners) listener('late');
    }
  };
  const run = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, asksPerQueryMax);
      waiting = waiting.slice(asksPerQueryMax);
      for (const { revision, entity } of batch) revision.waiting.delete(entity);
      // oxlint-disable-next-line no-await-in-loop -- one query at a time: what comes meanwhile goes into the next
      await readBatch(batch);
    }
    isRunning = false;
  };
  const foundOf = (asked: Ask): Promise<Found> =>
    new Promise((resolve) => {
      const revision = opened(asked.revision);
      const whole = asked.key === null ? null : entityKeyOf(asked.key);
      const entity = whole === null || whole.length > keyCharsMax ? planAlone : whole;
      const same = revision.waiting.get(entity);
      if (same !== undefined) return void same.tell.push(resolve);
      if (waiting.length >= waitingMax) return resolve('late');
      const one = { revision, entity, cacheKey: cacheKeyOf(asked.key ?? []), tell: [resolve] };
      revision.waiting.set(entity, one);
      waiting.push(one);
      return undefined;
    });
  const opened = ({ view, digest }: { readonly view: string; readonly digest: string }): Revision => {
    const name = `${view}/${digest}`;
    const known = revisions.get(name);
    if (known !== undefined) return known;
    const own = cache.of({ view, digest });
    const remembered: ReadRevision['remembered'] = (key) => own.get(cacheKeyOf(key));
    const revision: Revision = { view, digest, plan: null, cache: own, waiting: new Map(), remembered };
    revisions.set(name, revision);
    stopListening ??= store.onChange((head) => {
      if (head === null) void poll();
      else cache.changed(head);
    });
    return revision;
  };

  return {
    of(columns) {
      const known = byColumns.get(columns);
      if (known !== undefined) return known;
      const revision = opened(columns);
      byColumns.set(columns, revision);
      return revision;
    },
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
    stop: () => stopListening?.(),
  };
}

/** As short as it may be: the text of the only column, or all of them as a list. */
function cacheKeyOf(key: readonly string[]): string {
  const [first] = key;
  return key.length === 1 && first !== undefined ? first : JSON.stringify(key);
}
