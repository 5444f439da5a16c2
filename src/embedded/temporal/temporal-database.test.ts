import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareTemporalDatabase } from './temporal-database.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-temporal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('records the version, copies before a patch release and refuses another minor one', async () => {
  const file = await prepareTemporalDatabase(folder, '1.31.2');
  await writeFile(file, 'rows');
  await writeFile(`${file}-wal`, 'newer rows');
  expect(await prepareTemporalDatabase(folder, '1.31.2')).toBe(file);
  expect(await readdir(folder)).not.toContain('before-1.31.3');
  await prepareTemporalDatabase(folder, '1.31.3');
  expect(await readFile(path.join(folder, 'before-1.31.3', 'temporal.db-wal'), 'utf8')).toBe('newer rows');
  await expect(prepareTemporalDatabase(folder, '1.32.0')).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('1.31.3') as string,
  });
  expect((await readFile(path.join(folder, 'server-version'), 'utf8')).trim()).toBe('1.31.3');
});
