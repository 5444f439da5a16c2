import type { WorkerHandle } from './worker-handle.ts';

/** One of the places for a worker, and what was seen of its workers so far. */
export interface Slot {
  current: WorkerHandle | null;
  startedAtMs: number;
  failures: number;
  notBeforeMs: number;
  /** Versions that a fresh worker could not load, and when that is worth another try. */
  readonly retryAtMs: Map<string, number>;
}

const healthyAfterMs = 30_000;
const backOffMsMax = 5_000;

export function createSlot(): Slot {
  return { current: null, startedAtMs: 0, failures: 0, notBeforeMs: 0, retryAtMs: new Map() };
}

export function isDueForStart(slot: Slot, nowMs: number): boolean {
  return nowMs >= slot.notBeforeMs;
}

export function noteStart(slot: Slot, worker: WorkerHandle, nowMs: number): void {
  slot.current = worker;
  slot.startedAtMs = nowMs;
}

/** The first death is answered at once; a worker that keeps dying young is started ever more slowly. */
export function noteDeath(slot: Slot, nowMs: number): void {
  slot.current = null;
  slot.failures = nowMs - slot.startedAtMs > healthyAfterMs ? 1 : slot.failures + 1;
  slot.notBeforeMs = slot.failures <= 1 ? 0 : nowMs + backOffMs(slot.failures);
}

export function noteFailedStart(slot: Slot, nowMs: number): void {
  slot.failures++;
  slot.notBeforeMs = nowMs + backOffMs(slot.failures);
}

function backOffMs(failures: number): number {
  return Math.min(backOffMsMax, 100 * 2 ** Math.min(failures, 10));
}
