/** Trees of another library, understood; what either reader makes of its file. */
export interface Dump {
  /** As a sentence calls it. */
  readonly maker: string;
  readonly features: readonly DumpFeature[];
  readonly trees: readonly DumpTree[];
  /** What the sums of a row begin with: one number per sum. */
  readonly base: readonly number[];
  readonly objective: Objective;
  /** The type in which the library reads features, compares and adds up. */
  readonly precision: 'float' | 'double';
}

export interface DumpFeature {
  /** Null where the library was given columns without names. */
  readonly name: string | null;
  /** It was trained as a category: members of its splits are codes. */
  readonly isCategory: boolean;
  /** The word of each code from 0 on; null where the file holds codes alone. */
  readonly words: readonly string[] | null;
}

export interface DumpTree {
  /** The sum that it is added to. */
  readonly target: number;
  readonly root: DumpNode;
}

export type DumpNode = { readonly leaf: number } | DumpCut | DumpSet;

/** `left` is taken by value <= cut, in the precision of the dump. */
export interface DumpCut {
  readonly feature: number;
  readonly cut: number;
  readonly isMissingLeft: boolean;
  /** Zero goes where missing goes. */
  readonly isZeroMissing: boolean;
  readonly left: DumpNode;
  readonly right: DumpNode;
}

/** `left` is taken by the codes in `members`; missing belongs to them where it is a member. */
export interface DumpSet {
  readonly feature: number;
  readonly members: readonly number[];
  readonly isMissingMember: boolean;
  readonly left: DumpNode;
  readonly right: DumpNode;
}

/** What the sums mean: `link(slope * sum)`. */
export interface Objective {
  /** As its maker calls it. */
  readonly name: string;
  /**
   * `probability`: one sum, of the second of two classes; `classes`: one sum per class; `value`: one; `share`: one,
   * between 0 and 1, which is a value or a probability, as the definition has it.
   */
  readonly answers: 'probability' | 'classes' | 'value' | 'share';
  readonly link: Link;
  readonly slope: number;
}

export type Link = 'identity' | 'exp' | 'signed-square' | 'logistic' | 'softmax';
