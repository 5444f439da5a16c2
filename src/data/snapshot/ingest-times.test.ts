import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256OfFile } from '../../artifacts/digest.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { ModelSpec, TimeReading } from '../../domain/spec/spec.ts';
import { withDuck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { ingestTable } from './ingest-table.ts';
import { streamRows } from './stream-rows.ts';

let dir: string;
let store: ArtifactStore;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'times-'));
  store = createArtifactStore(join(dir, 'store'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));
afterEach(() => {
  vi.unstubAllEnvs();
});

let files = 0;
/** Rows with a time, of a model for which it is the event time alone, or a feature alone. */
async function ingested(
  cells: readonly string[],
  role: 'eventTime' | 'feature',
  reading: TimeReading = {},
  more: { readonly rules?: ModelSpec['contract']['rules']; readonly nowMs?: number } = {},
) {
  const path = join(dir, `t${files++}.csv`);
  await writeFile(
    path,
    `at,x,won\n${cells.map((cell, i) => `${cell},${i},${i % 2 === 0 ? 'yes' : 'no'}`).join('\n')}\n`,
  );
  const at = { kind: 'time', name: 'at', missing: 'allow', ...reading } as const;
  const spec: ModelSpec = completeSpec({
    name: 'times',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'number', name: 'x', missing: 'allow' }, ...(role === 'feature' ? [at] : [])],
    target: { task: 'binary', column: 'won', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
    contract: { quarantineShareMax: 0.6, rules: more.rules ?? [] },
    source: { kind: 'file', path, format: 'csv' },
    eventTime: role === 'eventTime' ? { column: 'at', ...reading } : null,
  });
  const table = { path, name: path, format: 'csv', rowsMax: null, sourceDigest: await sha256OfFile(path) } as const;
  const { nowMs = Date.now() } = more;
  const { manifest } = await ingestTable({ spec, specRevision: 1, table, workDir: join(dir, 'work'), store, nowMs });
  const file = await store.pathOf(manifest.files[0]?.sha256 ?? '');
  const rows = await withDuck({}, (duck) => duck.rows(`SELECT "at" FROM read_parquet(${literal(file)}) ORDER BY x`));
  const broken = manifest.ruleCounts.map(({ ruleId, severity, rows: count, line }) => [ruleId, severity, count, line]);
  return { times: rows.map((row) => isoOf(row['at'])), broken, manifest, spec, path };
}

function isoOf(value: unknown): string | null {
  return typeof value === 'bigint' ? new Date(Number(value)).toISOString().replace('.000Z', 'Z') : null;
}

