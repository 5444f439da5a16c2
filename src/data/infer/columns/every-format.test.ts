import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../../artifacts/artifact-store.ts';
import { sha256OfFile } from '../../../artifacts/digest.ts';
import type { DataFormat } from '../../../domain/spec/closed-sets.ts';
import { withDuck } from '../../duck/connect.ts';
import { identifier, literal } from '../../duck/sql.ts';
import { ingestTable } from '../../snapshot/ingest-table.ts';
import { streamRows, type TableRow } from '../../snapshot/stream-rows.ts';
import { inferSpec } from '../infer-spec.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'formats-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const rows = 400;

/** Numbers from 0 to below 1, the same for a seed. */
function chances(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.abs(state) / 2_147_483_647;
  };
}

interface Column {
  /** Texts as CSV has them; null is a blank. */
  readonly cells: readonly (string | null)[];
  /** Type in Parquet. */
  readonly type: string;
  /** JSON has a number, or true and false, for such a cell. */
  readonly isBare: boolean;
}

type Maker = (random: () => number) => Column;

const two = (value: number) => String(value).padStart(2, '0');

function column(
  type: string,
  isBare: boolean,
  cell: (random: () => number) => string,
  missing: readonly (string | null)[] = [null],
): Maker {
  return (random) => {
    const share = random() < 0.5 ? 0 : 0.2;
    const cells = Array.from({ length: rows }, () =>
      random() < share ? (missing[Math.floor(random() * missing.length)] ?? null) : cell(random),
    );
    return { type, isBare, cells };
  };
}
const oneOf = (words: readonly string[]) => (random: () => number) => words[Math.floor(random() * words.length)] ?? '';
const day = (random: () => number) => 1 + Math.floor(random() * 28);
const month = (random: () => number) => 1 + Math.floor(random() * 12);

/** Kinds of columns as tables have them, and how each format writes them. */
const makers: Readonly<Record<string, Maker>> = {
  whole: column('DOUBLE', true, (random) => String(Math.floor(random() * 90))),
  fraction: column('DOUBLE', true, (random) => String((random() - 0.5) * 1e3)),
  small: column('DOUBLE', true, (random) => String(random() * 1e-7)),
  withWords: column('VARCHAR', false, (random) => String(Math.floor(random() * 90)), ['NA', 'n/a', '-', null]),
  words: column('VARCHAR', false, oneOf(['red', 'green', 'dark blue']), ['NA', 'None', '?', null]),
  country: column('VARCHAR', false, oneOf(['DE', 'ZA', 'NA'])),
  zip: column('VARCHAR', false, oneOf(['00907', '907', '20095', '00501'])),
  codes: column('VARCHAR', false, oneOf(['1E5', '2E3', '31', '4e1'])),
  sections: column('VARCHAR', false, oneOf(['10.1', '10.10', '10.2'])),
  keys: column('DECIMAL(38, 0)', true, oneOf(['12345678901234567919', '12345678901234567929', '9007199254740993'])),
  truth: column('BOOLEAN', true, oneOf(['true', 'false'])),
  yesNo: column('VARCHAR', false, oneOf(['yes', 'no'])),
  instant: column('VARCHAR', false, (random) => `2026-${two(month(random))}-${two(day(random))}T10:00:00Z`, [
    'unknown',
    null,
  ]),
  naive: column('TIMESTAMP', false, (random) => `2026-${two(month(random))}-${two(day(random))} 10:30:00`),
  ambiguous: column('VARCHAR', false, (random) => `${two(month(random))}/${two(month(random))}/2024`),
  dayFirst: column('VARCHAR', false, (random) => `${two(day(random))}.${two(month(random))}.2024`),
};
const labels: readonly (readonly string[])[] = [
  ['yes', 'no'],
  ['NA', 'ZA', 'DE'],
  ['None', 'High', 'Low'],
  ['1', '0'],
];

type Table = ReadonlyMap<string, Column>;

