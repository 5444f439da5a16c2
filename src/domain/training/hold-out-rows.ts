/**
 * In which cells of the profile, and in which slices, the rows of the hold-out stand whose losses the gate keeps: the
 * last ones, in time order. With them a rise in loss is told apart by feature and by slice.
 */
export interface HoldOutRows {
  readonly rows: number;
  /** At most 40: the first of the definition that can drift. */
  readonly features: readonly {
    readonly name: string;
    /** One character per row: its cell, as a place in `cellSigns`. */
    readonly cells: string;
  }[];
  /** One character per row: `1` where it is in the slice. */
  readonly slices: readonly { readonly key: string; readonly members: string }[];
}

/**
 * When rows of the hold-out happened is kept in quarters of an hour: clocks change at these, so that each says in which
 * phase of a season a row stands, in any time zone.
 */
export const quarterHourMs = 900_000;

/** Hold-out rows of which loss, cells and slices are kept. */
export const holdOutRowsMax = 4_000;
export const holdOutFeaturesMax = 40;
