import { PerennialError } from '../../domain/words/errors.ts';
import type { Duck } from '../duck/connect.ts';
import type { OpenTable } from '../read/table-file.ts';

/**
 * Moves what a scan with `shouldKeepRejects` refused to split into cells into `rejected_rows` (line, raw, number of
 * good rows before it) and counts it. Throws invalid_data when a quote that never closes has swallowed the rest of the
 * file.
 */
export async function collectRejects(duck: Duck, table: OpenTable): Promise<number> {
  await duck.run('CREATE OR REPLACE TEMP TABLE rejected_rows (line BIGINT, raw VARCHAR, before_n BIGINT)');
  const tables = await duck.rows("SELECT 1 AS found FROM duckdb_tables() WHERE table_name = 'reject_errors'");
  if (tables.length === 0) return 0;
  await duck.run(`INSERT INTO rejected_rows SELECT line, raw, line - row_number() OVER (ORDER BY line) -
    ${headerLines(table)} FROM (
    SELECT line, trim(any_value(csv_line), E'\\r\\n') AS raw FROM reject_errors GROUP BY line)`);
  // The reader works ahead of a LIMIT: what lies behind the last row asked for is not part of this batch.
  if (table.rowsMax !== null)
    await duck.run(`DELETE FROM rejected_rows WHERE before_n >= ${Math.floor(table.rowsMax)}`);
  await refuseOpenQuote(duck, table.name);
  const [count] = await duck.rows('SELECT CAST(count(*) AS DOUBLE) AS rows FROM rejected_rows');
  return Number(count?.['rows'] ?? 0);
}

/**
 * Moves `line` in `checked` on for the rows behind rejected ones: its place among the good rows plus the rejected
 * before it.
 */
export async function correctLines(duck: Duck, table: OpenTable): Promise<void> {
  const header = headerLines(table);
  await duck.run(`CREATE TEMP TABLE shifted AS SELECT n, line + skipped AS line FROM (SELECT n, line, line -
    ${header} AS place FROM checked)
    ASOF JOIN (SELECT before_n, CAST(max(line) - before_n - ${header} AS BIGINT) AS skipped FROM rejected_rows GROUP
    BY before_n) AS shift ON place > before_n`);
  await duck.run('UPDATE checked SET line = shifted.line FROM shifted WHERE checked.n = shifted.n');
}

function headerLines(table: OpenTable): number {
  return table.csv === null ? 0 : 1;
}

/** Otherwise "one bad row" could be a million good ones. */
async function refuseOpenQuote(duck: Duck, name: string): Promise<void> {
  const [swallowed] =
    await duck.rows(`SELECT CAST(r.line AS DOUBLE) AS line FROM reject_errors AS e JOIN rejected_rows AS r ON r.line
      = e.line
    WHERE CAST(e.error_type AS VARCHAR) IN ('UNQUOTED VALUE', 'LINE SIZE OVER MAXIMUM') AND regexp_matches(r.raw,
    '[\\r\\n]') LIMIT 1`);
  if (swallowed === undefined) return;
  const line = Number(swallowed['line']);
  throw new PerennialError(
    'invalid_data',
    `${name}, line ${line}: a quote is opened and never closed, so the rest of the file cannot be told apart`,
    {
      path: `${name}:${line}`,
      hint: 'Close the quote, or double it if it is part of the text.',
    },
  );
}
