import type { BatchRuleSeverity, RuleSeverity, ServePolicy } from '../../domain/spec/closed-sets.ts';
import type { ContractRule } from '../../domain/spec/spec.ts';
import { ruleIdOf, signWords } from '../../domain/contract/rule-id.ts';
import { milliseconds, type DurationText } from './extent-text.ts';

type Rule<Kind extends ContractRule['rule']> = Extract<ContractRule, { readonly rule: Kind }>;
type Operator = Rule<'compare'>['op'];

/** No two rows may agree in all of these columns; the later one is quarantined unless told otherwise. */
export function unique(
  columns: readonly [string, ...string[]],
  options: { readonly id?: string; readonly severity?: RuleSeverity } = {},
): Rule<'unique'> {
  return {
    rule: 'unique',
    id: options.id ?? ruleIdOf('unique', ...columns),
    columns: [...columns],
    severity: options.severity ?? 'quarantine',
  };
}

/** Names a column on the right-hand side of `compare`; anything else there is a constant. */
export function column(name: string): { readonly column: string } {
  return { column: name };
}

/**
 * `compare('deviceAgeDays', '<=', column('accountAgeDays'))`, or with a constant on the right. `serve: 'refuse'` makes
 * the API refuse a row that breaks it.
 */
export function compare(
  left: string,
  op: Operator,
  right: { readonly column: string } | number | string | boolean,
  options: { readonly id?: string; readonly severity?: RuleSeverity; readonly serve?: ServePolicy } = {},
): Rule<'compare'> {
  const operand = typeof right === 'object' ? right : { value: right };
  const id = options.id ?? ruleIdOf(left, signWords[op], typeof right === 'object' ? right.column : String(right));
  const serve = options.serve === undefined ? {} : { serve: options.serve };
  return { rule: 'compare', id, left, op, right: operand, severity: options.severity ?? 'quarantine', ...serve };
}

interface RowRuleOptions {
  readonly id?: string;
  readonly severity?: RuleSeverity;
}

/** How many characters a text has; a missing one breaks nothing. */
export function lengthWithin(
  name: string,
  bounds: { readonly min?: number; readonly max?: number },
  options: RowRuleOptions = {},
): Rule<'length'> {
  return {
    rule: 'length',
    id: options.id ?? ruleIdOf('length', name),
    column: name,
    ...bounds,
    severity: options.severity ?? 'quarantine',
  };
}

/** The whole text is as an RE2 pattern says: `pattern('iban', '[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}')`. */
export function pattern(name: string, re2: string, options: RowRuleOptions = {}): Rule<'pattern'> {
  return {
    rule: 'pattern',
    id: options.id ?? ruleIdOf('pattern', name),
    column: name,
    pattern: re2,
    severity: options.severity ?? 'quarantine',
  };
}

/** A number has at most `precision` digits (1 to 15), `scale` of them behind the point. */
export function decimals(
  name: string,
  { precision, scale }: { readonly precision: number; readonly scale: number },
  options: RowRuleOptions = {},
): Rule<'decimals'> {
  return {
    rule: 'decimals',
    id: options.id ?? ruleIdOf('decimals', name),
    column: name,
    precision,
    scale,
    severity: options.severity ?? 'quarantine',
  };
}

/** Rows of the whole batch; too few (or too many) refuse it unless told otherwise. */
export function rowCount(
  bounds: { readonly min: number; readonly max?: number },
  options: { readonly id?: string; readonly severity?: BatchRuleSeverity } = {},
): Rule<'rowCount'> {
  return { rule: 'rowCount', id: options.id ?? 'row-count', ...bounds, severity: options.severity ?? 'reject' };
}

/** Share of rows (0..1) in which the column may be missing. */
export function missingShare(
  name: string,
  shareMax: number,
  options: { readonly id?: string; readonly severity?: BatchRuleSeverity } = {},
): Rule<'missingShare'> {
  return {
    rule: 'missingShare',
    id: options.id ?? ruleIdOf('missing', name),
    column: name,
    shareMax,
    severity: options.severity ?? 'warn',
  };
}

/** The newest value of a time column may be this old. */
export function freshness(
  name: string,
  age: DurationText,
  options: { readonly id?: string; readonly severity?: BatchRuleSeverity } = {},
): Rule<'freshness'> {
  return {
    rule: 'freshness',
    id: options.id ?? ruleIdOf('fresh', name),
    column: name,
    ageMsMax: milliseconds(age),
    severity: options.severity ?? 'warn',
  };
}
