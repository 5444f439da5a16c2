import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { withDuck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { ingestTable } from './ingest-table.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'words-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const rows = [
  ['NA', 'None'],
  ['?', 'NA'],
  ['DE', 'null'],
  ['', '?'],
  ['None', '1.0'],
  ['DE', 'High'],
] as const;
const cells = [
  ['NA', 'None'],
  ['?', 'NA'],
  ['DE', 'null'],
  [null, '?'],
  [null, '1.0'],
  ['DE', 'High'],
];

async function acceptedOf(format: DataFormat, path: string): Promise<readonly unknown[]> {
  const spec = completeSpec({
    name: 'words',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'category', name: 'land', missing: 'allow', values: ['NA', '?', 'DE'] }],
    target: {
      task: 'multiclass',
      column: 'risk',
      classes: ['NA', 'None', 'null', '?', '1.0', 'High', ' padded'],
      labelDelay: { rows: 1 },
    },
    source: { kind: 'file', path, format },
  });
  const store = createArtifactStore(join(dir, 'store'));
  const table = { path, name: path, format, rowsMax: null, sourceDigest: format };
  const { manifest } = await ingestTable({ spec, specRevision: 1, table, workDir: join(dir, 'work'), store });
  const file = await store.pathOf(manifest.files[0]?.sha256 ?? '');
  const read = await withDuck({}, (duck) => duck.rows(`SELECT land, risk FROM read_parquet(${literal(file)})`));
  return read.map((row) => [row['land'], row['risk']]);
}

test('a declared word is a value in every format, whatever it means elsewhere', async () => {
  const csv = join(dir, 'words.csv');
  await writeFile(csv, `land,risk\n${rows.map((row) => row.join(',')).join('\n')}\n`);
  const ndjson = join(dir, 'words.ndjson');
  const lines = [...rows, ['DE', ' padded']].map(([land, risk]) => JSON.stringify({ land, risk }));
  await writeFile(ndjson, `${lines.join('\n')}\n`);
  const parquet = join(dir, 'words.parquet');
  const values = rows.map((row) => `(${row.map((cell) => literal(cell)).join(', ')})`);
  await withDuck({}, (duck) =>
    duck.run(`COPY (SELECT * FROM (VALUES ${values.join(', ')}) AS t (land, risk)) TO ${literal(parquet)}`),
  );
  expect(await acceptedOf('csv', csv)).toEqual(cells);
  expect(await acceptedOf('ndjson', ndjson)).toEqual([...cells, ['DE', ' padded']]);
  expect(await acceptedOf('parquet', parquet)).toEqual(cells);
});
