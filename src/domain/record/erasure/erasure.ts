// Erasure: what is known of one entity goes, everywhere that it can lie (docs/erasure.md).
import type { AuditSubject } from '../audit-subject.ts';
import { taskQueues, workflowIds } from '../../words/ids.ts';

/** What an erasure covers: one model, one feature view, or every model and view. */
export const erasureScopes = ['model', 'view', 'all'] as const;
export type ErasureScope = (typeof erasureScopes)[number];

export const erasureStatuses = ['running', 'done'] as const;

/** What a digest that has a tombstone was the name of. */
export const erasedThings = [
  'snapshot',
  'rows',
  'quarantine',
  'repairs',
  'sealed',
  'index',
  'manifest',
  'pushed',
] as const;
export type ErasedThing = (typeof erasedThings)[number];

/** Where rows of an entity are looked for, in the order in which a report tells of them. */
export const erasurePlaces = {
  predictions: 'logged predictions',
  labels: 'labels, parked ones too',
  proxies: 'values that stand in for labels',
  'view-uses': 'how values of views stood that predictions were answered with',
  assignments: 'assignments of rollouts and A/B tests',
  sealed: 'rows of sealed files',
  snapshots: 'rows of snapshots',
  quarantine: 'rows in quarantine, with what people wrote about them',
  pushed: 'pushed rows',
  online: 'rows of feature views online',
  samples: 'samples of served values',
  spool: 'records in the spools of inference processes',
  training: 'folders of trainings that were cut off',
} as const;
export type ErasurePlace = keyof typeof erasurePlaces;

/** Where a step goes on; it holds names, digests and counts, and never an entity. */
export interface ErasePlace {
  /** 1, and 2 for what moved meanwhile. */
  readonly pass: number;
  readonly part: string;
  readonly owner: string | null;
  readonly cursor: string | null;
  /** Of the part `wait`: when it began, epoch milliseconds. */
  readonly sinceMs?: number;
}

export interface EraseInput {
  readonly erasureId: string;
  readonly place: ErasePlace | null;
}

export interface EraseStep {
  /** Null when it is through. */
  readonly next: ErasePlace | null;
  /** Time until the next step is worth taking; 0 for at once. */
  readonly waitMs: number;
  /** For people. */
  readonly text: string;
}

export interface ErasedCount {
  readonly owner: string;
  readonly place: ErasurePlace;
  readonly rows: number;
  /** Files that were written anew; 0 for tables. */
  readonly files: number;
}

/** A version that learnt from rows which are gone. */
export interface TrainedOn {
  readonly model: string;
  readonly version: number;
  readonly isChampion: boolean;
}

/** A back-up in which the rows still stand. */
export interface BackupBefore {
  readonly place: string;
  readonly name: string;
  /** ISO 8601. */
  readonly takenAt: string;
  /** Null where nobody said until when it is kept. */
  readonly endsAt: string | null;
}

/** What an erasure found and did, for good. */
export interface ErasureEnd {
  readonly counts: readonly ErasedCount[];
  readonly trainedOn: readonly TrainedOn[];
  readonly backups: readonly BackupBefore[];
  /** What could not be reached, a sentence each. */
  readonly notReached: readonly string[];
}

/** What runs an erasure, whoever misses it first: once. */
export function eraseStart(erasureId: string) {
  return {
    workflowId: workflowIds.erase(erasureId),
    taskQueue: taskQueues.workflows,
    args: [{ erasureId, place: null }] satisfies [EraseInput],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `erasure ${erasureId.slice(0, 8)}`,
  } as const;
}

/** Whom a reading of a source leaves out: rows where SHA-256 over `key` and a cell of `columns` is one of `hashes`. */
export interface ExcludedEntities {
  readonly key: string;
  readonly hashes: readonly string[];
  readonly columns: readonly string[];
  /**
   * Of an entity that was erased by one key column of a view: those that stood beside it as keys, in which the same
   * text is somebody else. Absent, or without its hash, looks at all columns.
   */
  readonly notIn?: ReadonlyMap<string, readonly string[]>;
}

/** What a row of the audit about an erasure is about. */
export function erasureSubjectOf({
  scope,
  name,
}: {
  readonly scope: ErasureScope;
  readonly name: string;
}): AuditSubject {
  return scope === 'view' ? { of: 'view', id: name } : { of: 'model', model: name };
}
