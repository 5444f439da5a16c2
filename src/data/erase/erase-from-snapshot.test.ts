import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256 } from '../../artifacts/digest.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { ExcludedEntities } from '../../domain/record/erasure/erasure.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { repair } from '../../sdk/index.ts';
import { ingestTable } from '../snapshot/ingest-table.ts';
import { eraseFromSnapshot, type ErasedSnapshot, type Replaced } from './erase-from-snapshot.ts';

let dir: string;
let store: ArtifactStore;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'erase-from-snapshot-'));
  store = createArtifactStore(path.join(dir, 'store'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const header = 'id,name,y\n';
/** Cells of `name` and rows of `drop` are repaired. */
async function ingest(rows: string, excluded?: ExcludedEntities): Promise<SnapshotManifest> {
  const file = path.join(dir, `${sha256(rows)}.csv`);
  await writeFile(file, header + rows);
  const spec = completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'category', name: 'name', missing: 'allow' }],
    target: { task: 'regression', column: 'y', labelDelay: { rows: 10 } },
    entity: { column: 'id' },
    contract: { quarantineShareMax: 0.9 },
    source: { kind: 'file', path: 'unused', format: 'csv' },
    repairs: [repair.trim('name'), repair.dropRows('name', '=', 'drop')],
  });
  const table = { path: file, name: file, format: 'csv', rowsMax: null, sourceDigest: sha256(rows) } as const;
  const asked = { spec, specRevision: 1, table, workDir: path.join(dir, 'work'), store };
  return (await ingestTable({ ...asked, ...(excluded === undefined ? {} : { excluded }) })).manifest;
}

const erase = (
  manifest: SnapshotManifest,
  entity: string,
  change: { readonly isDryRun?: boolean; readonly replaced?: readonly Replaced[] } = {},
): Promise<ErasedSnapshot> =>
  eraseFromSnapshot({
    manifest,
    of: { entity, keyColumns: ['id'], seqs: [] },
    target: 'y',
    store,
    workDir: path.join(dir, 'erasing'),
    isDryRun: change.isDryRun ?? false,
    clean: new Set(),
    replacedBefore: async (digest) => change.replaced?.find((one) => one.digest === digest) ?? null,
  });

test('the log of repaired cells goes with a row of the entity, and its counts stay', async () => {
  const manifest = await ingest('ann,\u00a0x,1\nbob,\u00a0y,2\n');
  expect(manifest.repairs).toMatchObject({ loggedRows: 2 });
  const { manifest: after, replaced } = await erase(manifest, 'ann');
  expect(after?.repairs).toEqual({ ...manifest.repairs, logDigest: null, loggedRows: 0 });
  expect(replaced).toContainEqual({
    what: 'repairs',
    digest: manifest.repairs?.logDigest,
    replacedBy: null,
    rows: 2,
  });
  // Done again there is nothing left to do.
  expect((await erase(after ?? manifest, 'ann')).manifest).toBeNull();
});

test('the log goes where the name stands in it, though no row is left, and stays where it does not', async () => {
  const manifest = await ingest('bob,\u00a0of ann,2\nbob,drop\u00a0,3\n');
  expect((await erase(manifest, 'nobody')).manifest).toBeNull();
  const { manifest: after, replaced, rows } = await erase(manifest, 'of ann');
  expect(rows).toBe(0);
  expect(replaced.map(({ what }) => what)).toEqual(['repairs']);
  expect(after).toEqual({ ...manifest, repairs: { ...manifest.repairs, logDigest: null, loggedRows: 0 } });
});

test('a dry run leaves the log', async () => {
  const manifest = await ingest('ann,\u00a0z,1\nbob,\u00a0y,2\n');
  expect(await erase(manifest, 'ann', { isDryRun: true })).toMatchObject({ manifest: null, rows: 1, replaced: [] });
});

test('a file that was written anew for another snapshot counts by what is in it, labels too', async () => {
  const manifest = await ingest('ann,a,1\nann,b,2\nbob,c,3\nbob,d,4\n');
  expect(manifest).toMatchObject({ rows: 4, labelledRows: 4 });
  const first = await erase(manifest, 'ann');
  expect(first.manifest).toMatchObject({ rows: 2, labelledRows: 2, files: [{ rows: 2 }] });
  // The tombstone of the file adds up what every snapshot and erasure took from it.
  const replaced = first.replaced.map((one) => ({ ...one, rows: one.rows * 2 }));
  const second = await erase(manifest, 'ann', { replaced });
  expect(second.manifest).toEqual(first.manifest);
  expect(second.rows).toBe(2);
});

test('a file that another erasure left rows in is written anew', async () => {
  const manifest = await ingest('ann,a,1\nbob,e,3\ncid,f,4\n');
  const { replaced } = await erase(manifest, 'ann');
  const alone = await erase(manifest, 'bob');
  expect((await erase(manifest, 'bob', { replaced })).manifest?.files).toEqual(alone.manifest?.files);
});

test('whom a reading leaves out stands in no log of repaired cells, also where a repair took the row out', async () => {
  const rows = 'ann,\u00a0x,1\nann,drop\u00a0,2\nbob,\u00a0y,3\n';
  const excluded = { key: 'k', hashes: [sha256('kann')], columns: ['id'] };
  const manifest = await ingest(rows, excluded);
  expect(manifest).toMatchObject({ rows: 1, repairs: { loggedRows: 1 } });
  expect((await ingest(rows)).repairs?.loggedRows).toBe(4);
});
