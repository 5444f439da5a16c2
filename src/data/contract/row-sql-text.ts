import type { RowSql, RowSqlOperator } from '../../domain/row-sql/tree.ts';
import { literal, numeric } from '../duck/sql.ts';

/**
 * An expression as SQL over the typed columns of the scan, every part in parentheses. It is made of the tree, so that
 * no text of a person is ever run. Numbers are DOUBLE throughout: a bare 0.1 would be a DECIMAL.
 */
export function rowSqlText(tree: RowSql, valueOf: (column: string) => string): string {
  if (tree.node === 'constant') return constant(tree.value);
  if (tree.node === 'column') {
    const value = valueOf(tree.name);
    return tree.type === 'time' ? `CAST(${value} AS DOUBLE)` : value;
  }
  const { op, of } = tree;
  const parts = of.map((one) => rowSqlText(one, valueOf));
  if (op === 'in' && of.slice(1).every(isPlainConstant)) {
    // A longer IN becomes a join with a hash table of its own.
    const [value = 'NULL', ...listed] = parts;
    return `list_contains([${listed.join(', ')}], ${value})`;
  }
  return `(${operators[op](parts)})`;
}

function isPlainConstant(one: RowSql): boolean {
  return one.node === 'constant' && one.value !== null;
}

function constant(value: number | string | boolean | null): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return numeric(value);
  return typeof value === 'string' ? literal(value) : String(value);
}

type Written = (of: readonly string[]) => string;
const infix =
  (sign: string): Written =>
  (of) =>
    of.join(` ${sign} `);
const call =
  (name: string): Written =>
  (of) =>
    `${name}(${of.join(', ')})`;
const after =
  (words: string): Written =>
  ([one = 'NULL']) =>
    `${one} ${words}`;

const operators: Record<RowSqlOperator, Written> = {
  or: infix('OR'),
  and: infix('AND'),
  not: ([one = 'NULL']) => `NOT ${one}`,
  '=': infix('='),
  '<>': infix('<>'),
  '<': infix('<'),
  '<=': infix('<='),
  '>': infix('>'),
  '>=': infix('>='),
  '+': infix('+'),
  '-': infix('-'),
  '*': infix('*'),
  '/': infix('/'),
  '%': infix('%'),
  negate: ([one = 'NULL']) => `- ${one}`,
  isNull: after('IS NULL'),
  isTrue: after('IS TRUE'),
  isFalse: after('IS FALSE'),
  between: ([one = 'NULL', low = 'NULL', high = 'NULL']) => `${one} BETWEEN ${low} AND ${high}`,
  in: ([one = 'NULL', ...listed]) => `${one} IN (${listed.join(', ')})`,
  case: (of) => {
    const cases: string[] = [];
    for (let index = 0; index + 1 < of.length; index += 2) cases.push(`WHEN ${of[index]} THEN ${of[index + 1]}`);
    return `CASE ${cases.join(' ')} ELSE ${of.at(-1) ?? 'NULL'} END`;
  },
  abs: call('abs'),
  ceil: call('ceil'),
  coalesce: call('coalesce'),
  contains: call('contains'),
  ends_with: call('ends_with'),
  // Times are epoch milliseconds by now.
  epoch_ms: ([one = 'NULL']) => one,
  floor: call('floor'),
  greatest: call('greatest'),
  least: call('least'),
  length: (of) => `CAST(${call('length')(of)} AS DOUBLE)`,
  nullif: call('nullif'),
  round: call('round'),
  starts_with: call('starts_with'),
};
