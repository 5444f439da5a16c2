import { readRowSql, type ReadRowSql } from '../../row-sql/read-row-sql.ts';
import type { RowSqlType } from '../../row-sql/tree.ts';
import { columnsOf } from './columns-of.ts';
import { familyOf, type ColumnFamily } from './family-of.ts';
import type { RowsSpec } from './rows-spec.ts';

/** Reads the expression of a rule over the columns of a definition. */
export function rowSqlOf(spec: RowsSpec, expression: string): ReadRowSql {
  const columns = new Set(columnsOf(spec));
  return readRowSql(expression, (name) => (columns.has(name) ? typeOfFamily[familyOf(spec, name)] : null));
}

const typeOfFamily: Record<ColumnFamily, RowSqlType> = {
  amount: 'number',
  text: 'text',
  truth: 'truth',
  instant: 'time',
};
