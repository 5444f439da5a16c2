import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHash } from 'node:crypto';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256OfFile } from '../../artifacts/digest.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import { completeSpec, type ModelSpecInput } from '../../domain/spec/default-spec.ts';
import type { RepairSpec } from '../../domain/spec/spec.ts';
import type { ExcludedEntities } from '../../domain/record/erasure/erasure.ts';
import { explainedLines } from '../../domain/training/line-account.ts';
import { repairLogMax } from '../../domain/training/repair-log.ts';
import { repair } from '../../sdk/index.ts';
import { withDuck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { ingestTable, type IngestResult } from './ingest-table.ts';

let dir: string;
let store: ArtifactStore;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'repairs-'));
  store = createArtifactStore(join(dir, 'store'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let files = 0;
async function ingest(
  content: string,
  repairs: readonly RepairSpec[],
  change: Partial<ModelSpecInput> = {},
  format: DataFormat = 'csv',
  excluded?: ExcludedEntities,
): Promise<IngestResult> {
  const path = join(dir, `source-${files++}.${format}`);
  await writeFile(path, content);
  const spec = completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'category', name: 'name', missing: 'allow' },
      { kind: 'number', name: 'weight', missing: 'refuse', min: 0 },
    ],
    target: { task: 'regression', column: 'y', labelDelay: { rows: 10 } },
    entity: { column: 'id' },
    eventTime: { column: 'at', dateOrder: 'day-first' },
    contract: { quarantineShareMax: 0.9 },
    source: { kind: 'file', path: 'unused', format },
    repairs,
    ...change,
  });
  const table = { path, name: path, format, rowsMax: null, sourceDigest: await sha256OfFile(path) };
  const more = excluded === undefined ? {} : { excluded };
  return ingestTable({ spec, specRevision: 1, table, workDir: join(dir, 'work'), store, ...more });
}

async function rowsOf(digest: string | null | undefined): Promise<Record<string, unknown>[]> {
  const path = await store.pathOf(digest ?? '');
  return withDuck({}, (duck) => duck.rows(`SELECT * FROM read_parquet(${literal(path)})`));
}

async function accepted(result: IngestResult, ...columns: readonly string[]): Promise<readonly unknown[][]> {
  const rows = await rowsOf(result.manifest.files[0]?.sha256);
  return rows.map((row) => columns.map((column) => row[column]));
}

const dirty = [
  'id,at,name,weight,y',
  'a,01.05.2026, ann\u00a0,220.462,1',
  'a,02.05.2026,,,2',
  'b,03.05.2026,BOB,,3',
  'a,01.05.2026,ann,500,4',
  'c,04.05.2026,test,5,5',
  'c,05.05.2026,x,-5,6',
  'broken',
  '',
].join('\n');

const repairs = [
  repair.trim('name'),
  repair.toCase('name', 'upper'),
  repair.unit('weight', { from: 'lb', to: 'kg' }),
  repair.dedupe({ by: ['id', 'at'], keep: 'last' }),
  repair.dropRows('name', '=', 'TEST'),
  repair.fill('weight', { lastKnownBy: 'id' }),
  repair.clip('weight', { max: 150 }),
];

