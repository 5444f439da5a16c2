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
import { ingestInParts, scanStops, textInParts, writeParquetInParts } from '../../../tests/worlds/ingest-in-parts.ts';
import { storedParts } from './ingest-progress.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perennial-parts-'));
  await writeFile(join(dir, 'table.csv'), textInParts());
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Kills a process that has said so often how far it has come; answers what it said last. */
async function killedAfter(times: number, format = 'csv'): Promise<unknown> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const script = fileURLToPath(new URL('../../../tests/worlds/ingest-in-parts.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', tsx, script, dir, String(times), format], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let last: unknown;
  let told = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = JSON.parse(line);
    told++;
    if (told === times) child.kill('SIGKILL');
  }
  expect((await exit)[1]).toBe('SIGKILL');
  return last;
}

/** Ingests with what is known of the parts; answers the snapshot and how many parts were checked. */
async function resumed(known: unknown, format: 'csv' | 'parquet' = 'csv') {
  const told: { readonly scan?: unknown; readonly parts?: unknown }[] = [];
  const note = { known, tell: (progress: object) => void told.push(progress) };
  const { digest, manifest } = await ingestInParts(dir, 'again', note, [], format);
  // Each says either how far the scan has come or one part more, and the other again.
  const scanned = told.filter(({ scan }, at) => scan !== undefined && scan !== told[at - 1]?.scan).length;
  const isScanKnown = typeof known === 'object' && known !== null && 'scan' in known;
  const stops = isScanKnown && told[0]?.scan === known.scan ? scanned - 1 : scanned;
  return { digest, manifest, stops, checked: told.length - stops, last: told.at(-1) ?? known };
}

test('an ingest that was killed goes on behind its last part, and gives the bytes of an undisturbed one', async () => {
  const whole = await ingestInParts(dir, 'whole');
  // 22 that are no number, 4 lines of one cell, and of the last 200 keys those that stand in a good row before.
  expect(whole.manifest).toMatchObject({ rows: 1_883, quarantinedRows: 22 + 4 + 195 });
  const after = await resumed(await killedAfter(scanStops + 2));
  // Six parts, of which two are done: each is checked once, and no line is scanned again.
  expect(after).toMatchObject({ stops: 0, checked: 4 });
  expect(after.digest).toBe(whole.digest);
  // What was done is done: a third attempt checks nothing.
  expect(await resumed(after.last)).toMatchObject({ digest: whole.digest, checked: 0 });
  expect(await readdir(join(dir, 'again'))).toEqual([]);
});

test.each([1, 3, scanStops])('a scan that was killed at its stop %i goes on there', async (stop) => {
  const whole = await ingestInParts(dir, 'whole');
  const known = await killedAfter(stop);
  expect(await resumed(known)).toMatchObject({ digest: whole.digest, stops: scanStops - stop, checked: 6 });
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

test.each(['csv', 'parquet'] as const)('repairs of a %s that look at one row go in parts', async (format) => {
  if (format === 'parquet') await writeParquetInParts(join(dir, 'table.parquet'));
  const repairs = [
    repair.toCase('key', 'upper'),
    repair.clip('amount', { max: 100 }),
    repair.dropRows('key', '=', 'K7'),
  ];
  const whole = await ingestInParts(dir, 'whole', undefined, repairs, format);
  expect(whole.manifest.repairs).toMatchObject({ removedRows: 2, counts: [{}, { repair: 'clip' }, { count: 2 }] });
  const told: object[] = [];
  const note = { known: undefined, tell: (progress: object) => void told.push(progress) };
  expect((await ingestInParts(dir, 'parts', note, repairs, format)).digest).toBe(whole.digest);
  const stops = format === 'csv' ? scanStops : 0;
  // Each part of the table is repaired, and then checked.
  expect(told).toHaveLength(stops + 12);
  for (const done of [stops + 4, stops + 9]) {
    const more: object[] = [];
    const again = { known: told[done - 1], tell: (progress: object) => void more.push(progress) };
    // oxlint-disable-next-line no-await-in-loop -- one after the other: they share a folder
    expect((await ingestInParts(dir, 'again', again, repairs, format)).digest).toBe(whole.digest);
    expect(more).toHaveLength(stops + 12 - done);
  }
});

test('a text with repairs that look at other rows is checked as one, since they may ask for any', async () => {
  const repairs = [repair.dedupe({ by: ['key'], keep: 'last' }), repair.fill('amount', { lastKnownBy: 'key' })];
  const whole = await ingestInParts(dir, 'whole', undefined, repairs);
  // Of the last 200 keys each stands in a part before as well; what has no amount is quarantined all the same.
  expect(whole.manifest.repairs).toMatchObject({ removedRows: 200 });
  const told: object[] = [];
  const note = { known: undefined, tell: (progress: object) => void told.push(progress) };
  expect((await ingestInParts(dir, 'again', note, repairs)).digest).toBe(whole.digest);
  expect(told).toHaveLength(scanStops);
  expect(told.every((progress) => !('parts' in progress))).toBe(true);
});
