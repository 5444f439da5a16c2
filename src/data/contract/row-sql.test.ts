import { describe, expect, test } from 'vitest';
import { compileRowSql } from '../../domain/row-sql/compile-row-sql.ts';
import { readRowSql } from '../../domain/row-sql/read-row-sql.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { rowSqlColumns, rowSqlCondition, rowSqlRow, type RowSqlCell } from '../../../tests/worlds/row-sql-world.ts';
import { withDuck, type Duck } from '../duck/connect.ts';
import { identifier, literal, numeric } from '../duck/sql.ts';
import { rowSqlText } from './row-sql-text.ts';

const names = [...rowSqlColumns.keys()];
const read = (text: string) => readRowSql(text, (name) => rowSqlColumns.get(name) ?? null);

/** In `as_written` the columns are of the types that a person thinks of; in `as_scanned` times are milliseconds. */
async function writeRows(duck: Duck, rows: readonly (readonly RowSqlCell[])[]): Promise<void> {
  const types = { number: 'DOUBLE', text: 'VARCHAR', truth: 'BOOLEAN', time: 'BIGINT', nothing: 'VARCHAR' };
  const columns = [...rowSqlColumns].map(([name, type]) => `${identifier(name)} ${types[type]}`);
  await duck.run(`CREATE TABLE as_scanned (n INTEGER, ${columns.join(', ')})`);
  const cell = (value: RowSqlCell): string => {
    if (value === null || typeof value === 'boolean') return String(value);
    // NUL ends a text in SQL, and may stand in a cell.
    if (Object.is(value, -0)) return "CAST('-0' AS DOUBLE)";
    return typeof value === 'number' ? numeric(value) : value.split('\u0000').map(literal).join(' || chr(0) || ');
  };
  const lines = rows.map((row, index) => `(${index}, ${row.map(cell).join(', ')})`);
  await duck.run(`INSERT INTO as_scanned VALUES ${lines.join(', ')}`);
  const typed = [...rowSqlColumns].map(([name, type]) => {
    const column = identifier(name);
    return type === 'time' ? `make_timestamp(${column} * 1000) AS ${column}` : column;
  });
  await duck.run(`CREATE TABLE as_written AS SELECT n, ${typed.join(', ')} FROM as_scanned`);
}

const valuesIn = async (duck: Duck, sql: string, table: string): Promise<readonly unknown[]> =>
  (await duck.rows(`SELECT (${sql}) AS value FROM ${table} ORDER BY n`)).map(({ value }) => value);

const rowsOf = (seed: string, count: number) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => rowSqlRow(random));
};

function evaluated(text: string, rows: readonly (readonly RowSqlCell[])[]): readonly unknown[] {
  const found = read(text);
  if (!('tree' in found)) throw new TypeError(`${text}: ${found.problem.message}`);
  const value = compileRowSql(found.tree, (name) => names.indexOf(name));
  return rows.map((row) =>
    value(row.map((cell) => ({ value: cell, text: cell === null ? null : String(cell), isNested: false }))),
  );
}

describe('an expression is to a rule what it is to the engine', () => {
  test.each(Array.from({ length: 12 }, (_, index) => `seed ${index}`))('%s', async (seed) => {
    const rows = rowsOf(seed, 60);
    const random = createRandom(`${seed} expressions`);
    const seen = new Set<unknown>();
    let taken = 0;
    await withDuck({ threads: 1, memoryMb: 512 }, async (duck) => {
      await writeRows(duck, rows);
      for (let index = 0; index < 60; index++) {
        const text = rowSqlCondition(random);
        const found = read(text);
        if (!('tree' in found)) {
          expect(found.problem.message, text).toMatch(/names no column|more than/);
          continue;
        }
        taken++;
        const own = evaluated(text, rows);
        const scanned = rowSqlText(found.tree, identifier);
        expect(await valuesIn(duck, scanned, 'as_scanned'), `${text} as ${scanned}`).toEqual(own);
        // The text itself, parsed by the engine: its precedence is ours.
        expect(await valuesIn(duck, text, 'as_written'), text).toEqual(own);
        for (const value of own) seen.add(value);
      }
    });
    expect(taken).toBeGreaterThan(40);
    expect(seen).toEqual(new Set([true, false, null]));
  });
});

test('the engine refuses what is no expression to a rule', async () => {
  const texts = [
    'price = Menge = 1',
    'price <',
    'price > 1)',
    '(price > 1',
    "code = 'a",
    'order = true',
    'price ! 1',
    'price > 1_',
    'CASE WHEN isNew THEN 1 = 1',
  ];
  await withDuck({ threads: 1 }, async (duck) => {
    await writeRows(duck, rowsOf('refused', 3));
    for (const text of texts) {
      expect(read(text), text).toHaveProperty('problem');
      await expect(valuesIn(duck, text, 'as_written'), text).rejects.toThrow();
    }
  });
});
