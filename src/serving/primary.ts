import { randomUUID } from 'node:crypto';
import type { Worker } from 'node:cluster';
import { PerennialError } from '../domain/errors.ts';
import { deferred } from './deferred.ts';
import { createSuspects, missingVersions, neededVersions, type NeededVersions } from './needed-versions.ts';
import type { Log, RoutingSource } from './ports.ts';
import { reasonOf } from './version-host.ts';
import { followWorker, type WorkerHandle } from './worker-handle.ts';

export interface PrimaryOptions {
  readonly source: Pick<RoutingSource, 'read' | 'onChange' | 'leave'>;
  readonly log: Log;
  readonly processCount: number;
  readonly fork: () => Worker;
  readonly loadTimeoutMs?: number;
  /** How long a replaced process may take to finish with its connections. */
  readonly drainMs?: number;
}

export interface Primary {
  /** Resolves with the port when the first worker serves; rejects when none can. */
  readonly ready: Promise<number>;
  stop(): Promise<void>;
}

interface Slot {
  current: WorkerHandle | null;
  startedAtMs: number;
  failures: number;
  notBeforeMs: number;
  /** Versions that a fresh process could not load, and when that is worth another try. */
  readonly retryAtMs: Map<string, number>;
}

const healthyAfterMs = 30_000;
const backOffMsMax = 5_000;
/** A version whose file cannot be loaded is tried again now and then: someone may have restored it. */
const swapRetryMs = 30_000;
const stopGraceMs = 2_000;
const retiringMax = 2;

/** Keeps `processCount` workers alive, and replaces them one at a time when the routing asks for versions that they lack. */
export function startPrimary(options: PrimaryOptions): Primary {
  const { log } = options;
  const loadTimeoutMs = options.loadTimeoutMs ?? 120_000;
  const drainMs = options.drainMs ?? 6_500;
  const slots: Slot[] = Array.from({ length: options.processCount }, () => ({ current: null, startedAtMs: 0, failures: 0, notBeforeMs: 0, retryAtMs: new Map() }));
  const suspects = createSuspects();
  const alive = new Set<WorkerHandle>();
  const retiring = new Set<Promise<unknown>>();
  const first = deferred<number>();
  first.promise.catch(() => undefined);
  let stopping = false;
  let wake = deferred<void>();
  let needed: NeededVersions | null = null;

  const start = (): WorkerHandle => {
    const handle = followWorker(options.fork(), { processId: randomUUID(), excluded: [...suspects.excluded] }, loadTimeoutMs);
    alive.add(handle);
    void handle.ended.then(({ crashed, how }) => {
      alive.delete(handle);
      if (!stopping) log.info({ pid: handle.pid, how }, 'an inference process has ended');
      // Its lease would otherwise keep every rollout step waiting until it runs out.
      void options.source.leave(handle.processId).catch(() => undefined);
      if (crashed) accuse([...handle.touched, ...handle.loaded].filter((key) => needed?.challengers.has(key)));
      wake.resolve();
    });
    return handle;
  };
  const accuse = (keys: readonly string[]): void => {
    for (const key of suspects.accuse(keys)) log.error({ version: key }, 'a challenger was there when two processes crashed: it is left out until it leaves the routing');
  };
  const refresh = async (): Promise<void> => {
    try {
      const entries = await options.source.read();
      suspects.keepOnly(neededVersions(entries, new Set()).challengers);
      needed = neededVersions(entries, suspects.excluded);
    } catch {
      // The database is away: what is needed stays what it was.
    }
  };

  const fill = async (slot: Slot): Promise<void> => {
    const handle = start();
    const problem = await handle.started;
    if (problem === null) {
      slot.current = handle;
      slot.startedAtMs = Date.now();
      first.resolve(handle.port);
      return;
    }
    slot.failures++;
    slot.notBeforeMs = Date.now() + Math.min(backOffMsMax, 100 * 2 ** Math.min(slot.failures, 10));
    if (!stopping) log.error({ reason: problem, failures: slot.failures }, 'an inference process could not start');
    if (slot.failures >= 3) first.reject(new PerennialError('configuration', `inference cannot start: ${problem}`));
  };
  const swap = async (slot: Slot, old: WorkerHandle, missing: readonly string[]): Promise<void> => {
    const fresh = start();
    const problem = await fresh.started;
    const retryAtMs = Date.now() + swapRetryMs;
    for (const key of problem === null ? fresh.failed : missing) slot.retryAtMs.set(key, retryAtMs);
    // The old process still answers for the model with what it has; a fresh one without the champion would not.
    const lost = [...(needed?.champions ?? [])].filter((key) => fresh.failed.has(key) && servesModelOf(old, key));
    if (problem !== null || lost.length > 0) {
      log.error({ reason: problem ?? `cannot load ${lost.join(', ')}` }, 'a replacement process was given up');
      fresh.kill();
      return;
    }
    accuse([...fresh.failed].filter((key) => needed?.challengers.has(key)));
    slot.current = fresh;
    slot.startedAtMs = Date.now();
    const retired = old.retire(drainMs).finally(() => retiring.delete(retired));
    retiring.add(retired);
    if (retiring.size > retiringMax) await Promise.race(retiring);
  };
  const tend = async (slot: Slot): Promise<void> => {
    const { current } = slot;
    if (current?.hasEnded === true) {
      slot.current = null;
      slot.failures = Date.now() - slot.startedAtMs > healthyAfterMs ? 0 : slot.failures + 1;
      // At once after a healthy life; a process that keeps dying is started ever more slowly.
      slot.notBeforeMs = slot.failures <= 1 ? 0 : Date.now() + Math.min(backOffMsMax, 100 * 2 ** Math.min(slot.failures, 10));
    }
    if (slot.current === null) {
      if (Date.now() >= slot.notBeforeMs) await fill(slot);
      return;
    }
    const { loaded } = slot.current;
    const missing = needed === null ? [] : missingVersions(needed, loaded).filter((key) => (slot.retryAtMs.get(key) ?? 0) <= Date.now());
    if (missing.length > 0) await swap(slot, slot.current, missing);
  };

  const loop = async (): Promise<void> => {
    while (!stopping) {
      wake = deferred<void>();
      await refresh();
      for (const slot of slots) if (!stopping) await tend(slot);
      // The time-out finds what became due without anybody saying so (back-off).
      const timer = setTimeout(() => wake.resolve(), slots.some((slot) => slot.current === null) ? 100 : 2_000);
      if (!stopping) await wake.promise;
      clearTimeout(timer);
    }
  };
  const stopWatching = options.source.onChange(() => wake.resolve());
  const looping = loop().catch((error: unknown) => {
    log.error({ reason: reasonOf(error) }, 'the primary failed');
    first.reject(error);
  });

  return {
    ready: first.promise,
    async stop() {
      stopping = true;
      stopWatching();
      wake.resolve();
      await Promise.all([...alive].map((handle) => handle.retire(stopGraceMs)));
      await looping;
    },
  };
}

function servesModelOf(handle: WorkerHandle, key: string): boolean {
  const model = key.slice(0, key.indexOf('@') + 1);
  return [...handle.loaded].some((loaded) => loaded.startsWith(model));
}
