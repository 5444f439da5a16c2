import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { repair } from '../../sdk/index.ts';
import { replayRows } from './replay-rows.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'replay-repairs-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('rows of a quarantine stand there as they came, so a replay repairs them', async () => {
  const spec = completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'category', name: 'land', missing: 'refuse', values: ['DE', 'FR'] }],
    target: { task: 'binary', column: 'won', positive: '1', negative: '0', labelDelay: { rows: 10 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
    repairs: [repair.trim('land'), repair.toCase('land', 'upper'), repair.dropRows('land', '=', 'FR')],
  });
  const head = { files: [], rows: 0, sourceDigest: '0'.repeat(64), contractDigest: '1'.repeat(64) };
  const lines = [
    { line: 2, json: '{"land":" de\u00a0","won":1}' },
    { line: 5, json: '{"land":"xx","won":1}' },
    { line: 9, json: '{"land":"fr","won":0}' },
  ];
  const {
    lines: passed,
    failed,
    manifest,
  } = await replayRows({
    spec,
    specRevision: 2,
    rows: lines,
    of: '2'.repeat(64),
    head: { digest: '3'.repeat(64), manifest: head as unknown as SnapshotManifest },
    historyPaths: [],
    workDir: join(dir, 'work'),
    store: createArtifactStore(join(dir, 'store')),
  });
  expect({ passed, failed }).toEqual({ passed: [2], failed: 2 });
  expect(manifest.repairs).toMatchObject({
    counts: [
      { repair: 'trim', count: 1 },
      { repair: 'case', count: 3 },
      { repair: 'drop', count: 1 },
    ],
    removedRows: 1,
    loggedRows: 5,
  });
});
