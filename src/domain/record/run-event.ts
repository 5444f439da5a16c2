import type { RunKind, RunStatus } from './closed-sets.ts';

/** What OpenLineage calls the beginning and the ends of a run. */
export const runEventTypes = ['START', 'COMPLETE', 'FAIL', 'ABORT'] as const;
export type RunEventType = (typeof runEventTypes)[number];

/** Runs that make or move something; guards and A/B tests only look. */
export const toldRunKinds = ['ingest', 'train', 'rollout', 'import', 'replay'] as const satisfies readonly RunKind[];

const types: Readonly<Record<RunStatus, RunEventType>> = {
  running: 'START',
  completed: 'COMPLETE',
  failed: 'FAIL',
  cancelled: 'ABORT',
  // Nobody knows how far it came.
  lost: 'ABORT',
};

export function eventTypeOf(status: RunStatus): RunEventType {
  return types[status];
}

export function isTold(kind: RunKind): boolean {
  return toldRunKinds.some((told) => told === kind);
}
