import type { OtherCells } from './repair-request.ts';

/** One row as it came through the door, in the cells of its edge signature. */
export interface EdgeRow {
  readonly numbers: Float64Array;
  readonly texts: (string | null)[];
  readonly entity: string | null;
  readonly eventTimeMs: number | null;
  /** Columns whose cell declared repairs have changed; absent where none did. */
  readonly repaired?: readonly string[];
  /** By `repairsKey`, what versions see that were trained behind other repairs; absent where there is none. */
  readonly others?: ReadonlyMap<string, OtherCells>;
}
