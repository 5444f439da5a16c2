/** One row as it came through the door, in the cells of its edge signature. */
export interface EdgeRow {
  readonly numbers: Float64Array;
  readonly texts: (string | null)[];
  readonly entity: string | null;
  readonly eventTimeMs: number | null;
}