function randomTable(random: () => number): Table {
  const names = Object.keys(makers).filter(() => random() < 0.6);
  const words = labels[Math.floor(random() * labels.length)] ?? [];
  const target: Column = {
    type: 'VARCHAR',
    isBare: false,
    cells: Array.from({ length: rows }, () => oneOf(words)(random)),
  };
  const always: Maker = makers['whole'] ?? column('DOUBLE', true, String);
  return new Map([
    ['always', always(random)],
    ...names.map((name) => [name, makers[name]?.(random) ?? target] as const),
    ['y', target],
  ]);
}

const writers: Record<DataFormat, (table: Table, path: string) => Promise<void>> = {
  csv: (table, path) => {
    const lines = Array.from({ length: rows }, (_, i) =>
      [...table.values()].map(({ cells }) => cells[i] ?? '').join(','),
    );
    return writeFile(path, `${[...table.keys()].join(',')}\n${lines.join('\n')}\n`);
  },
  ndjson: (table, path) => {
    const cellOf = ({ cells, isBare }: Column, i: number) => {
      const cell = cells[i] ?? null;
      return isBare && cell !== null ? cell : JSON.stringify(cell);
    };
    const lines = Array.from(
      { length: rows },
      (_, i) => `{${[...table].map(([name, one]) => `"${name}":${cellOf(one, i)}`).join(',')}}`,
    );
    return writeFile(path, `${lines.join('\n')}\n`);
  },
  parquet: (table, path) =>
    withDuck({}, async (duck) => {
      const columns = [...table];
      await duck.run(`CREATE TABLE t (${columns.map(([name, { type }]) => `${identifier(name)} ${type}`).join(', ')})`);
      const values = Array.from(
        { length: rows },
        (_, i) =>
          `(${columns
            .map(([, { cells, type }]) => {
              const cell = cells[i] ?? null;
              return cell === null ? 'NULL' : `CAST(${literal(cell)} AS ${type})`;
            })
            .join(', ')})`,
      );
      await duck.run(`INSERT INTO t VALUES ${values.join(', ')}`);
      await duck.run(`COPY t TO ${literal(path)} (FORMAT parquet)`);
    }),
};

async function readAs(format: DataFormat, table: Table, seed: number) {
  const path = join(dir, `t${seed}.${format}`);
  await writers[format](table, path);
  const { spec, notes, historyRows } = await inferSpec({ path, target: 'y', name: 'same' });
  const whole = { ...spec, source: { kind: 'file', path, format } as const };
  const store = createArtifactStore(join(dir, 'store'));
  const raw = { path, name: path, format, rowsMax: null, sourceDigest: await sha256OfFile(path) };
  const input = { spec: whole, specRevision: 1, table: raw, workDir: join(dir, 'work'), store };
  const { manifest } = await ingestTable(input);
  const live: TableRow[] = [];
  for await (const chunk of streamRows({ path, format }, spec, { fromRow: historyRows })) live.push(...chunk);
  // The first line of CSV is its header.
  const placed = notes.map((note) =>
    note.replaceAll(/line (\d+)/g, (_, line) => `line ${Number(line) - (format === 'csv' ? 1 : 0)}`),
  );
  const { name, features, target, contract, eventTime } = spec;
  return {
    spec: { name, features, target, contract, eventTime },
    notes: placed,
    accepted: [manifest.rows, manifest.quarantinedRows, manifest.logicalDigest],
    live,
  };
}

test.each([1, 2, 3, 4, 5, 6])('a table reads the same from CSV, NDJSON and Parquet: seed %i', async (seed) => {
  const table = randomTable(chances(seed));
  const csv = await readAs('csv', table, seed);
  expect(csv.spec.features.length).toBeGreaterThan(2);
  expect(csv.live).toHaveLength(rows - rows / 5);
  expect(await readAs('ndjson', table, seed)).toEqual(csv);
  expect(await readAs('parquet', table, seed)).toEqual(csv);
});
