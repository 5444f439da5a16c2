import type { BatchRuleSeverity, ComparisonSign, RuleSeverity, ServePolicy } from '../closed-sets.ts';

/** Rules beyond those that the features imply (type, missing, range, enum). `reject` refuses the whole batch. */
export type ContractRule = RowContractRule | UniqueRule | BatchContractRule;

/** A rule about single rows. */
export type RowContractRule = CompareRule | LengthRule | PatternRule | DecimalsRule | ExpressionRule;
/** A rule about the batch as a whole. */
type BatchContractRule = RowCountRule | MissingShareRule | FreshnessRule;

interface RuleOf<Kind extends string> {
  readonly rule: Kind;
  readonly id: string;
}

interface RowRuleOf<Kind extends string> extends RuleOf<Kind> {
  readonly severity: RuleSeverity;
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

export interface ContractSpec {
  readonly rules: readonly ContractRule[];
  /** Share of rows (0..1) that may be quarantined before the whole batch is rejected. */
  readonly quarantineShareMax: number;
  /** What the API does with a row that breaks a rule about single rows; absent: see `served-rules.ts`. */
  readonly serve?: ServePolicy;
}
