import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { RepairSpec } from '../../domain/spec/spec.ts';
import { repair } from '../../sdk/index.ts';
import { withDuck } from '../duck/connect.ts';
import { identifier, literal } from '../duck/sql.ts';
import { ingestTable, type IngestResult } from '../snapshot/ingest-table.ts';

let dir: string;
let store: ArtifactStore;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'repairs-of-parquet-'));
  store = createArtifactStore(join(dir, 'store'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const columns = {
  id: 'VARCHAR',
  at: 'TIMESTAMP',
  name: 'VARCHAR',
  weight: 'DOUBLE',
  pieces: 'BIGINT',
  isNew: 'BOOLEAN',
  y: 'INTEGER',
};
const rows = [
  'a,2026-05-01 10:00:00,ann\u00a0,220.462,3,true,1',
  'a,2026-05-02 10:00:00,,nan,,false,2',
  'b,2026-05-03 10:00:00,BOB,,9007199254740991,true,3',
  'a,2026-05-01 10:00:00,ann,500,40,,4',
  'c,2026-05-04 10:00:00,test,5,5,true,5',
  'c,2026-05-05 10:00:00.5,x,-5,-7,false,6',
  'd,2026-05-06 10:00:00,y\u00a0,0.1,,false,7',
  'e,2026-05-07 10:00:00,z,7,40,true,8',
];

async function ingest(format: 'csv' | 'parquet', repairs: readonly RepairSpec[]): Promise<IngestResult> {
  const spec = completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'category', name: 'name', missing: 'allow' },
      { kind: 'number', name: 'weight', missing: 'refuse', min: 0 },
      { kind: 'number', name: 'pieces', missing: 'allow' },
      { kind: 'boolean', name: 'isNew', missing: 'allow' },
    ],
    target: { task: 'regression', column: 'y', labelDelay: { rows: 10 } },
    entity: { column: 'id' },
    eventTime: { column: 'at' },
    contract: { quarantineShareMax: 0.9 },
    source: { kind: 'file', path: 'unused', format },
    repairs,
  });
  const table = { path: await fileOf(format), name: 'the table', format, rowsMax: null, sourceDigest: 'a'.repeat(64) };
  return ingestTable({ spec, specRevision: 1, table, workDir: join(dir, 'work'), store });
}

async function fileOf(format: 'csv' | 'parquet'): Promise<string> {
  const path = join(dir, `rows.${format}`);
  await writeFile(path, `${Object.keys(columns).join(',')}\n${rows.join('\n')}\n`);
  if (format === 'csv') return path;
  const typed = Object.entries(columns).map(([name, type]) => `${identifier(name)} ${type}`);
  const cell = (text: string): string => (text === '' ? 'NULL' : literal(text));
  const tuples = rows.map((row) => `(${row.split(',').map(cell).join(', ')})`);
  await withDuck({}, async (duck) => {
    await duck.run(`CREATE TABLE typed (${typed.join(', ')})`);
    await duck.run(`INSERT INTO typed VALUES ${tuples.join(', ')}`);
    await duck.run(`COPY typed TO ${literal(path)} (FORMAT parquet)`);
  });
  return path;
}

/** The log of repairs by rows, since a text has its header on a line, and with numbers by value: a DOUBLE says 5.0. */
async function logOf({ manifest }: IngestResult, linesBefore: number) {
  const path = await store.pathOf(manifest.repairs?.logDigest ?? '');
  const log = await withDuck({}, (duck) => duck.rows(`SELECT * FROM read_parquet(${literal(path)})`));
  const plain = (cell: unknown): unknown =>
    typeof cell !== 'string' || Number.isNaN(Number(cell)) ? cell : Number(cell);
  return log.map(({ _line, before, after, ...row }) => ({
    ...row,
    row: Number(_line) - linesBefore,
    before: plain(before),
    after: plain(after),
  }));
}

const repairs = [
  repair.trim('name'),
  repair.toCase('name', 'upper'),
  repair.unit('weight', { from: 'lb', to: 'kg' }),
  repair.dropRows('name', '=', 'TEST'),
  repair.clip('weight', { max: 150 }),
  repair.fill('pieces', { constant: 1 }),
  repair.clip('pieces', { min: 0 }),
];
const ofRows = [
  repair.dedupe({ by: ['id', 'at'], keep: 'last' }),
  repair.fill('weight', { lastKnownBy: 'id' }),
  repair.dedupe({ by: ['pieces'], keep: 'newest' }),
];

test.each([
  ['cells', 4, repairs],
  ['rows as well', 3, [...ofRows, ...repairs]],
])('repairs of %s do to typed cells what they do to the texts of them', async (_, accepted, list) => {
  const [text, typed] = [await ingest('csv', list), await ingest('parquet', list)];
  expect(text.manifest.rows).toBe(accepted);
  expect(typed.manifest.files).toEqual(text.manifest.files);
  expect(typed.manifest.profile).toEqual(text.manifest.profile);
  const said = ({ manifest }: IngestResult) => [
    manifest.quarantinedRows,
    manifest.repairs?.removedRows,
    ...(manifest.repairs?.counts.map(({ repair: kind, count }) => `${kind} ${count}`) ?? []),
  ];
  expect(said(typed)).toEqual(said(text));
  expect(said(typed).filter((one) => String(one).endsWith(' 0'))).toEqual([]);
  expect(await logOf(typed, 0)).toEqual(await logOf(text, 1));
});
