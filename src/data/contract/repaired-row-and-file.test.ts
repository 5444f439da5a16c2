import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileRowCheck, judgedByScanOnly } from '../../domain/contract/check-row.ts';
import { contractColumns } from '../../domain/contract/contract-columns.ts';
import { compileRowRepairs } from '../../domain/contract/repair-row.ts';
import { cellReader } from '../../domain/cells/read-cell.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import type { ModelSpec, RepairSpec } from '../../domain/spec/spec.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { withDirt, withRepairs } from '../../../tests/worlds/dirty-repairs.ts';
import { cellsOf, lineOf, quoted } from '../../../tests/worlds/dirty-lines.ts';
import { dirtyContract, dirtyRow, type DirtyRow } from '../../../tests/worlds/dirty-rows.ts';
import { withDuck } from '../duck/connect.ts';
import { withTable } from '../read/open-table.ts';
import { checkRows } from './check-rows.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'repaired-row-and-file-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let files = 0;

/** A row behind its repairs: its values, the ids of the rules that it breaks; null for one that was dropped. */
type Fate = { readonly values: Readonly<Record<string, unknown>>; readonly ids: readonly string[] } | null;

async function scanned(spec: ModelSpec, text: string, format: DataFormat, rows: number): Promise<readonly Fate[]> {
  const path = join(dir, `rows-${files++}.${format}`);
  await writeFile(path, text);
  const settings = { tempDir: dir, memoryMb: 512 };
  return withTable(path, { expected: format, encoding: 'utf-8', settings }, (table) =>
    withDuck(settings, async (duck) => {
      const { rules, rejected, columns } = await checkRows(duck, table, spec, { unlabelled: 'refuse' });
      expect(rejected).toBe(0);
      const warning = new Set(rules.filter(({ severity }) => severity === 'warn').map(({ id }) => id));
      const left = new Set(judgedByScanOnly(spec));
      const fates: Fate[] = Array.from({ length: rows }, () => null);
      for (const row of await duck.rows('SELECT * FROM checked ORDER BY n')) {
        const values = columns.map(({ name, value }) => [name, plain(row[value])]);
        const ids = (row['ids'] as string[]).filter((id) => !warning.has(id) && !left.has(id));
        fates[Number(row['n']) - 1] = { values: Object.fromEntries(values), ids };
      }
      return fates;
    }),
  );
}

/** Bit for bit, but for the sign of a zero that nothing computed, and for a byte order mark, which the results lose. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^\ufeff/, '');
  if (typeof value === 'bigint') return Number(value);
  return Object.is(value, -0) ? 0 : (value ?? null);
}

function judged(spec: ModelSpec, rows: readonly DirtyRow[]): readonly Fate[] {
  const check = compileRowCheck(spec);
  const repair = compileRowRepairs(spec);
  const left = new Set(judgedByScanOnly(spec));
  const readers = contractColumns(spec).map((column) => ({ name: column.name, read: cellReader(column) }));
  return rows.map((given) => {
    const { row, isDropped } = repair?.(given) ?? { row: given, isDropped: false };
    if (isDropped) return null;
    const values = readers.map(({ name, read }) => [
      name,
      plain(read(Object.hasOwn(row, name) ? row[name] : null).value),
    ]);
    return { values: Object.fromEntries(values), ids: check(row).filter((id) => !left.has(id)) };
  });
}

/** A row that is no row has no values to compare. */
function differences(rows: readonly DirtyRow[], row: readonly Fate[], file: readonly Fate[]): readonly unknown[] {
  const said = (fate: Fate | undefined) =>
    fate?.ids.includes('row.shape') === true ? 'row.shape' : JSON.stringify(fate);
  return rows.flatMap((given, index) =>
    said(row[index]) === said(file[index])
      ? []
      : [{ given: JSON.stringify(given), row: row[index], file: file[index] }],
  );
}

const timed: DirtyRow = { happened: '2024-05-03', at: '2024-05-03T14:03:00Z', amount: 4, due: '2024-05-04' };

