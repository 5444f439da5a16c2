import type { RowRule } from '../../domain/contract/row-rule.ts';
import { isAmount } from '../../domain/cells/cell-role.ts';
import { exactMax } from '../../domain/cells/read-number.ts';
import { columnNamed } from '../../domain/contract/contract-columns.ts';
import type { Condition } from '../../domain/contract/condition.ts';
import { numeric } from '../duck/sql.ts';
import type { CheckedColumn } from './checked-columns.ts';
import { conditionSql, hasAllWords } from './condition-sql.ts';
import { isSentinel } from '../read/cells/instants.ts';

/** Bounds of a number column that include their ends. */
interface Bounds {
  readonly column: string;
  readonly min: number;
  readonly max: number;
}

/**
 * Whether a row breaks any of the rules, or NULL or false where it breaks none. What they say of the bounds of a column
 * is asked as one question of its tightest ones: the engine needs most of a check for comparing doubles.
 */
export function anyBrokenSql(rules: readonly RowRule[], columns: readonly CheckedColumn[]): string {
  const { bounds, others } = sorted(rules, columns);
  const exact = [
    ...bounds.map((asked) => outside(columnNamed(columns, asked.column).value, asked)),
    ...others.map((condition) => conditionSql(condition, columns)),
  ];
  const { asked, rest } = suspicions(bounds, others, columns);
  if (asked.length === 0) return anyOf(exact);
  return `CASE WHEN ${anyOf([...asked, ...rest.map((condition) => conditionSql(condition, columns))])} THEN
    ${anyOf(exact)} END`;
}

function sorted(rules: readonly RowRule[], columns: readonly CheckedColumn[]) {
  const bounds = new Map<string, Bounds>();
  const others: Condition[] = [];
  for (const { broken } of rules) {
    const asked = boundsIn(broken, columns);
    if (asked === null) others.push(broken);
    else bounds.set(asked.column, tighter(asked, bounds.get(asked.column)));
  }
  return { bounds: [...bounds.values()], others: others.filter((condition) => !isWithin(condition, bounds)) };
}

/**
 * Questions that every row answers with yes that breaks one of these rules, and few others: quick to ask of all rows.
 * `rest` are the rules of which they say nothing.
 */
function suspicions(bounds: readonly Bounds[], others: readonly Condition[], columns: readonly CheckedColumn[]) {
  const asked: string[] = [];
  const words: string[] = [];
  // A cell without a value lies beyond both bounds by its comparable one.
  const typed = new Set<string>();
  for (const one of bounds) {
    const { value, comparable } = columnNamed(columns, one.column);
    asked.push(outside(comparable ?? value, one));
    if (comparable !== null && Number.isFinite(one.min) && Number.isFinite(one.max)) typed.add(one.column);
  }
  const rest = others.filter((condition) => {
    if (condition.test === 'untyped') return !typed.has(condition.column);
    if (condition.test === 'sentinelKey') asked.push(isSentinel('event_key'));
    if (condition.test === 'sentinelKey') return false;
    if (condition.test !== 'notOneOf') return true;
    const column = columnNamed(columns, condition.column);
    if (column.known === null || !hasAllWords(condition, column)) return true;
    words.push(column.known);
    return false;
  });
  // NULL is a cell that is missing; one false among them is enough.
  if (words.length > 0) asked.push(`NOT (${words.join(' AND ')})`);
  return { asked, rest };
}

function anyOf(conditions: readonly string[]): string {
  const asked = conditions.filter((sql) => sql !== 'false');
  return asked.length === 0 ? 'false' : asked.map((sql) => `(${sql})`).join(' OR ');
}

function boundsIn(condition: Condition, columns: readonly CheckedColumn[]): Bounds | null {
  if (condition.test === 'outside') {
    const { column, min = -Infinity, max = Infinity } = condition;
    return { column, min, max };
  }
  if (condition.test !== 'comparison' || !isAmount[columnNamed(columns, condition.left).role]) return null;
  const { left, op, right } = condition;
  if (!('value' in right) || typeof right.value !== 'number') return null;
  if (op === '<=') return { column: left, min: -Infinity, max: right.value };
  return op === '>=' ? { column: left, min: right.value, max: Infinity } : null;
}

function tighter(one: Bounds, other: Bounds | undefined): Bounds {
  if (other === undefined) return one;
  return { ...one, min: Math.max(one.min, other.min), max: Math.min(one.max, other.max) };
}

/** A row that breaks such a rule is outside of the bounds as well. */
function isWithin(condition: Condition, bounds: ReadonlyMap<string, Bounds>): boolean {
  const asked = condition.test === 'beyondExact' ? bounds.get(condition.column) : undefined;
  return asked !== undefined && asked.min > -exactMax && asked.max < exactMax;
}

function outside(value: string, { min, max }: Bounds): string {
  const [low, high] = [min, max].map((bound) => (Number.isFinite(bound) ? numeric(bound) : null));
  if (typeof low === 'string' && typeof high === 'string' && min === -max) return `abs(${value}) > ${high}`;
  // Not by BETWEEN, which the engine works out as a column of truths first.
  if (typeof low === 'string' && typeof high === 'string') return `${value} < ${low} OR ${value} > ${high}`;
  if (typeof low === 'string') return `${value} < ${low}`;
  return typeof high === 'string' ? `${value} > ${high}` : 'false';
}
