import { withDuck } from '../duck/connect.ts';
import { identifier, pathLiteral } from '../duck/sql.ts';

/**
 * Rows of a file of accepted rows whose key stands in one of the others. A key with a missing part is none, as in the
 * rule `unique`.
 */
export async function countRepeated(file: string, others: readonly string[], key: readonly string[]): Promise<number> {
  if (others.length === 0 || key.length === 0) return 0;
  const columns = key.map(identifier);
  const isWhole = columns.map((column) => `${column} IS NOT NULL`).join(' AND ');
  const list = others.map(pathLiteral).join(', ');
  return withDuck({}, async (duck) => {
    const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows FROM read_parquet(${pathLiteral(file)})
      WHERE ${isWhole} AND (${columns.join(', ')}) IN (SELECT (${columns.join(', ')}) FROM read_parquet([${list}])
      WHERE ${isWhole})`);
    return Number(row?.['rows'] ?? 0);
  });
}