function batch(seed: string, rows: number): { readonly spec: ModelSpec; readonly rows: readonly DirtyRow[] } {
  const random = createRandom(seed);
  const spec = withRepairs(dirtyContract(random), random);
  return { spec, rows: [timed, ...Array.from({ length: rows }, () => withDirt(dirtyRow(random), random))] };
}

describe('a row that came by a request and the same row of a file, behind their repairs', () => {
  test.each(Array.from({ length: 40 }, (_, index) => `ndjson ${index}`))('%s', async (seed) => {
    const { spec, rows } = batch(seed, 300);
    const file = await scanned(spec, `${rows.map(lineOf).join('\n')}\n`, 'ndjson', rows.length);
    const row = judged(spec, rows);
    expect(differences(rows, row, file)).toEqual([]);
    // What repairs nothing would prove nothing.
    expect(differences(rows, row, judged({ ...spec, repairs: [] }, rows))).not.toEqual([]);
  });

  test.each(Array.from({ length: 12 }, (_, index) => `csv ${index}`))('%s', async (seed) => {
    const { spec, rows } = batch(seed, 300);
    const texts = rows.map(cellsOf);
    const names = ['id', ...new Set(texts.flatMap((row) => Object.keys(row)))];
    const lines = texts.map((row, index) => [
      String(index),
      ...names.slice(1).map((name) => quoted(Object.hasOwn(row, name) ? (row[name] ?? '') : '')),
    ]);
    const text = [names.map(quoted), ...lines].map((cells) => cells.join(',')).join('\n') + '\n';
    const file = await scanned(spec, text, 'csv', rows.length);
    expect(differences(texts, judged(spec, texts), file)).toEqual([]);
  });

  const amount = 'amount';
  const planted: readonly (readonly [string, readonly [RepairSpec, RepairSpec]])[] = [
    [
      'a bound',
      [
        { repair: 'clip', column: amount, max: 5 },
        { repair: 'clip', column: amount, max: 6 },
      ],
    ],
    [
      'a unit',
      [
        { repair: 'unit', column: amount, from: 'lb', to: 'kg' },
        { repair: 'unit', column: amount, from: 'oz', to: 'kg' },
      ],
    ],
    [
      'a case',
      [
        { repair: 'case', column: 'open', to: 'upper' },
        { repair: 'case', column: 'open', to: 'lower' },
      ],
    ],
    [
      'a decimal sign',
      [
        { repair: 'cast', column: amount, to: 'number' },
        { repair: 'cast', column: amount, to: 'number', decimal: ',' },
      ],
    ],
    [
      'a constant',
      [
        { repair: 'fill', column: 'open', constant: 'a' },
        { repair: 'fill', column: 'open', constant: 'b' },
      ],
    ],
    [
      'a word',
      [
        { repair: 'map', column: 'open', values: [{ from: 'DE', to: 'x' }] },
        { repair: 'map', column: 'open', values: [{ from: 'DE', to: null }] },
      ],
    ],
    [
      'a reason to drop',
      [
        { repair: 'drop', column: 'open', when: { op: '=', value: 'DE' } },
        { repair: 'drop', column: 'open', when: { op: '!=', value: 'DE' } },
      ],
    ],
    [
      'one repair more',
      [
        { repair: 'trim', column: 'open' },
        { repair: 'trim', column: 'closed' },
      ],
    ],
  ];
  test.each(planted)('differ where one of the two has %s otherwise', async (_, [one, other]) => {
    const { spec, rows } = batch('planted', 400);
    const file = await scanned({ ...spec, repairs: [one] }, `${rows.map(lineOf).join('\n')}\n`, 'ndjson', rows.length);
    expect(differences(rows, judged({ ...spec, repairs: [one] }, rows), file)).toEqual([]);
    expect(differences(rows, judged({ ...spec, repairs: [other] }, rows), file)).not.toEqual([]);
  });
});
