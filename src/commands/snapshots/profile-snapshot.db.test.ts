import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256 } from '../../artifacts/digest.ts';
import { ingestTable, type IngestResult } from '../../data/snapshot/ingest-table.ts';
import { putSnapshot } from '../../db/models/snapshots.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { personOn } from '../../../tests/worlds/delivered-world.ts';
import { RecordingBus } from '../../../tests/worlds/recording-bus.ts';
import { specOf } from '../../../tests/worlds/two-models.ts';
import { profileSnapshot } from './profile-snapshot.ts';

const { database } = await openTestDatabase();
const dir = await mkdtemp(path.join(tmpdir(), 'profile-'));
afterAll(() => rm(dir, { recursive: true, force: true }));
const place = { store: createArtifactStore(path.join(dir, 'store')), importDir: path.join(dir, 'incoming') };
const person = personOn(database, new RecordingBus());
const spec = specOf('shop');
await withTransaction(database, (tx) => storeSpec(tx, spec, 'ana'));

async function ingested(rows: number, parent?: IngestResult): Promise<IngestResult> {
  const from = parent === undefined ? 0 : parent.manifest.rows;
  const columns = [...spec.features.map(({ name }) => name), spec.target.column];
  const lines = Array.from({ length: rows }, (_, i) =>
    [...spec.features.map(() => String(((from + i) * 7) % 31)), (from + i) % 3 === 0 ? 'fraud' : 'genuine'].join(','),
  );
  const text = `${columns.join(',')}\n${lines.join('\n')}\n`;
  const file = path.join(dir, `${from}.csv`);
  await writeFile(file, text);
  const made = await ingestTable({
    spec,
    specRevision: 1,
    table: { path: file, name: file, format: 'csv', rowsMax: null, sourceDigest: sha256(text) },
    workDir: path.join(dir, 'work'),
    store: place.store,
    ...(parent === undefined ? {} : { parents: [parent.digest], orderOffset: from }),
  });
  const { digest, manifest } = made;
  const { sourceDigest } = manifest;
  const row = { digest, model: 'shop', specRevision: 1, kind: 'history', sourceDigest, throughWindow: null } as const;
  await putSnapshot(database.db, { ...row, manifest });
  return made;
}

const first = await ingested(90);
const second = await ingested(60, first);

test('is of a snapshot with all that it continues, and knows what its columns are', async () => {
  const { digest, model, snapshots, profile } = await profileSnapshot(person, second.digest.slice(0, 12), place);
  expect({ digest, model, snapshots }).toEqual({ digest: second.digest, model: 'shop', snapshots: 2 });
  expect(profile.rows).toBe(150);
  const target = profile.columns.find(({ role }) => role === 'target');
  expect(target).toMatchObject({
    name: spec.target.column,
    top: [
      { value: 'genuine', rows: 100 },
      { value: 'fraud', rows: 50 },
    ],
  });
  expect(profile.columns.filter(({ role }) => role === 'feature')).toHaveLength(spec.features.length);
});

test('is computed once: asked again it comes from its file, and is computed anew where that is torn', async () => {
  const asked = await Promise.all([1, 2, 3].map(() => profileSnapshot(person, first.digest, place)));
  expect(new Set(asked.map((answer) => JSON.stringify(answer))).size).toBe(1);
  const names = (await readdir(place.importDir)).filter((file) => file.startsWith(`profile-1-${first.digest}-1-`));
  expect(names).toHaveLength(1);
  const [name = ''] = names;
  // Nothing can be read any more: it is the file that answers.
  const blind = { ...place, store: createArtifactStore(path.join(dir, 'elsewhere')) };
  expect(await profileSnapshot(person, first.digest, blind)).toEqual(asked[0]);
  await writeFile(path.join(place.importDir, name), '{"rows": 1');
  expect(await profileSnapshot(person, first.digest, place)).toEqual(asked[0]);
});

test('is computed anew when its files are others, as after an erasure', async () => {
  const before = await profileSnapshot(person, first.digest, place);
  const blind = { ...place, store: createArtifactStore(path.join(dir, 'elsewhere')) };
  await database.pool.query(
    `update snapshot set manifest = jsonb_set(manifest, '{files,0,sha256}', $2) where digest = $1`,
    [first.digest, JSON.stringify('0'.repeat(64))],
  );
  await expect(profileSnapshot(person, first.digest, blind)).rejects.toThrow();
  await database.pool.query(
    `update snapshot set manifest = jsonb_set(manifest, '{files,0,sha256}', $2) where digest = $1`,
    [first.digest, JSON.stringify(first.manifest.files[0]?.sha256)],
  );
  expect(await profileSnapshot(person, first.digest, blind)).toEqual(before);
});

test('is not for who may not see the model', async () => {
  const foreign = { ...person, principal: { ...person.principal, role: 'viewer', scope: 'other.*' } } as const;
  await expect(profileSnapshot(foreign, first.digest, place)).rejects.toMatchObject({ code: 'not_found' });
});
