import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkpointFile } from '../../src/trainers/fit/checkpoint-file.ts';
import { folderOfAttempt } from './attempt-folder.ts';

let base = '';
beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'perennial-attempts-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

test('an attempt begins with nothing but the checkpoint of those before it', async () => {
  const first = await folderOfAttempt(base, 1);
  await writeFile(path.join(first, 'candidate.onnx'), 'half');
  await checkpointFile(path.join(first, 'checkpoint'), 'stage').save({ rounds: 25 });
  // Attempt 1 once more: a run that was reset begins again at 1.
  for (const attempt of [2, 4, 1]) {
    // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
    const folder = await folderOfAttempt(base, attempt);
    // oxlint-disable-next-line no-await-in-loop -- as above
    expect(await readdir(folder)).toEqual(['checkpoint']);
    // oxlint-disable-next-line no-await-in-loop -- as above
    expect(await checkpointFile(path.join(folder, 'checkpoint'), 'stage').load()).toEqual({ rounds: 25 });
  }
});
