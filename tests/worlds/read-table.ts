import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { collectRejects, refuseLostRows } from '../../src/data/contract/collect-rejects.ts';
import { withTable } from '../../src/data/read/open-table.ts';
import { baseOf, cellText } from '../../src/data/read/read-lossless.ts';
import type { CsvDialect } from '../../src/data/read/table-file.ts';
import type { TextEncoding } from '../../src/domain/spec/closed-sets.ts';
import type { LineAccount } from '../../src/domain/training/line-account.ts';

/** A file as the platform takes it in. */
export interface ReadTable {
  readonly columns: readonly string[];
  /** Cells by row, null where missing. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Physical lines of the rows. */
  readonly lines: readonly number[];
  readonly rejects: readonly { readonly line: number; readonly rule: string; readonly raw: string }[];
  readonly notes: readonly string[];
  readonly account: LineAccount | null;
  readonly csv: CsvDialect | null;
}

interface ReadTableOptions {
  /** By its ending the file is what it is called; default `t.csv`. */
  readonly name?: string;
  readonly encoding?: TextEncoding;
  readonly rowsMax?: number;
}

/** Writes the content to a file of its own and reads it with the real engine; throws where a line is unexplained. */
export async function readTable(
  content: string | Buffer,
  { name = 't.csv', encoding, rowsMax }: ReadTableOptions = {},
): Promise<ReadTable> {
  const dir = await mkdtemp(path.join(tmpdir(), 'read-table-'));
  const file = path.join(dir, name);
  try {
    await writeFile(file, content);
    const options = { name, encoding, ...(rowsMax === undefined ? {} : { rowsMax }), settings: { tempDir: dir } };
    return await withTable(file, options, async (table, duck) => {
      const columns = table.columns.map((column) => column.name);
      const cells = columns.map((column, index) => `${cellText(table, column, 'label')} AS v${index}`);
      const rows = await duck.rows(`SELECT CAST(line AS DOUBLE) AS line, ${cells.join(', ')}
          FROM ${baseOf(table)} WHERE NOT unreadable ORDER BY n`);
      const [all] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows FROM ${baseOf(table)}`);
      await collectRejects(duck, table);
      refuseLostRows(table, Number(all?.['rows']));
      const rejects = await duck.rows(
        'SELECT CAST(line AS DOUBLE) AS line, rule, raw FROM rejected_rows ORDER BY line',
      );
      return {
        columns,
        rows: rows.map((row) => columns.map((_, index) => textOrNull(row[`v${index}`]))),
        lines: rows.map((row) => Number(row['line'])),
        rejects: rejects.map((row) => ({
          line: Number(row['line']),
          rule: String(row['rule']),
          raw: String(row['raw']),
        })),
        notes: table.text?.notes ?? [],
        account: table.text?.tally.account ?? null,
        csv: table.csv,
      };
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
