/** What the value of an expression is; times are epoch milliseconds, and `nothing` is NULL alone. */
export type RowSqlType = 'number' | 'text' | 'truth' | 'time' | 'nothing';

/** An expression over the cells of one row, its types settled. */
export type RowSql =
  | { readonly node: 'column'; readonly name: string; readonly type: RowSqlType }
  /** A time is written as epoch milliseconds. */
  | { readonly node: 'constant'; readonly value: number | string | boolean | null; readonly type: RowSqlType }
  | { readonly node: 'call'; readonly op: RowSqlOperator; readonly of: readonly RowSql[]; readonly type: RowSqlType };

/** Signs and words of SQL; `case` has a condition and a value in turn, then what else it is. */
export const rowSqlSigns = [
  'or',
  'and',
  'not',
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  'negate',
  'isNull',
  'isTrue',
  'isFalse',
  'between',
  'in',
  'case',
] as const;

/** Functions, as they are called. */
export const rowSqlFunctions = [
  'abs',
  'ceil',
  'coalesce',
  'contains',
  'ends_with',
  'epoch_ms',
  'floor',
  'greatest',
  'least',
  'length',
  'nullif',
  'round',
  'starts_with',
] as const;
export type RowSqlFunction = (typeof rowSqlFunctions)[number];
export type RowSqlOperator = (typeof rowSqlSigns)[number] | RowSqlFunction;

/** Far beyond what a person reads: the plan of a scan holds every rule of a contract. */
export const rowSqlMax = { characters: 1_000, nodes: 200, depth: 24, listed: 50 } as const;

/** Names of the columns that it reads, each once, in the order of reading. */
export function columnsOfRowSql(tree: RowSql): readonly string[] {
  if (tree.node === 'column') return [tree.name];
  return tree.node === 'constant' ? [] : [...new Set(tree.of.flatMap(columnsOfRowSql))];
}
