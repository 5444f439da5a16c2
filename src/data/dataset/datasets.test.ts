import { canonicalJson } from '../../domain/words/canonical.ts';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256 } from '../../artifacts/digest.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { ModelSpecInput } from '../../domain/spec/default-spec.ts';
import { withDuck } from '../duck/connect.ts';
import { pathLiteral } from '../duck/sql.ts';
import { ingestTable, type IngestResult } from '../snapshot/ingest-table.ts';
import { diffDatasets } from './diff-datasets.ts';
import { exportDataset } from './export-dataset.ts';
import { verifyDataset } from './verify-dataset.ts';

let dir: string;
let store: ArtifactStore;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'datasets-'));
  store = createArtifactStore(path.join(dir, 'store'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const declared: ModelSpecInput = {
  name: 'shop',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [
    { kind: 'number', name: 'amount', missing: 'allow' },
    { kind: 'category', name: 'country', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
  entity: { column: 'customer' },
  source: { kind: 'file', path: '/there/is/no/such/file.csv', format: 'csv' },
};

interface Row {
  readonly customer: string;
  readonly amount: number | null;
  readonly country: string;
}

async function ingest(
  rows: readonly Row[],
  more: { readonly parent?: IngestResult; readonly features?: ModelSpecInput['features'] } = {},
): Promise<IngestResult> {
  const lines = rows.map(({ customer, amount, country }) => `${customer},${amount ?? ''},${country},no`);
  const text = `customer,amount,country,bad\n${lines.join('\n')}\n`;
  const file = path.join(dir, `${sha256(text).slice(0, 12)}.csv`);
  await writeFile(file, text);
  const { parent } = more;
  return ingestTable({
    spec: completeSpec({ ...declared, ...(more.features === undefined ? {} : { features: more.features }) }),
    specRevision: 1,
    table: { path: file, name: file, format: 'csv', rowsMax: null, sourceDigest: sha256(text) },
    workDir: path.join(dir, 'work'),
    store,
    ...(parent === undefined ? {} : { parents: [parent.digest], orderOffset: parent.manifest.rows }),
  });
}

const rowsOf = (from: number, count: number, amountOf: (i: number) => number | null): readonly Row[] =>
  Array.from({ length: count }, (_, i) => ({
    customer: `c${from + i}`,
    amount: amountOf(from + i),
    country: (from + i) % 3 === 0 ? 'NL' : 'DE',
  }));
const diff = (from: readonly IngestResult[], to: readonly IngestResult[]) =>
  diffDatasets(store, {
    from: from.map(({ manifest }) => manifest),
    to: to.map(({ manifest }) => manifest),
    keyColumn: 'customer',
    folder: path.join(dir, 'diff'),
  });

describe('the difference of two datasets', () => {
  test('of one and itself is none, in any column', async () => {
    const one = await ingest(rowsOf(0, 400, (i) => i % 97));
    const found = await diff([one], [one]);
    expect(found).toMatchObject({
      rows: { from: 400, to: 400 },
      rowsChanged: { added: 0, removed: 0 },
      keysChanged: { added: 0, removed: 0 },
    });
    expect(found.columns.map(({ change, values }) => [change, values?.distance])).toEqual(
      found.columns.map(() => ['same', 0]),
    );
  });

  test('what an addition brought is what came, and nothing went', async () => {
    const one = await ingest(rowsOf(0, 300, (i) => i));
    const two = await ingest(
      rowsOf(290, 60, (i) => i),
      { parent: one },
    );
    const found = await diff([one], [one, two]);
    expect(found.rows).toEqual({ from: 300, to: 360 });
    // Ten customers came again, with the same cells: rows count as often as they stand there, keys once.
    expect(found.rowsChanged).toEqual({ added: 60, removed: 0 });
    expect(found.keysChanged).toEqual({ added: 50, removed: 0 });
    expect(await diff([one, two], [one])).toMatchObject({
      rowsChanged: { added: 0, removed: 60 },
      keysChanged: { added: 0, removed: 50 },
    });
  });

  test('values that moved have a distance beyond chance; missing ones are values too', async () => {
    const one = await ingest(rowsOf(0, 1_000, (i) => (i * 7_919) % 1_000));
    const moved = await ingest(rowsOf(0, 1_000, (i) => 400 + ((i * 7_919) % 1_000)));
    const gaps = await ingest(rowsOf(0, 1_000, (i) => (i % 4 === 0 ? null : (i * 7_919) % 1_000)));
    const amountOf = (found: Awaited<ReturnType<typeof diff>>) => found.columns.find(({ name }) => name === 'amount');
    const byMove = amountOf(await diff([one], [moved]))?.values;
    expect(byMove?.distance).toBeGreaterThan(3 * (byMove?.floor ?? 1));
    expect(byMove?.means).toEqual({ from: 499.5, to: 899.5 });
    const byGaps = amountOf(await diff([one], [gaps]))?.values;
    expect(byGaps?.missing).toEqual({ from: 0, to: 250 });
    expect(byGaps?.distance).toBeGreaterThan(3 * (byGaps?.floor ?? 1));
    const same = (await diff([one], [moved])).columns.find(({ name }) => name === 'country')?.values;
    expect(same?.distance).toBe(0);
  });

  test('columns that came, went or changed their type are named', async () => {
    const one = await ingest(rowsOf(0, 50, (i) => i));
    const other = await ingest(
      rowsOf(0, 50, (i) => i),
      { features: [{ kind: 'category', name: 'amount', missing: 'allow' }] },
    );
    const found = await diff([one], [other]);
    const changes = Object.fromEntries(found.columns.map(({ name, change }) => [name, change]));
    expect(changes).toEqual({ amount: 'retyped', customer: 'same', bad: 'same', country: 'removed' });
    expect((await diff([other], [one])).columns.find(({ name }) => name === 'country')).toEqual({
      name: 'country',
      change: 'added',
      types: { from: null, to: 'VARCHAR' },
    });
  });
});

describe('an export', () => {
  test('holds all rows in their order, as each of the formats', async () => {
    const one = await ingest(rowsOf(0, 5, (i) => i));
    const two = await ingest(
      rowsOf(5, 3, (i) => i),
      { parent: one },
    );
    const manifests = [two.manifest, one.manifest];
    const folder = path.join(dir, 'export');
    const csv = await readFile(await exportDataset(store, manifests, { format: 'csv', folder }), 'utf8');
    expect(csv.split('\n').slice(0, 3)).toEqual(['amount,country,bad,customer', '0.0,NL,no,c0', '1.0,DE,no,c1']);
    const ndjson = await readFile(await exportDataset(store, manifests, { format: 'ndjson', folder }), 'utf8');
    expect(ndjson.trim().split('\n')).toHaveLength(8);
    const parquet = await exportDataset(store, manifests, { format: 'parquet', folder });
    const rows = await withDuck({}, (duck) => duck.rows(`SELECT customer FROM read_parquet(${pathLiteral(parquet)})`));
    expect(rows.map((row) => row['customer'])).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']);
  });

  test('of no rows is refused', async () => {
    await expect(exportDataset(store, [], { format: 'csv', folder: dir })).rejects.toMatchObject({
      code: 'invalid_data',
    });
  });
});

describe('a check of every byte', () => {
  test('says what is whole, gone or damaged, and which manifest is not what its digest names', async () => {
    const whole = await ingest(rowsOf(0, 20, (i) => i + 0.5));
    expect(await verifyDataset(store, [whole])).toMatchObject({ wrongManifests: [], files: [{ state: 'whole' }] });
    const name = whole.manifest.files[0]?.sha256 ?? '';
    const file = await store.pathOf(name);
    const bytes = await readFile(file);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    await writeFile(file, bytes);
    expect(await verifyDataset(store, [whole])).toMatchObject({ files: [{ sha256: name, state: 'damaged' }] });
    await rm(file);
    const forged = { digest: whole.digest, manifest: { ...whole.manifest, rows: 21 } };
    expect(await verifyDataset(store, [forged])).toEqual({
      wrongManifests: [whole.digest],
      erased: [],
      files: [{ snapshot: whole.digest, sha256: name, state: 'missing' }],
    });
    // Where rows were erased the name stays, and the manifest has to be the one that took the place.
    const replacedBy = sha256(canonicalJson(forged.manifest));
    const stands = await verifyDataset(store, [forged], new Map([[whole.digest, { replacedBy }]]));
    expect(stands).toMatchObject({ wrongManifests: [], erased: [whole.digest] });
    const other = await verifyDataset(store, [forged], new Map([[whole.digest, { replacedBy: whole.digest }]]));
    expect(other).toMatchObject({ wrongManifests: [whole.digest], erased: [] });
  });
});
