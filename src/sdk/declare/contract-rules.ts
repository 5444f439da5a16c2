import type { BatchRuleSeverity, RuleSeverity, ServePolicy } from '../../domain/spec/closed-sets.ts';
import type { ContractRule } from '../../domain/spec/spec.ts';
import { ruleIdOf, signWords } from '../../domain/contract/rule-id.ts';
import { milliseconds, type DurationText } from './extent-text.ts';
import { listed, written } from './written.ts';

type Rule<Kind extends ContractRule['rule']> = Extract<ContractRule, { readonly rule: Kind }>;
type Operator = Rule<'compare'>['op'];

interface RowRuleOptions {
  readonly id?: string;
  readonly severity?: RuleSeverity;
  /** With `reject`: the share of rows (above 0, below 1) that may break it; those are set aside. */
  readonly tolerance?: number;
  /** `refuse` makes the API refuse a row that breaks it, whatever the contract says of the others. */
  readonly serve?: ServePolicy;
}

/** No two rows may agree in all of these columns; the later one is quarantined unless told otherwise. */
export function unique(
  columns: readonly [string, ...string[]],
  options: Omit<RowRuleOptions, 'serve'> = {},
): Rule<'unique'> {
  return {
    rule: 'unique',
    id: ruleIdOf('unique', ...listed(columns, 'unique')),
    columns: [...columns],
    severity: 'quarantine',
    ...written(options, 'unique'),
  };
}

/**
 * `references(['card'], 'cardholders')`: the columns are a key that the view has, as known at the time of the row, in
 * the order of the entity columns of the view. A row that lacks one of them refers to nothing, and keeps the rule.
 */
export function references(
  columns: readonly [string, ...string[]],
  view: string | { readonly name: string },
  options: RowRuleOptions = {},
): Rule<'references'> {
  const name = typeof view === 'string' ? view : view.name;
  return {
    rule: 'references',
    id: ruleIdOf('references', name, ...listed(columns, 'references')),
    columns: [...columns],
    view: name,
    digest: null,
    severity: 'quarantine',
    ...written(options, 'references'),
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
  options: RowRuleOptions = {},
): Rule<'compare'> {
  const operand = typeof right === 'object' ? right : { value: right };
  const id = ruleIdOf(left, signWords[op], typeof right === 'object' ? right.column : String(right));
  return {
    rule: 'compare',
    id,
    left,
    op,
    right: operand,
    severity: 'quarantine',
    ...written(options, 'compare'),
  };
}

/** How many characters a text has; a missing one breaks nothing. */
export function lengthWithin(
  name: string,
  bounds: { readonly min?: number; readonly max?: number },
  options: RowRuleOptions = {},
): Rule<'length'> {
  return {
    rule: 'length',
    id: ruleIdOf('length', name),
    column: name,
    ...bounds,
    severity: 'quarantine',
    ...written(options, 'lengthWithin'),
  };
}

/** The whole text is as an RE2 pattern says: `pattern('iban', '[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}')`. */
export function pattern(name: string, re2: string, options: RowRuleOptions = {}): Rule<'pattern'> {
  return {
    rule: 'pattern',
    id: ruleIdOf('pattern', name),
    column: name,
    pattern: re2,
    severity: 'quarantine',
    ...written(options, 'pattern'),
  };
}

/** A number has at most `precision` digits (1 to 15), `scale` of them behind the point. */
export function decimals(
  name: string,
  digits: { readonly precision: number; readonly scale: number },
  options: RowRuleOptions = {},
): Rule<'decimals'> {
  return {
    rule: 'decimals',
    id: ruleIdOf('decimals', name),
    column: name,
    ...written(digits, 'decimals'),
    severity: 'quarantine',
    ...written(options, 'decimals'),
  };
}

/** A condition in SQL, for `rule`. */
interface SqlCondition {
  readonly sql: string;
}

/**
 * A condition over the columns of one row, in a part of SQL: constants, + - * / %, comparisons, AND, OR, NOT, IS NULL,
 * BETWEEN, IN, CASE, and the functions abs, ceil, coalesce, contains, ends_with, epoch_ms, floor, greatest, least,
 * length, nullif, round, starts_with. `defineModel` refuses anything else.
 */
export function sql(condition: string): SqlCondition {
  return { sql: condition };
}

/** A rule of your own: `rule('positive margin', sql('price >= cost'))`. A row for which it is NULL is kept. */
export function rule(
  name: string,
  { sql: expression }: SqlCondition,
  options: RowRuleOptions = {},
): Rule<'expression'> {
  return {
    rule: 'expression',
    id: ruleIdOf(name),
    name,
    expression,
    severity: 'quarantine',
    ...written(options, 'rule'),
  };
}

/** Rows of the whole batch; too few (or too many) refuse it unless told otherwise. */
export function rowCount(
  bounds: { readonly min: number; readonly max?: number },
  options: { readonly id?: string; readonly severity?: BatchRuleSeverity } = {},
): Rule<'rowCount'> {
  return { rule: 'rowCount', id: 'row-count', ...bounds, severity: 'reject', ...written(options, 'rowCount') };
}

/** Share of rows (0..1) in which the column may be missing. */
export function missingShare(
  name: string,
  shareMax: number,
  options: { readonly id?: string; readonly severity?: BatchRuleSeverity } = {},
): Rule<'missingShare'> {
  return {
    rule: 'missingShare',
    id: ruleIdOf('missing', name),
    column: name,
    shareMax,
    severity: 'warn',
    ...written(options, 'missingShare'),
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
    id: ruleIdOf('fresh', name),
    column: name,
    ageMsMax: milliseconds(age),
    severity: 'warn',
    ...written(options, 'freshness'),
  };
}
