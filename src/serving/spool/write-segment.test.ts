import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSegment } from './read-segment.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'write-segment-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

/** Runs a program in a process whose files the kernel cuts at 4 KiB: a write that begins and then finds no room. */
async function runCut(program: string): Promise<void> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const spool = JSON.stringify(fileURLToPath(new URL('./spool.ts', import.meta.url)));
  const source = `
    import { createSpool } from ${spool};
    const log = { info() {}, warn() {}, error() {} };
    const spool = createSpool({ dir: ${JSON.stringify(dir)}, processId: 'p', flushMs: 60_000, log });
    const record = { model: 'fraud', predictionId: 'x', entityHash: null, isEntityKeyed: true, eventTimeMs: null };
    const label = (labelId) =>
      ({ type: 'label', record: { labelId, ...record, label: 'fine', receivedAtMs: 1 } });
    spool.append(Array.from({ length: 200 }, (_, index) => label(String(index))));
    ${program}
    process.exit(0);`;
  const child = spawn(
    'bash',
    ['-c', 'ulimit -f 4 && exec "$@"', 'bash', process.execPath, '--import', tsx, '--input-type=module', '-e', source],
    { stdio: ['ignore', 'ignore', 'inherit'], timeout: 120_000 },
  );
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
}

async function expectAllOnce(): Promise<void> {
  const names = (await readdir(dir)).toSorted();
  // No file that was begun is left, and none is cut short.
  expect(names.filter((name) => !name.endsWith('.ready'))).toEqual([]);
  const segments = await Promise.all(
    names.map(async (name) => readSegment(await readFile(join(dir, name), 'utf8')).segment),
  );
  expect(segments.length).toBeGreaterThan(5);
  expect(
    segments.flatMap(({ records }) => records.map((entry) => (entry.type === 'label' ? entry.record.labelId : ''))),
  ).toEqual(Array.from({ length: 200 }, (_, index) => String(index)));
}

test('files that the kernel cuts are removed and written smaller', async () => {
  await runCut('await spool.flushNow();');
  await expectAllOnce();
});

test('so they are at the end of the process', async () => {
  await runCut('spool.flushSync();');
  await expectAllOnce();
});
