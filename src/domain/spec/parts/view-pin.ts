/** Which feature of which view a feature of a model is, and by which columns of the model its value is found. */
export interface ViewPin {
  readonly view: string;
  /** Its name in the view. */
  readonly feature: string;
  /**
   * The revision of the view, by its digest. Null in a definition that leaves the choice to `apply`; never null in a
   * definition that was stored.
   */
  readonly digest: string | null;
  /** Columns of the model's rows, one for each entity column of the view, in its order. */
  readonly on: readonly string[];
}
