import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkpointFile } from '../../src/trainers/fit/checkpoint-file.ts';
import { attemptFolder, namedFolder } from './training-folders.ts';

let base = '';
beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'perennial-attempts-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

test('an attempt begins with nothing but the checkpoint of those before it', async () => {
  const first = await attemptFolder(base, 'fit-1');
  await writeFile(path.join(first, 'candidate.onnx'), 'half');
  await checkpointFile(path.join(first, 'checkpoint'), 'stage').save({ rounds: 25 });
  // Attempt 1 once more: a run that was reset begins again at 1.
  for (const attempt of [2, 4, 1]) {
    // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
    const folder = await attemptFolder(base, `fit-${attempt}`);
    // oxlint-disable-next-line no-await-in-loop -- as above
    expect(await readdir(folder)).toEqual(['checkpoint']);
    // oxlint-disable-next-line no-await-in-loop -- as above
    expect(await checkpointFile(path.join(folder, 'checkpoint'), 'stage').load()).toEqual({ rounds: 25 });
  }
});

test('a folder is found by its name below the train folder, and by nothing else', async () => {
  const name = 'churn/12/fit-0f3a1c92-7-1';
  await expect(namedFolder(base, name, 'spec.json')).rejects.toMatchObject({ code: 'folder_gone' });
  const folder = path.join(base, 'churn', '12', 'fit-0f3a1c92-7-1');
  await mkdir(folder, { recursive: true });
  // Without what a step writes last it is not done.
  await expect(namedFolder(base, name, 'spec.json')).rejects.toMatchObject({ code: 'folder_gone' });
  await writeFile(path.join(folder, 'spec.json'), '{}');
  expect(await namedFolder(base, name, 'spec.json')).toBe(folder);
  for (const wrong of [
    '../x/1/fit-1',
    '/etc/1/fit-1',
    'churn/12',
    'churn/12/fit-../..',
    'churn/12/checkpoint',
    '',
    null,
  ])
    // oxlint-disable-next-line no-await-in-loop -- one name after the other
    await expect(namedFolder(base, wrong as string, 'spec.json'), String(wrong)).rejects.toMatchObject({
      code: 'invalid_data',
    });
});
