import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/**
 * A scope's glob as a condition on a column of model names, so that a page of rows is full whatever the scope leaves
 * out.
 */
export function coveredBy(column: PgColumn, scope: string): SQL | undefined {
  if (isFullScope(scope)) return undefined;
  return sql`${column} like ${scope.replaceAll(/[\\%_]/g, (character) => `\\${character}`).replaceAll('*', '%')}`;
}

export function isFullScope(scope: string): boolean {
  return /^\*+$/.test(scope);
}
