import { PerennialError } from '../../domain/words/errors.ts';
import { withDuck } from '../duck/connect.ts';
import { identifier, pathLiteral } from '../duck/sql.ts';

/**
 * Largest `_order` of `paths` (Parquet of accepted rows) among the rows that are no younger than the youngest of
 * `seenPaths`, by event time; -1 when all are younger. For an export that was taken anew: its rows are numbered afresh,
 * so only their time says which of them an earlier training can have seen. Throws invalid_data when a file has no such
 * column.
 */
export async function orderThrough(
  paths: readonly string[],
  seenPaths: readonly string[],
  eventTimeColumn: string,
): Promise<number> {
  if (paths.length === 0 || seenPaths.length === 0) return -1;
  const column = identifier(eventTimeColumn);
  return withDuck({ threads: 1, memoryMb: 256 }, async (duck) => {
    const [row] = await duck.rows(`SELECT CAST(max(_order) AS DOUBLE) AS through FROM ${files(paths)}
      WHERE ${column} <= (SELECT max(${column}) FROM ${files(seenPaths)})`);
    const through = row?.['through'];
    if (through === undefined) throw new PerennialError('internal', 'an aggregate gave no row');
    return through === null ? -1 : Number(through);
  });
}

function files(paths: readonly string[]): string {
  return `read_parquet([${paths.map(pathLiteral).join(', ')}], union_by_name = true)`;
}
