import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CellRole } from '../../../domain/cells/cell-role.ts';
import { noWords } from '../../../domain/spec/declared-words.ts';
import { epochUnits } from '../../../domain/spec/closed-sets.ts';
import type { TimeReading } from '../../../domain/spec/spec.ts';
import { withDuck } from '../../duck/connect.ts';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { literal } from '../../duck/sql.ts';
import type { CellSql } from './cell-layers.ts';
import { cellSql, textCell } from './cell-sql.ts';
import { nativeCell } from './native-cell.ts';
import { withTable } from '../open-table.ts';
import { baseOf } from '../read-lossless.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'perennial-native-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const { next: random } = createRandom(83);
const times = (count: number, make: () => string): string[] => Array.from({ length: count }, make);
const bits = (): string => `${Math.floor(random() * 2 ** 32)}`;

/** Doubles of any exponent, short decimals, and what breaks a cast. */
const doubles = [
  "'nan'",
  "'inf'",
  "'-inf'",
  '0',
  "'-0.0'",
  '0.1',
  '1e300',
  '5e-324',
  '1.7976931348623157e308',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '1e15',
  '1e16',
  '1e17',
  ...times(400, () => `${(random() - 0.5) * 10 ** Math.floor(random() * 600 - 300)}`),
  ...times(200, () => `${Math.round(random() * 1e6) / 100}`),
];
const whole = (low: string, high: string) => [low, high, '0', ...times(100, () => `${bits()} % 100`)];
const large = times(200, () => `${random() < 0.5 ? '-' : ''}${(BigInt(bits()) * BigInt(bits())) >> 2n}`);

const instants = [
  "'1969-12-31 23:59:59.999999'",
  "'1969-12-31 23:59:59.0005'",
  "'1970-01-01'",
  "'0001-01-01'",
  "'infinity'",
  "'9999-12-31 23:59:59.999999'",
  "'10000-01-01'",
  "'0044-03-15 (BC)'",
  "'-infinity'",
  "'1500-02-28 12:00'",
  ...times(300, () => `make_timestamp(${Math.floor((random() - 0.4) * 8e15)}::BIGINT * 10 + ${bits()} % 10)`),
];

const columns: readonly { readonly type: string; readonly roles: readonly CellRole[]; readonly cells: string[] }[] = [
  { type: 'DOUBLE', roles: ['number'], cells: doubles },
  { type: 'FLOAT', roles: ['number'], cells: doubles.map((cell) => `TRY_CAST(${cell} AS FLOAT)`) },
  { type: 'TINYINT', roles: ['number', 'time'], cells: whole('-128', '127') },
  { type: 'USMALLINT', roles: ['number', 'time'], cells: whole('0', '65535') },
  { type: 'INTEGER', roles: ['number', 'time'], cells: whole('-2147483648', '2147483647') },
  {
    type: 'BIGINT',
    roles: ['number', 'time'],
    cells: [...whole('-9223372036854775808', '9223372036854775807'), ...large, '1700000000000', '1700000000'],
  },
  { type: 'UBIGINT', roles: ['number'], cells: whole('0', '18446744073709551615') },
  { type: 'BOOLEAN', roles: ['boolean'], cells: ['true', 'false'] },
  { type: 'TIMESTAMP', roles: ['time'], cells: instants },
  { type: 'TIMESTAMP WITH TIME ZONE', roles: ['time'], cells: instants.map((cell) => `${cell}::TIMESTAMP`) },
];

const readings: readonly TimeReading[] = [
  {},
  { dateOrder: 'day-first' },
  ...epochUnits.map((epochUnit) => ({ epochUnit })),
];

describe.each(columns)('$type', ({ type, roles, cells }) => {
  const read = (role: CellRole): readonly TimeReading[] => (role === 'boolean' ? [{}] : readings);

  test.each(roles.flatMap((role) => read(role).map((reading) => ({ role, reading }))))(
    'as $role, $reading: the same by its value as by its text',
    async ({ role, reading }) => {
      const path = join(folder, `${type}.parquet`);
      await withDuck({ threads: 1 }, async (duck) => {
        const rows = [...cells, 'NULL'].map((cell) => `SELECT CAST(${cell} AS ${type}) AS cell`).join(' UNION ALL ');
        await duck.run(`COPY (${rows}) TO ${literal(path)} (FORMAT parquet)`);
        await withTable(path, {}, async (table) => {
          const column = { name: 'cell', role, declared: noWords, reading };
          expect(nativeCell(table, column)).not.toBeNull();
          const said = async (sql: CellSql) =>
            duck.rows(`SELECT ${sql.value} AS value, ${sql.missing} AS missing, ${sql.nested} AS nested,
              ${sql.key} AS key, ${sql.instant} AS instant, coalesce(${sql.localDate}, false) AS local,
              CASE WHEN NOT ${sql.missing} THEN ${sql.text} END AS text,
              CASE WHEN ${sql.value} IS NOT NULL THEN ${sql.plainNumber} END AS plain
              FROM (SELECT ${['*', ...sql.cast].join(', ')} FROM (
                SELECT ${['n', ...sql.base].join(', ')} FROM ${baseOf(table)})) ORDER BY n`);
          const byValue = await said(cellSql(table, column, 0));
          const byText = await said(textCell(table, column, 0));
          expect(byValue).toHaveLength(cells.length + 1);
          for (const [index, row] of byValue.entries()) {
            const { plain, ...rest } = row;
            const { plain: plainText, ...expected } = byText[index] ?? {};
            expect({ cell: cells[index], ...rest }).toEqual({ cell: cells[index], ...expected });
            if (role === 'time') expect(plain).toBe(plainText);
          }
        });
      });
    },
  );
});
