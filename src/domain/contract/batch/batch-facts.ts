import type { ColumnSummary, SourceColumn } from '../../training/snapshot.ts';

/** What is known of a batch once it has been scanned. */
export interface BatchFacts {
  /** Rows that were read, those set aside too. */
  readonly rows: number;
  /** Of the accepted rows. */
  readonly profile: readonly ColumnSummary[];
  /** Null where they were not kept. */
  readonly sourceColumns: readonly SourceColumn[] | null;
}

/** A batch that was taken before, by the digest of its snapshot. */
export interface BatchBefore {
  readonly digest: string;
  readonly rows: number;
  /** What else is known of it; null where only its rows were asked for. */
  readonly facts: BatchFacts | null;
}

/** What a batch is held against. */
export interface BatchHistory {
  /** Batches that were taken before, the newest first; rows that were replayed from a quarantine are none. */
  readonly before: readonly BatchBefore[];
  /** Snapshots that rules name, by their digests; null for one that there is none of. */
  readonly named: ReadonlyMap<string, BatchBefore | null>;
}

export const noHistory: BatchHistory = { before: [], named: new Map() };
