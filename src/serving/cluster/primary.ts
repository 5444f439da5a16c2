import { randomUUID } from 'node:crypto';
import type { Worker } from 'node:cluster';
import { PerennialError } from '../../domain/words/errors.ts';
import { deferred } from '../model-process/deferred.ts';
import { createSuspects, missingVersions, neededVersions, type NeededVersions } from '../versions/needed-versions.ts';
import type { RoutingSource } from '../ports.ts';
import type { Log } from '../../telemetry/log.ts';
import { closeUnaccepted } from './close-unaccepted.ts';
import { createSpareWorker } from './spare-worker.ts';
import {
  createWorkerPlace,
  isDueForStart,
  noteDeath,
  noteFailedStart,
  noteStart,
  type WorkerPlace,
} from './worker-place.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import { modelOfKey } from '../versions/version-key.ts';
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

/** A version whose file cannot be loaded is tried again now and then: someone may have restored it. */
const swapRetryMs = 30_000;
const stopGraceMs = 2_000;
const retiringMax = 2;
const failedStartsMax = 3;
/** A start needs the CPU for itself; the spare comes when it has settled. */
const spareAfterMs = 1_000;

/**
 * Keeps `processCount` workers alive, and replaces them one at a time when the routing asks for versions that they
 * lack.
 */
export function startPrimary(options: PrimaryOptions): Primary {
  const { log, source } = options;
  const places: readonly WorkerPlace[] = Array.from({ length: options.processCount }, createWorkerPlace);
  const first = deferred<number>();
  first.promise.catch(() => undefined);
  const crew = createCrew(options, () => wake.resolve());
  let isStopping = false;
  let wake = deferred<void>();

  const tend = async (place: WorkerPlace): Promise<void> => {
    if (place.current?.hasEnded === true) noteDeath(place, Date.now());
    if (place.current === null) {
      if (!isDueForStart(place, Date.now())) return;
      const problem = await crew.fill(place);
      if (problem === null) first.resolve(place.current === null ? 0 : portOf(place));
      else if (place.failures >= failedStartsMax)
        first.reject(new PerennialError('configuration', `inference cannot start: ${problem}`));
      return;
    }
    const missing = crew.missing(place);
    if (missing.length > 0) await crew.swap(place, place.current, missing);
  };
  const loop = async (): Promise<void> => {
    while (!isStopping) {
      wake = deferred<void>();
      // oxlint-disable-next-line no-await-in-loop -- a loop of its own; each turn sees the newest routing
      await crew.refresh();
      // oxlint-disable-next-line no-await-in-loop -- one swap at a time: two would hold every version twice in memory
      for (const place of places) if (!isStopping) await tend(place);
      if (
        !isStopping &&
        places.every((place) => place.current !== null && Date.now() - place.startedAtMs > spareAfterMs)
      )
        crew.prepareSpare();
      // The time-out finds what became due without anybody saying so (back-off).
      const timer = setTimeout(() => wake.resolve(), places.some((place) => place.current === null) ? 100 : 2_000);
      // oxlint-disable-next-line no-await-in-loop -- the pause
      if (!isStopping) await wake.promise;
      clearTimeout(timer);
    }
  };
  const stopWatching = source.onChange(() => wake.resolve());
  const looping = loop().catch((error: unknown) => {
    log.error({ reason: reasonOf(error) }, 'the primary failed');
    first.reject(error);
  });
  return {
    ready: first.promise,
    async stop() {
      isStopping = true;
      stopWatching();
      wake.resolve();
      await crew.dismiss();
      await looping;
    },
  };
}

function portOf(place: WorkerPlace): number {
  return place.current?.port ?? 0;
}

