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
  const parts = steps.map(({ index, repair, cell }) => {
    const column = columnsOfRepair(repair).join(', ');
    const texts = cell === null ? 'NULL, NULL' : `${cell.before}, ${cell.after}`;
    return `SELECT line, ${index}, ${literal(repair.repair)}, ${literal(column)}, ${texts} FROM repaired
      WHERE ${changed(index, cell)}`;
  });
  const logged = `SELECT * FROM (${parts.join(' UNION ALL ')}) AS log(line, step, repair, column_name, before, after)
    ORDER BY line, step LIMIT ${repairLogMax}`;
  await duck.run(`COPY (SELECT line AS _line, step, repair, column_name AS "column", before, after FROM (${logged})
    ORDER BY line, step) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)`);
  const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows FROM read_parquet(${literal(path)})`);
  return Number(row?.['rows'] ?? 0);
}
