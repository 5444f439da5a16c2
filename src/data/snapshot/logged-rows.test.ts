import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { withDuck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { ingestTable } from './ingest-table.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'logged-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const spec = completeSpec({
  name: 'logged',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [
    { kind: 'number', name: 'amount', missing: 'refuse', min: 0, max: 100 },
    { kind: 'number', name: 'items', missing: 'allow', integer: true },
    { kind: 'category', name: 'land', missing: 'allow', values: ['DE', 'FR'] },
    { kind: 'time', name: 'at', missing: 'allow', epochUnit: 'milliseconds' },
  ],
  target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
  contract: {
    quarantineShareMax: 1,
    rules: [
      { rule: 'compare', id: 'few', left: 'items', op: '<', right: { column: 'amount' }, severity: 'quarantine' },
    ],
  },
  source: { kind: 'file', path: 'unused', format: 'ndjson' },
});

test('what was answered is learnt from: rules are counted, and only what cannot be typed is set aside', async () => {
  const rows = [
    { amount: 5, items: 1, land: 'DE', at: 8.64e15, bad: 'no' },
    { amount: 5_000, items: 1.5, land: 'GB', at: -8.64e15, bad: 'yes' },
    { amount: null, items: 3, land: null, at: null, bad: 'no' },
    { amount: 7, items: 9, land: 'FR', at: 0, bad: 'no' },
    { amount: 'many', items: 1, land: 'FR', at: 0, bad: 'no' },
    { amount: 7, items: 1, land: 'FR', at: 0, bad: 'perhaps' },
  ];
  const path = join(dir, 'traffic.ndjson');
  await writeFile(path, `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
  const store = createArtifactStore(join(dir, 'store'));
  const table = { path, name: path, format: 'ndjson', rowsMax: null, sourceDigest: 'x' } as const;
  const input = { spec, specRevision: 1, table, workDir: join(dir, 'work'), store };
  const { manifest } = await ingestTable({ ...input, isLogged: true });
  expect([manifest.rows, manifest.quarantinedRows]).toEqual([4, 2]);
  expect(manifest.ruleCounts.map(({ ruleId, severity, rows: count }) => [ruleId, severity, count])).toEqual([
    ['amount.missing', 'warn', 1],
    ['amount.range', 'warn', 1],
    ['amount.type', 'quarantine', 1],
    ['bad.label', 'quarantine', 1],
    ['few', 'warn', 1],
    ['items.integer', 'warn', 1],
    ['land.values', 'warn', 1],
  ]);
  const file = await store.pathOf(manifest.files[0]?.sha256 ?? '');
  const read = await withDuck({}, (duck) => duck.rows(`SELECT amount, land FROM read_parquet(${literal(file)})`));
  expect(read.map((row) => [row['amount'], row['land']])).toEqual([
    [5, 'DE'],
    [5_000, 'GB'],
    [null, null],
    [7, 'FR'],
  ]);
  // The same rows in a file are judged by the contract as ever.
  expect((await ingestTable(input)).manifest.rows).toBe(1);
});
