import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { scrubCases } from '../../tests/worlds/scrub-cases.ts';

const { database } = await openTestDatabase();
const dir = await mkdtemp(path.join(tmpdir(), 'scrub-'));
afterAll(() => rm(dir, { recursive: true, force: true }));
const fileOf = (digest: string) => path.join(dir, digest.slice(0, 2), digest.slice(2, 4), digest);

scrubCases(
  () => database,
  async () => ({
    store: createArtifactStore(dir),
    damage: (digest, text) => writeFile(fileOf(digest), text),
    remove: (digest) => rm(fileOf(digest)),
  }),
);
