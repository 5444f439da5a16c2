import { RowSqlFault } from './fault.ts';
import { readWritten } from './grammar.ts';
import { settleTypes, UnknownColumn, type TypeOfColumn } from './settle-types.ts';
import { columnsOfRowSql, rowSqlMax, type RowSql } from './tree.ts';

interface RowSqlProblem {
  readonly message: string;
  readonly fix: string;
  /** The column that there is none of. */
  readonly unknownColumn?: string;
}

export type ReadRowSql = { readonly tree: RowSql } | { readonly problem: RowSqlProblem };

/**
 * The tree of a condition over one row, or why it is none: it is no single expression, has a function or a column that
 * there is none of, mixes types, is not true or false, or names no column at all.
 */
export function readRowSql(text: string, typeOf: TypeOfColumn): ReadRowSql {
  try {
    refuseText(text);
    const tree = settleTypes(readWritten(text), typeOf);
    if (tree.type !== 'truth') throw new RowSqlFault('it is not true or false', 'Write a condition, such as a >= b.');
    if (columnsOfRowSql(tree).length === 0)
      throw new RowSqlFault('it names no column, so that it decides nothing', 'Name a column of the row.');
    return { tree };
  } catch (error) {
    if (!(error instanceof RowSqlFault)) throw error;
    const { message, fix } = error;
    return { problem: { message, fix, ...(error instanceof UnknownColumn ? { unknownColumn: error.column } : {}) } };
  }
}

function refuseText(text: string): void {
  if (text.length > rowSqlMax.characters)
    throw new RowSqlFault(`it has more than ${rowSqlMax.characters} characters`, 'Make two rules of it.');
  // Neither can be said to the engine: NUL ends a text there, and half of a character is none.
  if (text.includes('\u0000') || /\p{Surrogate}/u.test(text))
    throw new RowSqlFault('it has a character that no file can hold', 'Leave it out.');
}