describe('repairs of a file', () => {
  test('run in their order, and are counted by column with their first line', async () => {
    const result = await ingest(dirty, repairs);
    // Line 2 is a repetition of line 5, so that line 3 comes behind 500 lb of the day before.
    expect(await accepted(result, 'id', 'name', 'weight', 'y')).toEqual([
      ['a', 'ANN', 150, 4],
      ['a', null, 150, 2],
    ]);
    expect(result.manifest.repairs).toMatchObject({
      counts: [
        { repair: 'trim', columns: ['name'], of: 'cells', count: 1, line: 2 },
        { repair: 'case', columns: ['name'], of: 'cells', count: 4, line: 2 },
        { repair: 'unit', columns: ['weight'], of: 'cells', count: 4, line: 2 },
        { repair: 'dedupe', columns: ['id', 'at'], of: 'rows', count: 1, line: 2 },
        { repair: 'drop', columns: ['name'], of: 'rows', count: 1, line: 6 },
        { repair: 'fillLast', columns: ['weight'], of: 'cells', count: 1, line: 3 },
        { repair: 'clip', columns: ['weight'], of: 'cells', count: 2, line: 3 },
      ],
      removedRows: 2,
      loggedRows: 14,
    });
    expect(result.text).toContain(
      '7 rows: 2 accepted, 3 quarantined (row.shape 1, first on line 8; weight.missing 1, first on line 4;',
    );
    expect(result.text).toContain('2 taken out by repairs; repaired: trim name: 1 cell, case name: 4 cells');
  });

  test('account for every line: header, accepted, quarantined, taken out', async () => {
    const { manifest } = await ingest(dirty, repairs);
    const { lines, rows, quarantinedRows, repairs: done } = manifest;
    expect(lines === undefined ? 0 : explainedLines(lines)).toBe(lines?.lines);
    expect(1 + rows + quarantinedRows + (done?.removedRows ?? 0)).toBe(lines?.lines);
  });

  test('are logged cell by cell, with what stood there before', async () => {
    const { manifest } = await ingest(dirty, repairs);
    const log = await rowsOf(manifest.repairs?.logDigest);
    expect(log).toHaveLength(manifest.repairs?.loggedRows ?? 0);
    expect(log.slice(0, 4).map(({ _line, step, ...row }) => [Number(_line), step, ...Object.values(row)])).toEqual([
      [2, 0, 'trim', 'name', 'ann\u00a0', 'ann'],
      [2, 1, 'case', 'name', 'ann', 'ANN'],
      [2, 2, 'unit', 'weight', '220.462', String(220.462 * 0.45359237)],
      [2, 3, 'dedupe', 'id, at', null, null],
    ]);
  });

  test('are logged up to a bound, the first by line, and counted beyond it', async () => {
    const rows = Array.from({ length: repairLogMax / 2 + 10 }, (_, row) => `a,01.05.2026,\u00a0x,${row},1`);
    const list = [repair.trim('name'), repair.toCase('name', 'upper')];
    const { manifest } = await ingest(`id,at,name,weight,y\n${rows.join('\n')}\n`, list);
    expect(manifest.repairs).toMatchObject({
      counts: [{ count: rows.length }, { count: rows.length }],
      loggedRows: repairLogMax,
    });
    const log = await rowsOf(manifest.repairs?.logDigest);
    expect(log.at(-1)).toMatchObject({ repair: 'case', before: 'x', after: 'X' });
    expect(Number(log.at(-1)?.['_line'])).toBe(1 + repairLogMax / 2);
  });

  test('give equal bytes for equal input, and another name with another repair', async () => {
    const [first, again] = [await ingest(dirty, repairs), await ingest(dirty, repairs)];
    expect(again.digest).toBe(first.digest);
    const other = await ingest(dirty, repairs.slice(0, -1));
    expect(other.digest).not.toBe(first.digest);
    expect(other.manifest.contractDigest).not.toBe(first.manifest.contractDigest);
  });

  test('a definition without any leaves no trace in a manifest', async () => {
    const { manifest } = await ingest(dirty, []);
    expect(Object.keys(manifest)).not.toContain('repairs');
  });

  test('nothing to repair is counted as nothing, and has no log', async () => {
    const { manifest } = await ingest('id,at,name,weight,y\na,01.05.2026,x,1,2\n', [repair.trim('name')]);
    expect(manifest.repairs).toEqual({
      counts: [{ repair: 'trim', columns: ['name'], of: 'cells', count: 0, line: null }],
      removedRows: 0,
      logDigest: null,
      loggedRows: 0,
    });
  });

  test('what is set aside is kept as it came', async () => {
    const { manifest } = await ingest('id,at,name,weight,y\na,01.05.2026,x,1,2\nb,02.05.2026, y\u00a0,-1,3\n', repairs);
    const [bad] = await rowsOf(manifest.quarantineDigest);
    expect(JSON.parse(String(bad?.['raw']))).toMatchObject({ name: ' y\u00a0', weight: '-1' });
  });

  test('a declared sign before fractions goes before what the reader guesses of commas', async () => {
    const text = 'id;at;name;weight;y\na;01.05.2026;x;1,500;2\nb;02.05.2026;y;2.250,75;3\nc;03.05.2026;z;0,5;4\n';
    const result = await ingest(text, [repair.castTo('weight', 'number', { decimal: ',' })]);
    expect(await accepted(result, 'weight')).toEqual([[1.5], [2250.75], [0.5]]);
  });

  test('lines that are no rows are never repaired, filled or dropped', async () => {
    const lines = [
      '{"id":"a","at":"2026-05-01","name":null,"weight":1,"y":1}',
      '[1]',
      '{"id":"b","at":"2026-05-02","y":2}',
    ];
    const more = [
      repair.fill('weight', { constant: 7 }),
      repair.dropMissing('name'),
      repair.fill('name', { constant: 'n' }),
    ];
    const result = await ingest(`${lines.join('\n')}\n`, [...more.slice(0, 1), ...more.slice(2)], {}, 'ndjson');
    expect(await accepted(result, 'name', 'weight')).toEqual([
      ['n', 1],
      ['n', 7],
    ]);
    expect(result.manifest.repairs?.counts.map(({ count }) => count)).toEqual([1, 2]);
    expect(result.manifest.quarantinedRows).toBe(1);
  });
});

