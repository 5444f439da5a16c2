import { PerennialError } from '../../domain/words/errors.ts';
import { explainedLines, sayLines } from '../../domain/training/line-account.ts';
import type { Duck } from '../duck/connect.ts';
import { readText } from '../read/read-text.ts';
import type { OpenTable } from '../read/table-file.ts';

/**
 * Puts what the reader set aside into `rejected_rows` (line, number of good rows before it, rule, the line as it came)
 * and counts it. Throws invalid_data when a line of the file is not explained: then a cell may be lost.
 */
export async function collectRejects(duck: Duck, table: OpenTable): Promise<number> {
  const columns = '(line BIGINT, before_n BIGINT, rule VARCHAR, raw VARCHAR)';
  await duck.run(`CREATE OR REPLACE TEMP TABLE rejected_rows ${columns}`);
  const { text } = table;
  if (text === null) return 0;
  const { account } = text.tally;
  if (account.unreadable > 0) {
    const rejects = readText(text, [text.rejectsPath], ',', '"', ['line', 'before_n', 'rule', 'raw']);
    await duck.run(`INSERT INTO rejected_rows SELECT line, CAST(before_n AS BIGINT), rule, raw FROM ${rejects}`);
  }
  const [count] = await duck.rows('SELECT CAST(count(*) AS DOUBLE) AS rows FROM rejected_rows');
  const rejected = Number(count?.['rows'] ?? 0);
  if (rejected !== account.unreadable || explainedLines(account) !== account.lines) throw unexplained(table);
  return rejected;
}

/** The rows that the engine has read are those that were written for it. */
export function refuseLostRows(table: OpenTable, readable: number): void {
  if (table.text !== null && table.text.tally.account.rows !== readable) throw unexplained(table);
}

function unexplained({ name, text }: OpenTable): PerennialError {
  return new PerennialError(
    'invalid_data',
    `${name}: not every line can be accounted for (${text === null ? '' : sayLines(text.tally.account)})`,
    { path: name, hint: 'Nothing was taken in. Save the file again as plain UTF-8 CSV, and report this as a fault.' },
  );
}
