import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { openSnapshotsWorld } from '../../../tests/worlds/snapshots-world.ts';
import { profileSnapshot } from './profile-snapshot.ts';

const { database, dir, place, person, spec, ingested } = await openSnapshotsWorld((row) => [
  (row * 7) % 31,
  row % 3 === 0 ? 'fraud' : 'genuine',
]);
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
  let readings = 0;
  const checkedPathOf = async (digest: string): Promise<string> => {
    readings++;
    return place.store.checkedPathOf(digest);
  };
  const counted = { ...place, store: { ...place.store, checkedPathOf } };
  const asked = await Promise.all([1, 2, 3].map(() => profileSnapshot(person, first.digest, counted)));
  expect(readings).toBe(first.manifest.files.length);
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
