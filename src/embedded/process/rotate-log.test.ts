import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepLogsSmall } from './rotate-log.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-logs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a large log that a process holds open is put aside, and the process goes on writing', async () => {
  const file = path.join(folder, 'worker.log');
  await writeFile(path.join(folder, 'small.log'), 'small');
  const held = await open(file, 'a');
  const logs = keepLogsSmall(folder, 10);
  try {
    await held.appendFile('many lines of the past\n');
    await logs.look();
    await held.appendFile('now\n');
    expect(await readFile(`${file}.1`, 'utf8')).toBe('many lines of the past\n');
    expect(await readFile(file, 'utf8')).toBe('now\n');
    expect(await readFile(path.join(folder, 'small.log'), 'utf8')).toBe('small');
    await logs.look();
    expect(await readFile(file, 'utf8')).toBe('now\n');
  } finally {
    logs.stop();
    await held.close();
  }
});
