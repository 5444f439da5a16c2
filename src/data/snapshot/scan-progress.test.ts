import { createReadStream } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256, sha256OfFile } from '../../artifacts/digest.ts';
import type { TextEncoding } from '../../domain/spec/closed-sets.ts';
import { detectTable } from '../read/detect.ts';
import { rewriteTable } from '../read/rewrite-table.ts';
import type { KeptScan } from '../text/resume/kept-scan.ts';
import type { ScanState } from '../text/resume/scan-state.ts';
import { storedScan } from './scan-progress.ts';

vi.mock(import('node:fs'), async (original) => {
  const actual = await original();
  return { ...actual, createReadStream: vi.fn(actual.createReadStream) };
});

let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), 'perennial-scan-'))));
afterEach(() => rm(dir, { recursive: true, force: true }));

class Killed extends Error {}

const rowsPerFile = 7;

/** Numbers below a bound, from a seed. */
function below(seed: number): (count: number) => number {
  let state = seed * 7_919 + 1;
  return (count) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % count;
  };
}

/** Text with all that is odd. */
function oddCsv(pick: (count: number) => number): string {
  const cells = ['1', '2.5', 'x', '', ' y ', '"a, b"', '"two\nlines"', '"of\r\nthree\rmore"', '5" pipe', '"open', 'é'];
  const ends = ['\n', '\r\n', '\r'];
  const usual = ends[pick(3)] ?? '\n';
  let text = `a,b,c${usual}1,2,3${usual}4,5,6${usual}7,8,9${usual}`;
  for (let row = 0; row < 90; row++) {
    const width = pick(12) === 0 ? 1 + pick(5) : 3;
    const line = Array.from({ length: width }, () => cells[pick(pick(3) === 0 ? cells.length : 5)] ?? '').join(',');
    text += pick(25) === 0 ? '# note' : pick(25) === 0 ? 'a,b,c' : line;
    text += pick(6) === 0 ? (ends[pick(3)] ?? '\n') : usual;
  }
  return pick(2) === 0 ? text : text.trimEnd();
}

function oddLines(pick: (count: number) => number): string {
  const lines = ['{"a":1}', ' {"a":"é"} ', '', '{"a":1,"a":2}', 'no object', '{"b":[1,2]}'];
  const ends = ['\n', '\r\n', '\r'];
  const odd = Array.from({ length: 90 }, () => (lines[pick(lines.length)] ?? '') + (ends[pick(3)] ?? ''));
  return `{"a":0}\n{"a":"x\u0000"}\n${odd.join('')}`;
}

const mark = '\ufeff';

/** Ways to write a text, and whether its bytes can be read from the middle. */
const ways: readonly {
  readonly name: string;
  readonly encoding?: TextEncoding;
  readonly isWhole?: true;
  readonly bytesOf: (text: string) => Buffer;
}[] = [
  { name: 'UTF-8', bytesOf: (text) => Buffer.from(text) },
  { name: 'UTF-8 with a mark', bytesOf: (text) => Buffer.from(mark + text) },
  {
    name: 'UTF-8 with other bytes',
    encoding: 'utf-8',
    bytesOf: (text) =>
      Buffer.concat([Buffer.from(text), Buffer.from([0x0a, 0x31, 0x2c, 0xff, 0x2c, 0x33, 0x0a, 0x31])]),
  },
  {
    name: 'UTF-16, least byte first',
    bytesOf: (text) => Buffer.from(`${mark}${text}\n1,\ud83d,\ud83d\ude00`, 'utf16le'),
  },
  { name: 'UTF-16, most byte first', bytesOf: (text) => Buffer.from(`${mark}${text}`, 'utf16le').swap16() },
  { name: 'Windows-1252', encoding: 'windows-1252', bytesOf: (text) => Buffer.from(text, 'latin1') },
  {
    name: 'Shift-JIS',
    encoding: 'shift_jis',
    isWhole: true,
    bytesOf: (text) => Buffer.from(text.replaceAll('é', '\u0083A'), 'latin1'),
  },
  { name: 'gzip', isWhole: true, bytesOf: (text) => gzipSync(text) },
];

/** What a scan of the file gives, with what was kept before. */
async function scanned(path: string, encoding: TextEncoding | undefined, name: string, kept?: KeptScan) {
  const parent = join(dir, name);
  await mkdir(parent);
  const file = await detectTable(path, { encoding });
  const { text, csv, close } = await rewriteTable(file, parent, { rowsMax: null, rowsPerFile, kept });
  const rows = await Promise.all(text.rowsPaths.map((one) => readFile(one, 'utf8')));
  const rejects = await readFile(text.rejectsPath, 'utf8');
  await close();
  return { rows, rejects, tally: text.tally, notes: text.notes, csv };
}

/** Files by their digests, without the flush of a real store: thousands of them would wait for the disk. */
function unflushed(folder: string): Parameters<typeof storedScan>[0] {
  const pathOf = (digest: string) => join(folder, digest);
  return {
    async putFile(path) {
      const digest = await sha256OfFile(path);
      await copyFile(path, pathOf(digest));
      return digest;
    },
    async putBytes(bytes) {
      await writeFile(pathOf(sha256(bytes)), bytes);
      return sha256(bytes);
    },
    readBytes: (digest) => readFile(pathOf(digest)),
    checkedPathOf: (digest) => Promise.resolve(pathOf(digest)),
  };
}

