import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256 } from '../../artifacts/digest.ts';
import { rootDir } from '../../config.ts';
import { damageFile } from '../../../tests/worlds/damage-file.ts';
import { specOf } from '../../../tests/worlds/two-models.ts';
import { createVersionHost } from './version-host.ts';

const dir = await mkdtemp(path.join(tmpdir(), 'version-host-'));
afterAll(() => rm(dir, { recursive: true, force: true }));
const artifacts = createArtifactStore(dir);

test('a champion whose file is damaged or missing is not loaded, which is said, and nothing else', async () => {
  const said: string[] = [];
  const log = { error: (about: { readonly reason?: string }) => said.push(String(about.reason)) } as never;
  const host = createVersionHost({
    artifacts,
    log,
    source: { spec: async () => specOf('m'), profileDigest: async () => null },
  });
  const file = path.join(rootDir, 'tests', 'fixtures', 'onnx', 'sklearn-columns.onnx');
  const digest = await artifacts.putFile(file);
  await damageFile(await artifacts.pathOf(digest));
  const routed = {
    version: 1,
    modelDigest: digest,
    profileDigest: 'none',
    correction: 'identity',
    threshold: null,
    specRevision: 1,
  };
  expect(await host.load('m', routed)).toBe(false);
  expect(await host.load('m', { ...routed, version: 2, modelDigest: sha256('never put') })).toBe(false);
  expect(host.failed).toHaveLength(2);
  expect(said[0]).toContain(digest.slice(0, 8));
  expect(host.get('m', routed)).toBeUndefined();
  await host.close();
});
