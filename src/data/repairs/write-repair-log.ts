import { columnsOfRepair } from '../../domain/repairs/columns-of-repair.ts';
import { repairLogMax } from '../../domain/training/repair-log.ts';
import type { Duck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import type { RepairStep } from './layers.ts';
import { changed } from './repair-table.ts';

/**
 * Writes one row per repaired cell of the table `repaired`: its line, its column, the repair, the text before and after
 * it; a row that was taken out has no texts. By line and then in the order of the repairs, the first `repairLogMax`.
 * Answers how many rows were written.
 */
export async function writeRepairLog(duck: Duck, steps: readonly RepairStep[], path: string): Promise<number> {
  const through = await lastLogged(duck, steps);
  const parts = steps.map(({ index, repair, cell }) => {
    const column = columnsOfRepair(repair).join(', ');
    const texts = cell === null ? 'NULL, NULL' : `${cell.before}, ${cell.after}`;
    return `SELECT line, ${index}, ${literal(repair.repair)}, ${literal(column)}, ${texts} FROM repaired
      WHERE n <= ${through} AND ${changed(index, cell)}`;
  });
  await duck.run(`COPY (SELECT line AS _line, step, repair, column_name AS "column", before, after
    FROM (${parts.join(' UNION ALL ')}) AS log(line, step, repair, column_name, before, after)
    ORDER BY line, step LIMIT ${repairLogMax}) TO ${literal(path)}
    (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)`);
  const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows FROM read_parquet(${literal(path)})`);
  return Number(row?.['rows'] ?? 0);
}

/**
 * The row with which the log is full. Found by running totals, in the order in which the rows stand: to sort all that
 * was repaired, for the sake of its beginning, takes the memory of a table.
 */
async function lastLogged(duck: Duck, steps: readonly RepairStep[]): Promise<number> {
  const figures = steps.map(({ index, cell }) => `CAST(coalesce(${changed(index, cell)}, false) AS INTEGER)`);
  const [row] =
    await duck.rows(`SELECT CAST(coalesce(min(n) FILTER (WHERE total >= ${repairLogMax}), max(n), 0) AS DOUBLE)
    AS n FROM (SELECT n, sum(${figures.join(' + ')}) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS total
    FROM repaired)`);
  return Number(row?.['n'] ?? 0);
}
