import type { SnapshotColumn } from './snapshot.ts';

/** What changed between two datasets: each is a snapshot with all that it continues. */
export interface DatasetDiff {
  readonly rows: { readonly from: number; readonly to: number };
  /** Those of the later one first. */
  readonly columns: readonly ColumnDiff[];
  /** Rows that stand on one side alone, by all columns that both have; null when they have none in common. */
  readonly rowsChanged: { readonly added: number; readonly removed: number } | null;
  /** Keys of whom rows are about that stand on one side alone; null where none is declared. */
  readonly keysChanged: { readonly added: number; readonly removed: number } | null;
}

export interface ColumnDiff {
  readonly name: string;
  readonly change: 'same' | 'added' | 'removed' | 'retyped';
  readonly types: { readonly from: SnapshotColumn['type'] | null; readonly to: SnapshotColumn['type'] | null };
  /** Of a column that both have as the same type. */
  readonly values?: {
    readonly missing: { readonly from: number; readonly to: number };
    readonly means: { readonly from: number; readonly to: number } | null;
    /**
     * Jensen-Shannon distance (0 to 0.83) of the values, in twentieths of the first side or by word, a missing value
     * among them.
     */
    readonly distance: number;
    /** What two samples of these sizes show without any difference. */
    readonly floor: number;
  };
}
