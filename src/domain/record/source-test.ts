import type { FeatureKind } from '../spec/spec.ts';
import type { RuleSeverity } from '../spec/closed-sets.ts';

/** What a column of a source looks like in a sample of its first rows. */
export interface SampledColumn {
  readonly name: string;
  /** What it would be taken for if nobody declared it; null for a column that would be left out. */
  readonly inferredKind: FeatureKind | null;
  /** How the definition uses it; null where it does not. */
  readonly declaredAs: string | null;
  /** Rows of the sample with a value. */
  readonly present: number;
  /** Approximate. */
  readonly distinct: number;
}

/** What the contract says of the sample. */
export interface SampledContract {
  readonly verdict: 'accepted' | 'rejected';
  readonly text: string;
  /** Rows of the sample that it would accept. */
  readonly accepted: number;
  /** Declared columns that the source has not, each with the one that was probably meant; null where none is near. */
  readonly missing: readonly { readonly column: string; readonly nearest: string | null }[];
  readonly rules: readonly { readonly ruleId: string; readonly severity: RuleSeverity; readonly rows: number }[];
  /** Ids of rules that no sample can be asked: they ask a feature view, or the batches before. */
  readonly notAsked: readonly string[];
}

/** What was found in the first rows of a source. */
export interface SampleReport {
  readonly rowsSampled: number;
  readonly columns: readonly SampledColumn[];
  /** The first rows, cells as text in the order of the columns, long ones cut; null is missing. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly notes: readonly string[];
  readonly contract: SampledContract;
}
