import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256OfFile } from '../../artifacts/digest.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import { completeSpec, type ModelSpecInput } from '../../domain/spec/default-spec.ts';
import { withDuck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { ingestTable } from './ingest-table.ts';

let dir: string;
let store: ArtifactStore;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'exact-'));
  store = createArtifactStore(join(dir, 'store'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const keys = [
  '9007199254740992',
  '9007199254740993',
  '9007199254740993',
  '5',
  '5',
  '-9007199254740993',
  '12345678901234567890',
];
const repeated = [2, 4];

const write: Record<DataFormat, (path: string) => Promise<void>> = {
  csv: (path) => writeFile(path, `key,x,won\n${keys.map((key, i) => `${key},${i},${i % 2}`).join('\n')}\n`),
  ndjson: (path) => writeFile(path, keys.map((key, i) => `{"key":${key},"x":${i},"won":${i % 2}}`).join('\n')),
  parquet: (path) =>
    withDuck({}, (duck) =>
      duck.run(`COPY (SELECT CAST(key AS DECIMAL(38, 0)) AS key, x, won FROM (VALUES
        ${keys.map((key, i) => `('${key}', ${i}, ${i % 2})`).join(', ')}) AS t (key, x, won)) TO ${literal(path)}`),
    ),
};

let files = 0;
async function ingested(format: DataFormat, changes: Partial<ModelSpecInput>) {
  const path = join(dir, `t${files++}.${format}`);
  await write[format](path);
  return ingestFile(path, format, changes);
}

async function ingestFile(path: string, format: DataFormat, changes: Partial<ModelSpecInput>) {
  const spec = completeSpec({
    name: 'exact',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'number', name: 'x', missing: 'allow' }],
    target: { task: 'binary', column: 'won', positive: '1', negative: '0', labelDelay: { rows: 1 } },
    contract: { quarantineShareMax: 1 },
    source: { kind: 'file', path, format },
    ...changes,
  });
  const table = { path, name: path, format, rowsMax: null, sourceDigest: await sha256OfFile(path) };
  const { manifest } = await ingestTable({ spec, specRevision: 1, table, workDir: join(dir, 'work'), store });
  const file = await store.pathOf(manifest.files[0]?.sha256 ?? '');
  const rows = await withDuck({}, (duck) => duck.rows(`SELECT * FROM read_parquet(${literal(file)}) ORDER BY x`));
  return { manifest, rows };
}

const once = {
  rules: [{ rule: 'unique', id: 'once', columns: ['key'], severity: 'quarantine' }],
  quarantineShareMax: 1,
} as const;

describe.each(['csv', 'ndjson', 'parquet'] as const)('%s', (format) => {
  test.each([
    [
      'a number',
      [
        { kind: 'number', name: 'key', missing: 'allow', integer: true },
        { kind: 'number', name: 'x', missing: 'allow' },
      ],
    ],
    [
      'a category',
      [
        { kind: 'category', name: 'key', missing: 'allow' },
        { kind: 'number', name: 'x', missing: 'allow' },
      ],
    ],
  ] as const)('a unique key that is %s is told apart by all of its digits', async (_, features) => {
    const { manifest, rows } = await ingested(format, { features, contract: once });
    expect(rows.map((row) => Number(row['x']))).toEqual(keys.map((_key, i) => i).filter((i) => !repeated.includes(i)));
    expect(manifest.ruleCounts.find(({ ruleId }) => ruleId === 'once')?.rows).toBe(2);
  });

  test('keys beyond 2^53 are said of a number and kept to the digit as an entity', async () => {
    const number = await ingested(format, {
      features: [
        { kind: 'number', name: 'key', missing: 'allow' },
        { kind: 'number', name: 'x', missing: 'allow' },
      ],
    });
    expect(number.manifest.ruleCounts.map(({ ruleId, severity, rows }) => [ruleId, severity, rows])).toEqual([
      ['key.exact', 'warn', 5],
    ]);
    const entity = await ingested(format, { entity: { column: 'key' } });
    expect(entity.rows.map((row) => row['key'])).toEqual(keys);
  });

  test('an entity that is a number feature as well is set aside where it would become another', async () => {
    const { manifest } = await ingested(format, {
      features: [
        { kind: 'number', name: 'key', missing: 'allow' },
        { kind: 'number', name: 'x', missing: 'allow' },
      ],
      entity: { column: 'key' },
    });
    expect(manifest.ruleCounts.map(({ ruleId, severity, rows }) => [ruleId, severity, rows])).toEqual([
      ['key.exact', 'quarantine', 5],
    ]);
  });
});

test('numbers that are written in several ways are one key', async () => {
  const path = join(dir, 'ways.csv');
  const ways = ['5', '5.0', '+5', '05', '0', '-0', '1e20', '100000000000000000000'];
  await writeFile(path, `key,x,won\n${ways.map((key, i) => `${key},${i},${i % 2}`).join('\n')}\n`);
  const features = [
    { kind: 'number', name: 'key', missing: 'allow' },
    { kind: 'number', name: 'x', missing: 'allow' },
  ] as const;
  const { rows } = await ingestFile(path, 'csv', { features, contract: once });
  expect(rows.map((row) => row['x'])).toEqual([0, 4, 6]);
});

test('a text column that Parquet has as something else is reported, a text one is not', async () => {
  const path = join(dir, 'types.parquet');
  await withDuck({}, (duck) =>
    duck.run(
      `COPY (SELECT NULL::INTEGER AS note, 'a' AS word, 7::BIGINT AS code, 1.5 AS x, 1 AS won) TO ${literal(path)}`,
    ),
  );
  const features = [
    ...['note', 'word', 'code'].map((name) => ({ kind: 'category', name, missing: 'allow' }) as const),
    { kind: 'number', name: 'x', missing: 'allow' } as const,
  ];
  const { manifest } = await ingestFile(path, 'parquet', { features });
  expect(manifest.ruleCounts).toEqual([
    {
      ruleId: 'column.type',
      severity: 'warn',
      rows: 1,
      line: null,
      about: 'note is declared as text and is INTEGER in the file; code is declared as text and is BIGINT in the file',
    },
  ]);
});

test.each(['csv', 'ndjson'] as const)(
  'words for "missing" are missing beside numbers and words beside words: %s',
  async (format) => {
    const path = join(dir, `missing.${format}`);
    const cells = ['n/a', 'NA', '-', '#N/A', '', '7'];
    await writeFile(
      path,
      format === 'csv'
        ? `word,x,won\n${cells.map((cell, i) => `${cell},${cell},${i % 2}`).join('\n')}\n`
        : cells.map((cell, i) => JSON.stringify({ word: cell, x: cell, won: i % 2 })).join('\n'),
    );
    const features = [
      { kind: 'category', name: 'word', missing: 'allow' },
      { kind: 'number', name: 'x', missing: 'allow' },
    ] as const;
    const { rows } = await ingestFile(path, format, { features });
    const read = rows.toSorted((left, right) => Number(left['_order']) - Number(right['_order']));
    expect(read.map((row) => [row['word'], row['x']])).toEqual([
      ['n/a', null],
      ['NA', null],
      ['-', null],
      ['#N/A', null],
      [null, null],
      ['7', 7],
    ]);
  },
);
