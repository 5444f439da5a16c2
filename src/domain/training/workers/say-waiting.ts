import { memoryClassOf, mayFit, type FitNeeds, type FitPlace } from './trainer-queue.ts';

/** A fit that somebody has to take. */
export interface AskedFit extends FitNeeds {
  readonly runId: string;
  readonly queue: string;
  /** Which of the trainers that a worker knows. */
  readonly trainer: string;
}

/** A worker that said within the last minute that it is there. */
export interface LiveWorker extends FitPlace {
  readonly name: string;
  /** Fits at once. */
  readonly slots: number;
  readonly trainers: readonly string[];
  /** Ids of the trainings that it fits now. */
  readonly running: readonly string[];
}

const fewNames = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const;

/**
 * Why nobody has taken a fit yet, by the workers of its queue: "waits for a worker of perennial-gpu with tag a100 and
 * 32 GB; three are there, two are busy, one has 16 GB". A worker stands under the first reason that holds for it.
 */
export function sayWaiting(fit: AskedFit, workers: readonly LiveWorker[]): string {
  const there = workers.filter(({ queue }) => queue === fit.queue);
  const wanted = `waits for a worker of ${fit.queue}${sayNeeds(fit)}`;
  if (there.length === 0) return `${wanted}; none is there`;
  const reasons = new Map<string, number>();
  for (const worker of there) {
    const reason = reasonOf(fit, worker);
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const told = [...reasons].map(([reason, count]) => `${few(count)} ${count === 1 ? reason : pluralOf(reason)}`);
  return `${wanted}; ${few(there.length)} ${there.length === 1 ? 'is' : 'are'} there, ${told.join(', ')}`;
}

function reasonOf(fit: AskedFit, worker: LiveWorker): string {
  if (fit.tag !== undefined && !worker.tags.includes(fit.tag)) return `has no tag ${fit.tag}`;
  if (!mayFit(worker, fit)) return worker.memoryGb === null ? 'does not say its memory' : `has ${worker.memoryGb} GB`;
  if (!worker.trainers.includes(fit.trainer)) return `does not know the trainer ${fit.trainer}`;
  return worker.running.length >= worker.slots ? 'is busy' : 'is free and should take it soon';
}

function sayNeeds({ tag, memoryGb }: FitNeeds): string {
  const classGb = memoryGb === undefined ? null : memoryClassOf(memoryGb);
  const memory =
    memoryGb === undefined
      ? []
      : [classGb === null || classGb === memoryGb ? `${memoryGb} GB` : `${memoryGb} GB (the class of ${classGb} GB)`];
  const needs = [...(tag === undefined ? [] : [`tag ${tag}`]), ...memory];
  return needs.length === 0 ? '' : ` with ${needs.join(' and ')}`;
}

function few(count: number): string {
  return fewNames[count] ?? String(count);
}

function pluralOf(reason: string): string {
  return reason
    .replace(/^has /, 'have ')
    .replace(/^is /, 'are ')
    .replace(/^does /, 'do ');
}
