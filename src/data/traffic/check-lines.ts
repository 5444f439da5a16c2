import { validateTable, type ValidationReport } from '../contract/validate.ts';
import type { Duck, DuckDbSettings } from '../duck/connect.ts';
import { openTable } from '../read/open-table.ts';
import { baseOf } from '../read/read-lossless.ts';
import type { OpenTable } from '../read/table-file.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';

/** The member of an exported line that has the row's position in the log; no column of a definition may be named so. */
export const positionKey = '_line';

export interface CheckedLines {
  readonly table: OpenTable;
  readonly report: ValidationReport;
}

/**
 * Judges exported rows as they were answered, in `checked` (see `validateTable`), and makes `placed`: `n` with the
 * position `seq`. A row that no reader takes (longer than 16 MiB) has no position and counts as set aside.
 * What is written for the table lies in `settings.tempDir`, and goes with it.
 */
export async function checkLines(
  duck: Duck,
  path: string,
  spec: ModelSpec,
  settings: DuckDbSettings,
): Promise<CheckedLines> {
  const table = await openTable(duck, path, { name: path, expected: 'ndjson', settings });
  const report = await validateTable(duck, table, spec, { unlabelled: 'refuse', isLogged: true, nowMs: 0 });
  const positions = baseOf({ ...table, columns: [{ name: positionKey, type: 'JSON' }] });
  await duck.run(`CREATE TEMP TABLE placed AS SELECT n, CAST(cells[1] AS BIGINT) AS seq FROM ${positions}`);
  return { table, report };
}