describe('repairs over several rows', () => {
  const rows = (...list: readonly string[]) => `id,at,name,weight,y\n${list.join('\n')}\n`;

  test.each([
    ['first', 1],
    ['last', 3],
    ['newest', 2],
  ] as const)('dedupe keeps the %s', async (keep, y) => {
    const text = rows('a,01.05.2026,x,1,1', 'a,03.05.2026,x,1,2', 'a,02.05.2026,x,1,3', 'b,02.05.2026,x,1,9');
    const result = await ingest(text, [repair.dedupe({ by: ['id', 'weight'], keep })]);
    expect(await accepted(result, 'id', 'y')).toEqual(
      expect.arrayContaining([
        ['a', y],
        ['b', 9],
      ]),
    );
    expect(result.manifest.rows).toBe(2);
  });

  test('a row without a whole key is the repetition of none', async () => {
    const text = rows('a,01.05.2026,,1,1', 'a,02.05.2026,,1,2', ',03.05.2026,x,1,3', ',04.05.2026,x,1,4');
    const result = await ingest(text, [repair.dedupe({ by: ['id', 'name'], keep: 'first' })]);
    expect(result.manifest.rows).toBe(4);
  });

  test('the last known value goes by the event time, and never to another entity', async () => {
    const text = rows(
      'a,05.05.2026,x,,1',
      'a,01.05.2026,x,10,2',
      'b,02.05.2026,x,20,3',
      'a,03.05.2026,x,30,4',
      'b,01.05.2026,x,,5',
    );
    const result = await ingest(text, [repair.fill('weight', { lastKnownBy: 'id' })]);
    expect(await accepted(result, 'y', 'weight')).toEqual([
      [2, 10],
      [3, 20],
      [4, 30],
      [1, 30],
    ]);
    expect(result.manifest.ruleCounts).toMatchObject([{ ruleId: 'weight.missing', rows: 1, line: 6 }]);
  });

  test('a row that was dropped gives nothing to those behind it', async () => {
    const text = rows('a,01.05.2026,test,10,1', 'a,02.05.2026,x,,2', 'a,03.05.2026,x,3,3');
    const list = [repair.dropRows('name', '=', 'test'), repair.fill('weight', { lastKnownBy: 'id' })];
    expect(await accepted(await ingest(text, list), 'y', 'weight')).toEqual([[3, 3]]);
  });
});

test('who is excluded stands in no line of the log, whether a repair took the row out or renamed them', async () => {
  const hash = createHash('sha256').update('key').update('a').digest('hex');
  const excluded = { key: 'key', hashes: [hash], columns: ['id'] };
  const list = [...repairs, repair.map('id', { a: 'aa' })];
  const rows = `${dirty}d,06.05.2026, z,9,7\n`;
  for (const [asked, whole] of [
    [repairs, await ingest(rows, repairs)],
    [list, await ingest(rows, list)],
  ] as const) {
    const lines = async ({ manifest }: IngestResult) =>
      new Set((await rowsOf(manifest.repairs?.logDigest)).map(({ _line }) => Number(_line)));
    const ofA = [2, 3, 5];
    expect([...(await lines(whole))].filter((line) => ofA.includes(line))).not.toEqual([]);
    const without = await ingest(rows, asked, {}, 'csv', excluded);
    expect(await accepted(without, 'id')).toEqual([['d']]);
    const kept = await lines(without);
    expect([...kept].filter((line) => ofA.includes(line))).toEqual([]);
    expect(kept.size).toBeGreaterThan(0);
  }
});
