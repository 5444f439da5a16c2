/** SQL: a cell as a request would name the entity: a whole number has no fraction. */
export function keyText(sql: string, type: 'DOUBLE' | 'BOOLEAN' | 'VARCHAR' | 'BIGINT'): string {
  if (type === 'VARCHAR') return sql;
  if (type !== 'DOUBLE') return `CAST(${sql} AS VARCHAR)`;
  return `CASE WHEN ${sql} = trunc(${sql}) AND abs(${sql}) < 1e15 THEN CAST(CAST(${sql} AS BIGINT) AS VARCHAR)
    ELSE CAST(${sql} AS VARCHAR) END`;
}