interface Crew {
  /** Reads what the routing needs; while the database is away it stays what it was. */
  refresh(): Promise<void>;
  missing(place: WorkerPlace): readonly string[];
  /** Starts a worker for an empty place. Resolves with null, or with why there is none. */
  fill(place: WorkerPlace): Promise<string | null>;
  /** Starts a replacement with all versions and retires the old worker, or keeps the old one. */
  swap(place: WorkerPlace, old: WorkerHandle, missing: readonly string[]): Promise<void>;
  /** Has a process ready for the next exchange or replacement. */
  prepareSpare(): void;
  dismiss(): Promise<void>;
}

function createCrew(options: PrimaryOptions, onEnd: () => void): Crew {
  const { log, source, loadTimeoutMs = 120_000, drainMs = 6_500 } = options;
  const suspects = createSuspects();
  const spare = createSpareWorker(() => closeUnaccepted(options.fork()));
  const alive = new Set<WorkerHandle>();
  const retiring = new Set<Promise<unknown>>();
  let needed: NeededVersions = { champions: new Set(), challengers: new Set() };
  let isDismissed = false;

  const accuse = (keys: Iterable<string>): void => {
    const challengers = [...new Set(keys)].filter((key) => needed.challengers.has(key));
    for (const key of suspects.accuse(challengers))
      log.error(
        { version: key },
        'a challenger was there when two processes failed: it is left out until it leaves the routing',
      );
  };
  const start = (): WorkerHandle => {
    const handle = followWorker(
      spare.take(),
      { processId: randomUUID(), excluded: [...suspects.excluded] },
      loadTimeoutMs,
    );
    alive.add(handle);
    void handle.ended.then(({ hasCrashed, how }) => {
      alive.delete(handle);
      if (!isDismissed) log.info({ pid: handle.pid, how }, 'an inference process has ended');
      // Its lease would otherwise keep every rollout step waiting until it runs out.
      void source.leave(handle.processId).catch(() => undefined);
      if (hasCrashed) accuse([...handle.touched, ...handle.loaded]);
      onEnd();
    });
    return handle;
  };
  return {
    async refresh() {
      const entries = await source.read().catch(() => null);
      if (entries === null) return;
      suspects.keepOnly(neededVersions(entries, new Set()).challengers);
      needed = neededVersions(entries, suspects.excluded);
    },
    missing: (place) =>
      missingVersions(needed, place.current?.loaded ?? new Set()).filter(
        (key) => (place.retryAtMs.get(key) ?? 0) <= Date.now(),
      ),
    async fill(place) {
      const handle = start();
      const problem = await handle.started;
      if (problem === null) noteStart(place, handle, Date.now());
      else noteFailedStart(place, Date.now());
      if (problem !== null && !isDismissed)
        log.error({ reason: problem, failures: place.failures }, 'an inference process could not start');
      return problem;
    },
    async swap(place, old, missing) {
      const fresh = start();
      const problem = await fresh.started;
      for (const key of problem === null ? fresh.failed : missing) place.retryAtMs.set(key, Date.now() + swapRetryMs);
      // The old process still answers for the model with what it has; a fresh one without the champion would not.
      const lost = [...needed.champions].filter((key) => fresh.failed.has(key) && canServeModelOf(old, key));
      if (problem !== null || lost.length > 0) {
        log.error({ reason: problem ?? `cannot load ${lost.join(', ')}` }, 'a replacement process was given up');
        fresh.kill();
        return;
      }
      accuse(fresh.failed);
      noteStart(place, fresh, Date.now());
      const retired = old.retire(drainMs).finally(() => retiring.delete(retired));
      retiring.add(retired);
      if (retiring.size > retiringMax) await Promise.race(retiring);
    },
    prepareSpare: () => spare.prepare(),
    async dismiss() {
      isDismissed = true;
      spare.dismiss();
      await Promise.all([...alive].map((handle) => handle.retire(stopGraceMs)));
    },
  };
}

function canServeModelOf(handle: WorkerHandle, key: string): boolean {
  return [...handle.loaded].some((loaded) => modelOfKey(loaded) === modelOfKey(key));
}
