import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../../../src/data/duck/sql.ts';
import { PerennialError } from '../../../src/domain/words/errors.ts';
import type { TaskRows } from './task-rows.ts';

interface TableTask {
  readonly file: string;
  readonly task: TaskRows['task'];
  /** Column of the target; of a regression a number, else words, of which rows with the empty one are left out. */
  readonly target: string;
  readonly numbers: readonly string[];
  readonly categories: readonly string[];
  /** The condition under which a row is read. */
  readonly rows: string;
}

const weather = ['DEWP', 'TEMP', 'PRES', 'Iws', 'Is', 'Ir'];
const known = `"pm2.5" <> 'NA'`;

/**
 * Running numbers and years are left out: in random order they would tell each row by its neighbours. The half-hour of
 * the market and the hour of the air are categories, and so is the day of the year, of 366 values.
 */
export const tableTasks: Readonly<Record<string, TableTask>> = {
  'electricity: class': {
    file: 'electricity.csv',
    task: 'binary',
    target: 'class',
    numbers: ['nswprice', 'nswdemand', 'vicprice', 'vicdemand', 'transfer'],
    categories: ['period'],
    rows: 'true',
  },
  'electricity: demand': {
    file: 'electricity.csv',
    task: 'regression',
    target: 'nswdemand',
    numbers: ['nswprice', 'vicprice', 'vicdemand', 'transfer'],
    categories: ['period'],
    rows: 'true',
  },
  'pollution: amount': {
    file: 'pollution.csv',
    task: 'regression',
    target: 'pm2.5',
    numbers: weather,
    categories: ['cbwd', 'hour', 'month'],
    rows: known,
  },
  'pollution: wind': {
    file: 'pollution.csv',
    task: 'multiclass',
    target: 'cbwd',
    numbers: ['pm2.5', ...weather],
    categories: ['hour', 'month'],
    rows: 'true',
  },
  'pollution: days': {
    file: 'pollution.csv',
    task: 'binary',
    target: `CASE WHEN TRY_CAST("pm2.5" AS DOUBLE) > 75 THEN 'b' ELSE 'a' END`,
    numbers: ['TEMP', 'PRES', 'Iws'],
    categories: [`"month" || '-' || "day"`, 'cbwd', 'hour'],
    rows: known,
  },
};

export async function readTask(folder: string, told: TableTask): Promise<TaskRows> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const column = (name: string): string => (/[ |]/.test(name) ? name : `"${name}"`);
    const numeric = [...told.numbers, ...(told.task === 'regression' ? [told.target] : [])];
    const words = [...told.categories, ...(told.task === 'regression' ? [] : [told.target])];
    const list = [
      ...numeric.map((name) => `TRY_CAST(${column(name)} AS DOUBLE)`),
      ...words.map((name) => `CAST(${column(name)} AS VARCHAR)`),
    ];
    const path = join(folder, told.file);
    if (!existsSync(path))
      throw new PerennialError('invalid_request', `there is no ${path}; name its folder by --data`);
    const answer = await connection.runAndReadAll(
      `SELECT ${list.join(', ')} FROM read_csv(${literal(path)}, all_varchar = true) ` + `WHERE ${told.rows}`,
    );
    const read = answer.getColumnsJS();
    const numbers = numeric.map((_, at) =>
      Float64Array.from(read[at] ?? [], (cell) => (cell === null ? NaN : Number(cell))),
    );
    const texts = words.map((_, at) =>
      (read[numeric.length + at] ?? []).map((cell) => (cell === null ? '' : String(cell))),
    );
    const coded = texts.map(codesOf);
    const { task } = told;
    const labels = task === 'regression' ? numbers.at(-1) : coded.at(-1)?.codes;
    return {
      task,
      classes: task === 'regression' ? 0 : (coded.at(-1)?.values ?? 0),
      numbers: numbers.slice(0, told.numbers.length).map((values) => Float32Array.from(values)),
      codes: coded.slice(0, told.categories.length).map(({ codes }) => codes),
      labels: Float64Array.from(labels ?? [], (value) => (task === 'regression' ? value : value - 1)),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Codes by the order of words; 0 for the empty one. */
function codesOf(words: readonly string[]): { codes: Uint16Array; values: number } {
  const sorted = [...new Set(words)].filter((word) => word !== '').toSorted();
  const numbers = new Map(sorted.map((word, at) => [word, at + 1]));
  return { codes: Uint16Array.from(words, (word) => numbers.get(word) ?? 0), values: sorted.length };
}
