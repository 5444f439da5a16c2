import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { collectRejects, refuseLostRows } from '../../src/data/contract/collect-rejects.ts';
import { withEngine, type Duck, type Engine } from '../../src/data/duck/connect.ts';
import { withTable } from '../../src/data/read/open-table.ts';
import { baseOf, cellText } from '../../src/data/read/read-lossless.ts';
import type { OpenTable } from '../../src/data/read/table-file.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { cleanCsv } from './clean-csv.ts';
import { notRead, scoreTable, type Measures, type Table } from './score.ts';

export interface FileScore {
  readonly file: string;
  readonly measures: Measures;
  /** Why it was refused; null when it was read. */
  readonly refusal: string | null;
  /** Lines of the file that are neither header, row, set aside nor otherwise explained. */
  readonly isLossy: boolean;
}

/** Every file of `dir`/csv beside the file of the same name in `dir`/clean, in the order of their names. */
export async function scoreFolder(dir: string): Promise<readonly FileScore[]> {
  const found = await readdir(path.join(dir, 'csv')).catch((cause: unknown) => {
    throw new PerennialError('invalid_data', `${dir} has no folder csv`, {
      path: dir,
      hint: 'Name the folder polluted_files of a checkout of the benchmark.',
      cause,
    });
  });
  const files = found.filter((file) => file.endsWith('csv')).toSorted();
  return withEngine({ threads: 1 }, async (engine) => {
    const scores: FileScore[] = [];
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    for (const file of files) scores.push(await scoreFile(engine, dir, file));
    return scores;
  });
}

async function scoreFile(engine: Engine, dir: string, file: string): Promise<FileScore> {
  const clean = cleanCsv((await readFile(path.join(dir, 'clean', file), 'utf8')).replace(/^\ufeff/, ''));
  try {
    const read = await withTable(path.join(dir, 'csv', file), { name: file, settings: { engine } }, (table, duck) =>
      rowsOf(duck, table),
    );
    return { file, measures: scoreTable(clean, read), refusal: null, isLossy: false };
  } catch (error) {
    if (!(error instanceof PerennialError)) throw error;
    const isLossy = error.message.includes('accounted for');
    return { file, measures: notRead, refusal: error.message, isLossy };
  }
}

/** Header and rows as the platform takes them in; throws when a line is not accounted for. */
async function rowsOf(duck: Duck, table: OpenTable): Promise<Table> {
  const names = table.columns.map(({ name }) => name);
  const cells = names.map((name, index) => `coalesce(${cellText(table, name, 'label')}, '') AS c${index}`);
  const rows = await duck.rows(`SELECT ${cells.join(', ')} FROM ${baseOf(table)} ORDER BY n`);
  await collectRejects(duck, table);
  refuseLostRows(table, rows.length);
  return [names, ...rows.map((row) => names.map((_, index) => String(row[`c${index}`])))];
}
