import type { WorkerHandle } from './worker-handle.ts';

/** One of the places for a worker, and what was seen of its workers so far. */
export interface WorkerPlace {
  current: WorkerHandle | null;
  startedAtMs: number;
  failures: number;
  notBeforeMs: number;
  /** Versions that a fresh worker could not load, and when that is worth another try. */
  readonly retryAtMs: Map<string, number>;
}

const healthyAfterMs = 30_000;
const backOffMsMax = 5_000;

export function createWorkerPlace(): WorkerPlace {
  return { current: null, startedAtMs: 0, failures: 0, notBeforeMs: 0, retryAtMs: new Map() };
}

export function isDueForStart(place: WorkerPlace, nowMs: number): boolean {
  return nowMs >= place.notBeforeMs;
}

export function noteStart(place: WorkerPlace, worker: WorkerHandle, nowMs: number): void {
  place.current = worker;
  place.startedAtMs = nowMs;
}

/** The first death is answered at once; a worker that keeps dying young is started ever more slowly. */
export function noteDeath(place: WorkerPlace, nowMs: number): void {
  place.current = null;
  place.failures = nowMs - place.startedAtMs > healthyAfterMs ? 1 : place.failures + 1;
  place.notBeforeMs = place.failures <= 1 ? 0 : nowMs + backOffMs(place.failures);
}

export function noteFailedStart(place: WorkerPlace, nowMs: number): void {
  place.failures++;
  place.notBeforeMs = nowMs + backOffMs(place.failures);
}

function backOffMs(failures: number): number {
  return Math.min(backOffMsMax, 100 * 2 ** Math.min(failures, 10));
}
