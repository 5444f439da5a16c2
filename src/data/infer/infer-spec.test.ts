import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { checkSpec } from '../../domain/spec/check-spec.ts';
import { inferInOrder } from './infer-in-order.ts';
import { inferSpec, type InferOptions } from './infer-spec.ts';
import { modelNameOf } from './name-model.ts';
import { windowRowsOf } from './plan-spec.ts';
import { connectSource } from '../../sources/registry.ts';
import { ingestSource } from '../snapshot/ingest-source.ts';
import { streamRows, type TableRow } from '../snapshot/stream-rows.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'infer-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let files = 0;
async function table(
  header: string,
  rows: number,
  row: (index: number) => string,
  name = `t${files++}.csv`,
): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, `${header}\n${Array.from({ length: rows }, (_, index) => `${row(index)}\n`).join('')}`);
  return path;
}
const sentence = async (options: InferOptions) =>
  inferSpec(options).then(
    () => 'it was taken',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
const featuresOf = async (options: InferOptions) =>
  Object.fromEntries((await inferSpec(options)).spec.features.map((feature) => [feature.name, feature.kind]));

/** A table that is fine goes all the way: the spec has no problems, the history is accepted, the rest streams. */
async function playable(options: InferOptions) {
  const inferred = await inferSpec(options);
  expect(checkSpec(inferred.spec)).toEqual([]);
  const store = createArtifactStore(join(dir, 'store'));
  const source = connectSource(inferred.spec.source, { roots: [dir] });
  const reading = { spec: inferred.spec, specRevision: 1, workDir: join(dir, 'work'), store };
  const { value: result } = await ingestSource(source, null, reading).next();
  if (result === undefined) throw new Error('the table gave no snapshot');
  const live: TableRow[] = [];
  for await (const chunk of streamRows(inferred.file, inferred.spec, {
    fromRow: inferred.historyRows,
    chunkRows: 128,
  })) {
    expect(chunk.length).toBeLessThanOrEqual(128);
    live.push(...chunk);
  }
  return { ...inferred, manifest: result.manifest, live };
}

describe('tasks', () => {
  test.each([
    [
      'two classes, positive by word',
      (i: number) => (i % 3 === 0 ? 'Yes' : 'No'),
      undefined,
      { task: 'binary', positive: 'Yes', negative: 'No' },
    ],
    [
      'two classes, positive by rarity',
      (i: number) => (i % 3 === 0 ? 'up' : 'down'),
      undefined,
      { task: 'binary', positive: 'up', negative: 'down' },
    ],
    [
      'two classes, positive given',
      (i: number) => (i % 3 === 0 ? '1' : '0'),
      '0',
      { task: 'binary', positive: '0', negative: '1' },
    ],
    [
      'integers that passed through floats',
      (i: number) => (i % 3 === 0 ? '1.0' : '0.0'),
      undefined,
      { task: 'binary', positive: '1', negative: '0' },
    ],
    [
      'words',
      (i: number) => ['low', 'mid', 'high'][i % 3] ?? '',
      undefined,
      { task: 'multiclass', classes: ['high', 'low', 'mid'] },
    ],
    [
      'few whole numbers',
      (i: number) => String((i % 12) + 1),
      undefined,
      { task: 'multiclass', classes: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'] },
    ],
    ['numbers', (i: number) => String(i * 0.37 - 20), undefined, { task: 'regression' }],
    ['many whole numbers', (i: number) => String(i % 40), undefined, { task: 'regression' }],
  ])('%s', async (_, label, positive, expected) => {
    const path = await table('x,y', 400, (i) => `${(i * 7919) % 101},${label(i)}`);
    const { spec } = await playable({ path, target: 'y', ...(positive === undefined ? {} : { positive }) });
    expect(spec.target).toMatchObject(expected);
    if (spec.target.task === 'regression')
      expect(spec.rollout.promotion).toMatchObject({
        metric: 'rmse',
        margin: expect.closeTo(spec.rollout.promotion.margin, 6),
      });
    expect(spec.rollout.promotion.margin).toBeGreaterThan(0);
  });
});

describe('tables that end in one clear sentence', () => {
  test.each([
    [
      'single class',
      (i: number) => `${i % 7},same`,
      {},
      /^the target y has a single class \(same\) in all 400 labelled rows; a model needs at least two$/,
    ],
    [
      'single class in the history',
      (i: number) => `${i % 7},${i < 100 ? 'a' : 'b'}`,
      {},
      /the first fifth of the rows, which is the history, holds a single class \(a\) of y/,
    ],
    ['no label at all', (i: number) => `${i % 7},`, {}, /^the target y is empty in every row$/],
    [
      'text as target',
      (i: number) => `${i % 7},name ${i}`,
      {},
      /^the target y is text with 400 different values; at most 50 classes can be predicted$/,
    ],
    [
      'wrong positive',
      (i: number) => `${i % 7},${i % 2}`,
      { positive: 'maybe' },
      /^--positive maybe is not a value of y; it has 0 and 1$/,
    ],
    [
      'positive of three',
      (i: number) => `${i % 7},${i % 3}`,
      { positive: '1' },
      /needs a target with two classes, and y has 3/,
    ],
    [
      'wrong target',
      (i: number) => `${i % 7},${i % 2}`,
      { target: 'Y1' },
      /^--target Y1: .* has no such column, it has x, y$/,
    ],
    ['wrong time', (i: number) => `${i % 7},${i % 2}`, { time: 'when' }, /^--time when: .* it has x, y$/],
    [
      'time is no time',
      (i: number) => `v${i % 7},${i % 2}`,
      { time: 'x' },
      /^--time x: values like v\d are neither ISO 8601 times/,
    ],
    [
      'target as entity',
      (i: number) => `${i % 7},${i % 2}`,
      { entity: 'y' },
      /^y is named as the target and as --entity$/,
    ],
    [
      'nothing to learn from',
      (i: number) => `constant,${i % 2}`,
      {},
      /has no column to predict y from. x is left out: it has the same value in every row/,
    ],
  ])('%s', async (_, row, more, message) => {
    const path = await table('x,y', 400, row);
    expect(await sentence({ path, target: 'y', ...more })).toMatch(message);
  });

  test('too few rows, too few labels, no header', async () => {
    expect(await sentence({ path: await table('x,y', 299, (i) => `${i % 7},${i % 2}`), target: 'y' })).toMatch(
      /has 299 rows; at least 300 are needed$/,
    );
    expect(
      await sentence({ path: await table('x,y', 400, (i) => `${i % 7},${i < 299 ? i % 2 : ''}`), target: 'y' }),
    ).toMatch(/has 299 rows with a value of y; at least 300 are needed$/);
    expect(await sentence({ path: await table('5.1,setosa', 400, (i) => `${i / 10},setosa`), target: 'y' })).toMatch(
      /has no header line/,
    );
  });
});

describe('tables that are taken', () => {
  test('exactly 300 rows make a history of 60 and windows of 50', async () => {
    const path = await table('x,y', 300, (i) => `${(i * 31) % 97},${i % 2}`);
    const { spec, historyRows, live, manifest } = await playable({ path, target: 'y' });
    expect([historyRows, manifest.rows, live.length, live[0]?.index]).toEqual([60, 60, 240, 60]);
    expect(spec.watch.window).toEqual({ rows: 50 });
    expect(spec.target.labelDelay).toEqual({ rows: 6 });
    expect(spec.gates.map((gate) => gate.gate)).toEqual(['noWorseThanChampion']);
  });

  test('values missing everywhere, also labels', async () => {
    const hole = (i: number, text: string) => (i % 3 === 0 ? (['', 'NA', '?', 'null', 'NaN'][i % 5] ?? '') : text);
    const path = await table(
      'a,b,c,y',
      1_000,
      (i) =>
        `${hole(i, String((i * 31) % 97))},${hole(i + 1, `c${i % 5}`)},` +
        `${hole(i + 2, i % 2 === 0 ? 'true' : 'false')},${i % 4 === 0 ? '' : i % 2}`,
    );
    const { spec, manifest, live, notes } = await playable({ path, target: 'y' });
    expect(spec.features).toEqual([
      { kind: 'number', name: 'a', missing: 'allow', integer: true },
      { kind: 'category', name: 'b', missing: 'allow' },
      { kind: 'boolean', name: 'c', missing: 'allow' },
    ]);
    expect([manifest.rows, manifest.quarantinedRows]).toEqual([150, 50]);
    expect(live[0]).toEqual({
      index: 200,
      features: { a: (200 * 31) % 97, b: 'NA', c: true },
      label: null,
      entity: null,
      eventTimeMs: null,
    });
    expect(notes.join(' ')).toContain('25.0 % of the rows cannot be used');
  });

  test('2,000 categories stay a category; ids, constants, running numbers and free text go', async () => {
    const header = 'row,id,shop,city,empty,constant,amount,note,y';
    const path = await table(
      header,
      4_000,
      (i) =>
        `${i + 1},id-${(i * 7919) % 4_000},shop ` +
        `${(i * 17) % 2_000},c${i % 3},,1,${(i * 31) % 977},${'long words '.repeat(8)}${i},${i % 2}`,
    );
    const { spec, notes, live } = await playable({ path, target: 'y' });
    expect(spec.features.map((feature) => `${feature.name} ${feature.kind}`)).toEqual([
      'shop category',
      'city category',
      'amount number',
    ]);
    expect(notes.filter((note) => note.includes('left out'))).toEqual([
      'row is left out: it is a running row number.',
      'id, note are left out: each is different text in almost every row.',
      'empty is left out: it is empty.',
      'constant is left out: it has the same value in every row.',
    ]);
    expect(new Set(live.map((row) => row.features['shop'])).size).toBe(2_000);
  });

  test('kinds of columns: 0/1 stays a number, words of truth become boolean, times become times', async () => {
    const path = await table(
      'flag,truth,at,mixed,y',
      400,
      (i) =>
        `${i % 2},${i % 2 === 0 ? 'True' : 'FALSE'},2026-05-${String((i % 28) + 1).padStart(2, '0')} ` +
        `10:00,${i % 4 === 0 ? '<5' : i % 9},${i % 2}`,
    );
    expect(await featuresOf({ path, target: 'y' })).toEqual({
      flag: 'number',
      truth: 'boolean',
      at: 'time',
      mixed: 'category',
    });
    const { live } = await playable({ path, target: 'y' });
    expect(live[0]?.features).toEqual({ flag: 0, truth: true, at: '2026-05-25T10:00:00.000Z', mixed: '<5' });
  });

  test('quotes, line ends in cells, UTF-8, BOM, CRLF, semicolons, decimal commas and ragged rows', async () => {
    const path = join(dir, 'Größe & Preis (1).csv');
    const lines = Array.from({ length: 400 }, (_, i) =>
      i === 200 ? 'zu;wenig' : `"Straße ""${i % 5}""\r\nHinterhof";${i % 10},5;${i % 2 === 0 ? 'gut' : 'schlecht'}`,
    );
    await writeFile(path, `\ufeff"Größe; Ort";preis;urteil\r\n${lines.join('\r\n')}\r\n`);
    const { spec, live, rows } = await playable({ path, target: 'urteil' });
    expect(spec.name).toBe('gro-e-preis-1');
    expect(spec.features.map((feature) => `${feature.name} ${feature.kind}`)).toEqual([
      'Größe; Ort category',
      'preis number',
    ]);
    expect(rows).toBe(399);
    expect(live[0]).toMatchObject({
      index: 79,
      features: { 'Größe; Ort': 'Straße "4"\r\nHinterhof', preis: 9.5 },
      label: 'schlecht',
    });
  });

  test('NDJSON with an entity and a time', async () => {
    const path = join(dir, 'events.ndjson');
    const lines = Array.from({ length: 400 }, (_, i) =>
      JSON.stringify({
        who: `u${i % 9}`,
        at: new Date(1.7e12 + i * 60_000).toISOString(),
        amount: i % 5 === 0 ? null : (i % 13) / 2,
        ok: i % 2 === 0,
        bad: i % 3 === 0,
      }),
    );
    await writeFile(path, lines.join('\n'));
    const { spec, live } = await playable({ path, target: 'bad', time: 'at', entity: 'who' });
    expect(spec.target).toMatchObject({ task: 'binary', positive: 'true', negative: 'false' });
    expect(spec.features.map((feature) => `${feature.name} ${feature.kind}`)).toEqual([
      'at time',
      'amount number',
      'ok boolean',
    ]);
    expect(live[0]).toEqual({
      index: 80,
      features: { at: new Date(1.7e12 + 4_800_000).toISOString(), amount: null, ok: true },
      label: 'false',
      entity: 'u8',
      eventTimeMs: 1.7e12 + 4_800_000,
    });
  });

  test('rows out of order are sorted by the named time before anything else', async () => {
    const path = await table('day,x,y', 400, (i) => `${(i * 171) % 400},${(i * 31) % 97},${i % 2}`, 'shuffled.csv');
    const options = { path, target: 'y', time: 'day', workDir: join(dir, 'sorted') };
    expect((await inferSpec(options)).isSorted).toBe(false);
    const sorted = await inferInOrder(options);
    expect(sorted).toMatchObject({
      isSorted: true,
      rows: 400,
      spec: { name: 'shuffled', eventTime: { column: 'day' }, source: { format: 'parquet' } },
    });
    // A clock that only grows is no feature.
    expect(sorted.spec.features.map((feature) => feature.name)).toEqual(['x']);
    const lineOf = (day: number) => Array.from({ length: 400 }, (_, i) => i).find((i) => (i * 171) % 400 === day) ?? -1;
    for await (const chunk of streamRows(sorted.file, sorted.spec, { chunkRows: 3 })) {
      expect(chunk.map((row) => row.features['x'])).toEqual([0, 1, 2].map((day) => (lineOf(day) * 31) % 97));
      break;
    }
  });

  test('a declared label delay is kept, a default one fits the table', async () => {
    const path = await table('x,y', 400, (i) => `${i % 7},${i % 2}`);
    expect((await inferSpec({ path, target: 'y', labelDelayRows: 33 })).spec.target.labelDelay).toEqual({ rows: 33 });
    expect((await inferSpec({ path, target: 'y' })).spec.target.labelDelay).toEqual({ rows: 8 });
    expect(await sentence({ path, target: 'y', labelDelayRows: 320 })).toMatch(
      /^--label-delay 320 must be a whole number from 1 to 319/,
    );
  });
});

test('windows follow the length of the table', () => {
  expect([300, 5_000, 45_312, 100_000, 10_000_000].map(windowRowsOf)).toEqual([50, 100, 500, 1_100, 2_000]);
});

test('names of models come from names of files', () => {
  expect(
    ['/a/electricity.csv', 'Power Data (1).csv.gz', '2020 sales.parquet', '模型.csv', 'a.b.c.ndjson', '.csv'].map(
      modelNameOf,
    ),
  ).toEqual(['electricity', 'power-data-1', 'table-2020-sales', 'table', 'a-b-c', 'table']);
});
