/** What programs have pushed of one model: rows in the order in which they were stored, counted from 1. */
export interface PushedRows {
  readonly model: string;
  /** The last row that is stored, when it came, and how long ago that is by the clock of the store. */
  head(): Promise<PushedHead>;
  /** Batches that end behind a row, in order; at most so many, and no more than fit into so many bytes, but for one. */
  behind(row: number, bounds: { readonly batches: number; readonly bytes: number }): Promise<readonly PushedBatch[]>;
}

export interface PushedHead {
  /** 0 before the first. */
  readonly lastRow: number;
  readonly receivedAt: Date | null;
  /** Null before the first row. */
  readonly ageMs: number | null;
}

export interface PushedBatch {
  readonly firstRow: number;
  readonly lastRow: number;
  /** Its rows as NDJSON: one object per line, as it came, the last line ended too. */
  readonly lines: Buffer;
}