/** Keeps a scan until its stop of this number, at which it is killed: behind what it keeps, or before it. */
function killedAt(kept: KeptScan, stop: number, isKept: boolean, heard: (state: ScanState) => void): KeptScan {
  let stops = 0;
  return {
    ...kept,
    async keep(pass, state, files) {
      stops++;
      if (stops < stop || (stops === stop && isKept)) {
        await kept.keep(pass, state, files);
        heard(state);
      }
      if (stops === stop) throw new Killed();
    },
  };
}

test.each(ways)('a scan in $name that is killed at any place gives the same, and reads on', async (way) => {
  const store = unflushed(dir);
  for (let seed = 1; seed <= 3; seed++) {
    const pick = below(seed + way.name.length);
    const format = seed % 3 === 0 ? 'ndjson' : 'csv';
    const bytes = way.bytesOf(format === 'csv' ? oddCsv(pick) : oddLines(pick));
    const path = join(dir, `${seed}.${format}`);
    // oxlint-disable no-await-in-loop -- one after the other
    await writeFile(path, bytes);
    const whole = await scanned(path, way.encoding, `whole-${seed}`);
    expect(whole.rows.length).toBeGreaterThan(3);
    let known: unknown;
    let last: ScanState | null = null;
    const keeping = () => storedScan(store, { known, tell: (told) => (known = told) }, { path });
    // Killed once and again, some stops further on each time, until it is through.
    for (let attempt = 0; attempt < 40; attempt++) {
      const kept = killedAt(keeping(), 1 + pick(5), pick(2) === 0 || attempt > 20, (state) => (last = state));
      vi.mocked(createReadStream).mockClear();
      const place: ScanState | null = last;
      const found = await scanned(path, way.encoding, `${seed}-${attempt}`, kept).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Killed);
        return null;
      });
      if (found !== null) {
        expect(found).toEqual(whole);
        break;
      }
      expect(attempt).toBeLessThan(39);
      expect(startOf(path)).toBe(way.isWhole === true ? 0 : startAfter(place));
    }
    // Once more: the scan is through, and nothing of the text is read but what tells the kind of a file.
    vi.mocked(createReadStream).mockClear();
    expect(await scanned(path, way.encoding, `${seed}-again`, keeping())).toEqual(whole);
    expect(readsOf(path)).toHaveLength(1);
    // oxlint-enable no-await-in-loop
  }
});

const readsOf = (path: string) =>
  vi
    .mocked(createReadStream)
    .mock.calls.flatMap(([file, options], call) =>
      file === path && typeof options === 'object' ? [{ start: options.start ?? 0, call }] : [],
    );

/** Where the text is read from behind the look at its first bytes. */
const startOf = (path: string): number | undefined => readsOf(path).at(-1)?.start;

const startAfter = (state: ScanState | null): number => state?.place.fileAt ?? 0;

test('the bytes behind the last stop alone are read', async () => {
  const store = createArtifactStore(join(dir, 'store'));
  const path = join(dir, 'large.csv');
  const line = `1,${'x'.repeat(1_000)},3\r\n`;
  await writeFile(path, `a,b,c\r\n${line.repeat(5_000)}`);
  const size = 7 + 5_000 * line.length;
  let known: unknown;
  const scan = async (kept: KeptScan) => {
    const options = { rowsMax: null, rowsPerFile: 1_000, kept };
    const { text, close } = await rewriteTable(await detectTable(path), dir, options);
    await close();
    return text.tally.account.rows;
  };
  const keeping = () => storedScan(store, { known, tell: (told) => (known = told) }, { path });
  const kill = killedAt(keeping(), 4, true, () => undefined);
  await expect(scan(kill)).rejects.toThrow(Killed);
  vi.mocked(createReadStream).mockClear();
  const rows = await scan(keeping());
  expect(rows).toBe(5_000);
  const streams = vi.mocked(createReadStream).mock.results.map(({ value }) => value);
  const read = readsOf(path).map(({ call }) => streams[call]?.bytesRead);
  // The first million tells what kind of file it is.
  expect(read.at(-1)).toBe(size - (7 + 4_000 * line.length));
  expect(read[0]).toBeLessThan(3 * 1_048_576);
  expect(read).toHaveLength(2);
});

test('what is gone or damaged is scanned anew', async () => {
  const path = join(dir, 'table.csv');
  await writeFile(path, `a,b\n${'1,2\n'.repeat(30)}`);
  const root = join(dir, 'store');
  const store = createArtifactStore(root);
  let known: unknown;
  const names: string[] = [];
  const keeping = () =>
    storedScan(store, { known, tell: (told) => (known = told), took: (name) => void names.push(name) }, { path });
  const whole = await scanned(path, undefined, 'whole', keeping());
  const [name = ''] = names;
  await writeFile(join(root, name.slice(0, 2), name.slice(2, 4), name), 'torn');
  let stops = 0;
  const again = killedAt(keeping(), Infinity, true, () => stops++);
  expect(await scanned(path, undefined, 'again', again)).toEqual(whole);
  // Behind 7, 14, 21 and 28 rows, and at the end.
  expect(stops).toBe(5);
});
