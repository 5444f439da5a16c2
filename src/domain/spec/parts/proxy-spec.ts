/** A value that stands in for the label and comes sooner: a click, a complaint. */
export interface ProxySpec {
  /** 1..64 characters of a-z, 0-9 and "_", the first a letter: what a report names it by. */
  readonly name: string;
  /** What it says, for people. */
  readonly meaning: string;
  /** Whether a higher value, or a lower one, speaks for the answer. */
  readonly better: 'higher' | 'lower';
}