const refusal = async (...args: Parameters<typeof ingested>) =>
  ingested(...args).then(
    () => 'it was taken',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

describe.each(['eventTime', 'feature'] as const)('as %s', (role) => {
  test('a time without a zone is UTC, or of the declared zone, wherever the machine stands', async () => {
    const cells = ['2026-07-01 10:00', '2026-01-01T10:00:30', '2026-07-01 10:00:00+00', '2026-07-01'];
    for (const zone of ['Asia/Tokyo', 'America/Los_Angeles']) {
      vi.stubEnv('TZ', zone);
      // oxlint-disable-next-line no-await-in-loop -- one zone of the process at a time
      expect((await ingested(cells, role)).times).toEqual([
        '2026-07-01T10:00:00Z',
        '2026-01-01T10:00:30Z',
        '2026-07-01T10:00:00Z',
        '2026-07-01T00:00:00Z',
      ]);
      // oxlint-disable-next-line no-await-in-loop -- one zone of the process at a time
      expect((await ingested(cells, role, { timeZone: 'Europe/Berlin' })).times).toEqual([
        '2026-07-01T08:00:00Z',
        '2026-01-01T09:00:30Z',
        '2026-07-01T10:00:00Z',
        '2026-06-30T22:00:00Z',
      ]);
    }
  });

  test('a date is read in the declared order, and one that the calendar has not is set aside', async () => {
    const cells = ['01/02/2024', '13.02.2024 15:30', '31/02/2024', '1/2/24 9:05 PM'];
    const { times, broken } = await ingested(cells, role, { dateOrder: 'day-first' });
    expect(times).toEqual(['2024-02-01T00:00:00Z', '2024-02-13T15:30:00Z', '2024-02-01T21:05:00Z']);
    expect(broken).toEqual([[role === 'feature' ? 'at.type' : 'at.eventTime', 'quarantine', 1, 4]]);
    const american = await ingested(['01/02/2024', '02/13/2024'], role, { dateOrder: 'month-first' });
    expect(american.times).toEqual(['2024-01-02T00:00:00Z', '2024-02-13T00:00:00Z']);
    const short = await ingested(['04/07/20', '68/12/31', '69/01/01'], role, { dateOrder: 'year-first' });
    expect(short.times).toEqual(['2004-07-20T00:00:00Z', '2068-12-31T00:00:00Z', '1969-01-01T00:00:00Z']);
  });

  test('a date whose order nobody declared is not guessed, even where it has one reading', async () => {
    expect(await refusal(['01/02/2024', '13/02/2024', '04/07/20'], role)).toMatch(
      /no row was accepted; .* 3 quarantined \(at\.dateOrder 3, first on line 2 \(declare the dateOrder of at: /,
    );
  });

  test('numbers are of the declared unit', async () => {
    const instant = '2026-01-01T00:00:00Z';
    const read = async (cell: string, epochUnit: NonNullable<TimeReading['epochUnit']>) =>
      (await ingested([cell], role, { epochUnit })).times[0];
    expect(await read('1767225600', 'seconds')).toBe(instant);
    expect(await read('1767225600.25', 'seconds')).toBe('2026-01-01T00:00:00.250Z');
    expect(await read('1767225600000', 'milliseconds')).toBe(instant);
    expect(await read('1767225600000000', 'microseconds')).toBe(instant);
    expect(await read('1767225600000000000', 'nanoseconds')).toBe(instant);
  });
});

describe.each(['eventTime', 'feature'] as const)('freshness of %s', (role) => {
  const rules = [{ rule: 'freshness', id: 'fresh', column: 'at', ageMsMax: 60_000, severity: 'warn' }] as const;
  const isStale = async (cells: readonly string[], nowMs: number, reading: TimeReading = {}) =>
    (await ingested(cells, role, reading, { rules, nowMs })).broken.some(([id]) => id === 'fresh');
  const newest = Date.UTC(2026, 0, 1, 10);

  test('a word for no time is not the newest', async () => {
    const cells = ['2026-01-01T10:00:00Z', '9999-12-31', '2026-01-01T09:00:00Z'];
    expect([await isStale(cells, newest), await isStale(cells, newest + 61_000)]).toEqual([false, true]);
  });

  test('counts in the unit of the column', async () => {
    const seconds = [String(newest / 1_000), String(newest / 1_000 - 60)];
    const reading: TimeReading = role === 'feature' ? { epochUnit: 'seconds' } : {};
    expect([await isStale(seconds, newest, reading), await isStale(seconds, newest + 61_000, reading)]).toEqual([
      false,
      true,
    ]);
  });
});

describe('a feature', () => {
  test.each(['17672', '-5', '90071992547409930', '0'])('%s is no number of milliseconds', async (cell) => {
    expect(await refusal([cell, cell], 'feature')).toMatch(
      /at\.epoch 2, first on line 2 \(declare the epochUnit of at: seconds, .* or nanoseconds\)/,
    );
  });

  test.each([
    ['seconds', 1],
    ['microseconds', 1e6],
  ])('%s are named', async (unit, scale) => {
    const cells = [1_767_225_600, 1_767_225_660].map((seconds) => String(seconds * scale));
    expect(await refusal(cells, 'feature')).toContain(
      `declare epochUnit: '${unit}' of at, by which they lie between 1980 and 2100`,
    );
  });

  test('a word for no time is counted and kept', async () => {
    const { times, broken } = await ingested(['2026-01-01', '9999-12-31'], 'feature');
    expect(times).toEqual(['2026-01-01T00:00:00Z', '9999-12-31T00:00:00Z']);
    expect(broken).toEqual([['at.sentinel', 'warn', 1, 3]]);
  });
});

describe('an event time', () => {
  test.each(['9999-12-31', '9999-12-31T23:59:59Z', '2999-12-31', '0001-01-01'])(
    '%s is set aside and changes no other row',
    async (cell) => {
      const { times, broken } = await ingested(['2026-01-01T00:00:00Z', cell, '2026-01-01T00:01:00Z'], 'eventTime');
      expect(times).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z']);
      expect(broken).toEqual([['at.sentinel', 'quarantine', 1, 3]]);
    },
  );

  test('so is that day among numbers', async () => {
    const { times, broken } = await ingested(['1767225600000', '253402214400000', '1767225660000'], 'eventTime');
    expect(times).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z']);
    expect(broken).toEqual([['at.sentinel', 'quarantine', 1, 3]]);
  });

  test('a time before 1973 is a time', async () => {
    const { times, path, spec } = await ingested(['1969-07-20T20:17:00Z', '2026-01-01'], 'eventTime');
    expect(times).toEqual(['1969-07-20T20:17:00Z', '2026-01-01T00:00:00Z']);
    for await (const rows of streamRows({ path, format: 'csv' }, spec))
      expect(rows.map((row) => row.eventTimeMs)).toEqual([Date.UTC(1969, 6, 20, 20, 17), Date.UTC(2026, 0, 1)]);
  });

  test.each([
    ['seconds', 1],
    ['microseconds', 1e6],
    ['nanoseconds', 1e9],
  ])('%s are told apart on all rows, and that is counted', async (unit, scale) => {
    const cells = [1_767_225_600, 1_767_225_660].map((seconds) => String(BigInt(seconds) * BigInt(scale)));
    const { times, broken, manifest } = await ingested(cells, 'eventTime');
    expect(times).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z']);
    expect(broken).toEqual([['at.epoch', 'warn', 2, null]]);
    expect(manifest.ruleCounts[0]?.about).toBe(`2 numbers of at are read as ${unit} since 1970; epochUnit declares it`);
  });

  test.each([
    ['seconds', 1, '253402214400'],
    ['milliseconds', 1e3, '0'],
    ['seconds', 1, '-1'],
    ['microseconds', 1e6, '0'],
  ])('%s with a number that stands for no time are told apart all the same', async (_, scale, sentinel) => {
    const [first = '', second = ''] = [1_767_225_600, 1_767_225_660].map((seconds) => String(seconds * scale));
    const { times, broken } = await ingested([first, sentinel, second], 'eventTime');
    expect(times).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z']);
    expect(broken.filter(([id]) => id === 'at.sentinel')).toEqual([['at.sentinel', 'quarantine', 1, 3]]);
  });

  test('a counter orders rows and is no time', async () => {
    const { manifest, broken } = await ingested(['3', '1', '2'], 'eventTime');
    expect([manifest.rows, broken]).toEqual([3, []]);
  });

  test('words in every row are no empty column', async () => {
    expect(await refusal(['someday', 'soon'], 'eventTime')).toMatch(
      /2 quarantined \(at\.eventTime 2, first on line 2\)/,
    );
  });
});
