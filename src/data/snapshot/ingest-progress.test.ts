import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { withDuck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { repair } from '../../sdk/index.ts';
import { ingestInParts, textInParts, writeParquetInParts } from '../../../tests/worlds/ingest-in-parts.ts';
import { storedParts } from './ingest-progress.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perennial-parts-'));
  await writeFile(join(dir, 'table.csv'), textInParts());
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Kills a process that has checked so many parts; answers what it said last. */
async function killedAfter(parts: number, format = 'csv'): Promise<unknown> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const script = fileURLToPath(new URL('../../../tests/worlds/ingest-in-parts.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', tsx, script, dir, String(parts), format], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let last: unknown;
  let told = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = JSON.parse(line);
    told++;
    if (told === parts) child.kill('SIGKILL');
  }
  expect((await exit)[1]).toBe('SIGKILL');
  return last;
}

/** Ingests with what is known of the parts; answers the snapshot and how many parts were checked. */
async function resumed(known: unknown, format: 'csv' | 'parquet' = 'csv') {
  const told: unknown[] = [];
  const note = { known, tell: (progress: unknown) => told.push(progress) };
  const { digest, manifest } = await ingestInParts(dir, 'again', note, [], format);
  return { digest, manifest, checked: told.length, last: told.at(-1) };
}

test('an ingest that was killed goes on behind its last part, and gives the bytes of an undisturbed one', async () => {
  const whole = await ingestInParts(dir, 'whole');
  // 22 that are no number, 4 lines of one cell, and of the last 200 keys those that stand in a good row before.
  expect(whole.manifest).toMatchObject({ rows: 1_883, quarantinedRows: 22 + 4 + 195 });
  const after = await resumed(await killedAfter(2));
  // Six parts, of which two are done: each is checked once.
  expect(after.checked).toBe(4);
  expect(after.digest).toBe(whole.digest);
  // What was done is done: a third attempt checks nothing.
  expect(await resumed(after.last)).toMatchObject({ digest: whole.digest, checked: 0 });
  expect(await readdir(join(dir, 'again'))).toEqual([]);
});

test('Parquet is checked by ranges of its rows, and goes on behind the last of them', async () => {
  await writeParquetInParts(join(dir, 'table.parquet'));
  const whole = await ingestInParts(dir, 'whole', undefined, [], 'parquet');
  expect(whole.manifest).toMatchObject({ rows: 1_883, quarantinedRows: 22 + 195 });
  const after = await resumed(await killedAfter(4, 'parquet'), 'parquet');
  expect(after).toMatchObject({ checked: 2, digest: whole.digest });
  expect(await resumed(after.last, 'parquet')).toMatchObject({ digest: whole.digest, checked: 0 });
});

test('Parquet with a column that bears the name of the place of a row is checked as one', async () => {
  const path = join(dir, 'table.parquet');
  await writeParquetInParts(path);
  await withDuck({}, async (duck) => {
    await duck.run(`CREATE TABLE rows AS SELECT *, 7 AS "File_Row_Number" FROM read_parquet(${literal(path)})`);
    await duck.run(`COPY rows TO ${literal(path)} (FORMAT parquet)`);
  });
  expect(await resumed(undefined, 'parquet')).toMatchObject({ checked: 0, manifest: { rows: 1_883 } });
});

test('what is known of something else, or of a part that is gone, is not taken', async () => {
  const { digest, last } = await resumed(undefined);
  const { of, parts } = last as { of: string; parts: string[] };
  expect(parts).toHaveLength(6);
  for (const [known, checked] of [
    [{ of: 'b'.repeat(64), parts }, 6],
    [{ of, parts: 'all' }, 6],
    [{ rows: 12 }, 6],
    [{ of, parts: ['c'.repeat(64), ...parts.slice(1)] }, 1],
    [{ of, parts: [...parts.slice(0, 5), 'c'.repeat(64)] }, 1],
  ] as const)
    // oxlint-disable-next-line no-await-in-loop -- one after the other: they share a folder
    expect(await resumed(known)).toMatchObject({ digest, checked });
});

test('a part that is damaged is checked again', async () => {
  const { digest, last } = await resumed(undefined);
  const { of, parts } = last as { of: string; parts: string[] };
  const [, second = ''] = parts;
  await writeFile(join(dir, 'store', second.slice(0, 2), second.slice(2, 4), second), 'torn');
  expect(await resumed(last)).toMatchObject({ digest, checked: 1, last: { of, parts } });
});

test('what another release has checked is not taken', async () => {
  const store = createArtifactStore(join(dir, 'store'));
  let known: unknown;
  const partsOf = (release: string) =>
    storedParts(store, dir, { known, tell: (progress) => (known = progress) }, { rows: 1 }, release);
  const first = partsOf('1.0.0');
  await writeFile(first.pathOf(0), 'rows');
  await first.keep(0);
  expect(await partsOf('1.0.0').find(0)).toBe(first.pathOf(0));
  expect(await partsOf('1.0.1').find(0)).toBeNull();
});

test('a text with repairs is checked as one, since a repair may ask for rows of other parts', async () => {
  const repairs = [repair.dedupe({ by: ['key'], keep: 'last' }), repair.fill('amount', { lastKnownBy: 'key' })];
  const whole = await ingestInParts(dir, 'whole', undefined, repairs);
  // Of the last 200 keys each stands in a part before as well; what has no amount is quarantined all the same.
  expect(whole.manifest.repairs).toMatchObject({ removedRows: 200 });
  const told: unknown[] = [];
  const note = { known: undefined, tell: (progress: unknown) => told.push(progress) };
  expect((await ingestInParts(dir, 'again', note, repairs)).digest).toBe(whole.digest);
  expect(told).toEqual([]);
});
