/** Where the walk over what has an end goes on: a part of it, and that part's own place (null: its beginning). */
export interface RetainPlace {
  readonly part: string;
  readonly cursor: string | null;
}
