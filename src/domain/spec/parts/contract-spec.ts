import type { BatchRuleSeverity, ComparisonSign, RuleSeverity, ServePolicy } from '../closed-sets.ts';

/** Rules beyond those that the features imply (type, missing, range, enum). `reject` refuses the whole batch. */
export type ContractRule = RowContractRule | ReferencesRule | UniqueRule | BatchContractRule | HistoryRule;

/** A rule about single rows. */
export type RowContractRule = CompareRule | LengthRule | PatternRule | DecimalsRule | ExpressionRule;
/** A rule about the batch as a whole. */
type BatchContractRule = RowCountRule | MissingShareRule | FreshnessRule;

/** A rule that holds a batch against those that were taken before it, by their profiles. */
export type HistoryRule =
  | RowCountHistoryRule
  | SchemaChangeRule
  | MeanShiftRule
  | SpreadShiftRule
  | MissingChangeRule
  | ShareChangeRule
  | DistanceRule;
export type HistoryRuleOf<Kind extends HistoryRule['rule']> = Extract<HistoryRule, { readonly rule: Kind }>;

interface RuleOf<Kind extends string> {
  readonly rule: Kind;
  readonly id: string;
}

interface RowRuleOf<Kind extends string> extends RuleOf<Kind> {
  readonly severity: RuleSeverity;
  /**
   * Of a rule that rejects: the share of rows (above 0, below 1) that may break it before the batch is refused. Those
   * are set aside. Absent means none.
   */
  readonly tolerance?: number;
}

/** A rule that is asked of a single row, and so of a request too. */
interface SingleRowRuleOf<Kind extends string> extends RowRuleOf<Kind> {
  /** Absent: as the contract says; one that only warns is answered. */
  readonly serve?: ServePolicy;
}

interface BatchRuleOf<Kind extends string> extends RuleOf<Kind> {
  readonly severity: BatchRuleSeverity;
}

interface UniqueRule extends RowRuleOf<'unique'> {
  readonly columns: readonly string[];
}

/** The key of a row is one that a feature view has, as known at the time of the row; a missing part keeps it. */
export interface ReferencesRule extends SingleRowRuleOf<'references'> {
  /** Columns of the model's rows, one for each entity column of the view, in its order. */
  readonly columns: readonly string[];
  readonly view: string;
  /** The revision of the view; null in a definition that leaves the choice to `apply`. */
  readonly digest: string | null;
}

export interface CompareRule extends SingleRowRuleOf<'compare'> {
  readonly left: string;
  readonly op: ComparisonSign;
  /** Another column's name, or a constant. */
  readonly right: { readonly column: string } | { readonly value: number | string | boolean };
}

/** How many characters a text has. */
interface LengthRule extends SingleRowRuleOf<'length'> {
  readonly column: string;
  readonly min?: number;
  readonly max?: number;
}

/** The whole text is as an RE2 pattern says. */
interface PatternRule extends SingleRowRuleOf<'pattern'> {
  readonly column: string;
  readonly pattern: string;
}

/** A number has at most `precision` digits, `scale` of them behind the point. */
interface DecimalsRule extends SingleRowRuleOf<'decimals'> {
  readonly column: string;
  /** 1 to 15: more digits than a double has cannot be counted. */
  readonly precision: number;
  readonly scale: number;
}

/** A condition in SQL over the typed columns of a row, as `src/domain/row-sql` reads it; one that is NULL is kept. */
export interface ExpressionRule extends SingleRowRuleOf<'expression'> {
  /** What people call it. */
  readonly name: string;
  readonly expression: string;
}

interface RowCountRule extends BatchRuleOf<'rowCount'> {
  readonly min: number;
  readonly max?: number;
}

interface MissingShareRule extends BatchRuleOf<'missingShare'> {
  readonly column: string;
  readonly shareMax: number;
}

interface FreshnessRule extends BatchRuleOf<'freshness'> {
  readonly column: string;
  readonly ageMsMax: number;
}

/** Rows of the batch against the median of the last `batches`: exactly one of the two says how far they may be off. */
interface RowCountHistoryRule extends BatchRuleOf<'rowCountHistory'> {
  /** 2 to 50. With fewer before it the rule has no verdict. */
  readonly batches: number;
  /** As many times more, or fewer. */
  readonly factor?: number;
  /** As many robust standard deviations (from the median distance from the median). */
  readonly deviations?: number;
}

/** Columns of the source against those of the batch before. */
interface SchemaChangeRule extends BatchRuleOf<'schemaChange'> {
  /** False: a new column breaks it too; missing and retyped ones always do. */
  readonly mayAdd: boolean;
}

interface ColumnHistoryRuleOf<Kind extends string> extends BatchRuleOf<Kind> {
  readonly column: string;
  /** The digest of a snapshot of this model; absent: the batch before. */
  readonly against?: string;
}

interface MeanShiftRule extends ColumnHistoryRuleOf<'meanShift'> {
  /** In standard deviations of the reference. */
  readonly deviationsMax: number;
}

interface SpreadShiftRule extends ColumnHistoryRuleOf<'spreadShift'> {
  /** Of the two standard deviations, whichever is larger. */
  readonly factorMax: number;
}

interface MissingChangeRule extends ColumnHistoryRuleOf<'missingChange'> {
  /** Difference of the two shares. */
  readonly changeMax: number;
}

interface ShareChangeRule extends ColumnHistoryRuleOf<'shareChange'> {
  /** Difference of the two shares of any one value. */
  readonly changeMax: number;
}

interface DistanceRule extends ColumnHistoryRuleOf<'distance'> {
  /** 0 to 1. */
  readonly distanceMax: number;
}

export interface ContractSpec {
  readonly rules: readonly ContractRule[];
  /** Share of rows (0..1) that may be quarantined before the whole batch is rejected. */
  readonly quarantineShareMax: number;
  /** What the API does with a row that breaks a rule about single rows; absent: see `served-rules.ts`. */
  readonly serve?: ServePolicy;
}
