import type { ValueStatus } from './closed-sets.ts';

/** A value as it travels: null is missing. Truth values and times are numbers (1/0, epoch milliseconds). */
export type ServedValue = number | string | null;

/** What one look at a view gave, and by what it can be computed anew. */
export interface LookSample {
  readonly predictionId: string;
  /** The key columns, as the source writes them. */
  readonly key: readonly string[];
  readonly atMs: number;
  readonly status: ValueStatus;
  /** All of this snapshot and of those that it continues was in the store, and nothing else; null: nothing was. */
  readonly snapshot: string | null;
  /** The store was being changed, so that no snapshot says what it held. */
  readonly isBuilding: boolean;
  /** By feature of the view. */
  readonly values: Readonly<Record<string, ServedValue>>;
}
