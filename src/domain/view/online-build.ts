/** A snapshot that is being brought into an online store. */
export interface OnlineBuild {
  readonly snapshot: string;
  /** Where its rows go: that of the store where it continues what is there, the next one where it supersedes. */
  readonly generation: number;
  /** The place in the source through which its rows are in; -1 before the first. */
  readonly throughSeq: number;
}
