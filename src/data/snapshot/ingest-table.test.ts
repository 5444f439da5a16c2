import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../artifacts/artifact-store.ts';
import { sha256OfFile } from '../../artifacts/digest.ts';
import { completeSpec, type ModelSpecInput } from '../../domain/spec/default-spec.ts';
import type { FileSource } from '../../domain/spec/source-spec.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { combineSnapshots } from '../traffic/combine-snapshots.ts';
import { withDuck } from '../duck/connect.ts';
import { ingestTable, type IngestInput, type IngestResult } from './ingest-table.ts';
import type { RawTable } from './raw-table.ts';
import { literal } from '../duck/sql.ts';

let dir: string;
let store: ArtifactStore;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'snapshot-'));
  store = createArtifactStore(join(dir, 'store'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function specOf(changes: Partial<ModelSpecInput> = {}): ModelSpec {
  return completeSpec({
    name: 'shop',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'number', name: 'amount', missing: 'refuse', min: 0, max: 100 },
      { kind: 'boolean', name: 'new', missing: 'allow' },
      { kind: 'category', name: 'land', missing: 'allow', values: ['DE', 'FR'] },
      { kind: 'number', name: 'items', missing: 'allow', integer: true },
    ],
    target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    contract: { quarantineShareMax: 0.9 },
    source: { kind: 'file', path: 'unused', format: 'csv' },
    ...changes,
  });
}

let files = 0;
async function ingest(
  content: string | Buffer,
  changes: Partial<ModelSpecInput> = {},
  more: Partial<IngestInput> = {},
): Promise<IngestResult> {
  const spec = specOf(changes);
  const path = join(dir, `source-${files++}.${fileOf(spec).format}`);
  await writeFile(path, content);
  return ingestTable({
    spec,
    specRevision: 1,
    table: await tableOf(spec, path),
    workDir: join(dir, 'work'),
    store,
    ...more,
  });
}

function fileOf({ source }: ModelSpec): FileSource {
  if (source.kind !== 'file') throw new Error('these tests read files');
  return source;
}

async function tableOf(spec: ModelSpec, path: string): Promise<RawTable> {
  const { format, rowsMax = null } = fileOf(spec);
  return { path, name: path, format, rowsMax, sourceDigest: await sha256OfFile(path) };
}

async function rowsOf(digest: string | null | undefined): Promise<Record<string, unknown>[]> {
  const path = await store.pathOf(digest ?? '');
  return withDuck({}, (duck) => duck.rows(`SELECT * FROM read_parquet(${literal(path)})`));
}
const accepted = (result: IngestResult) => rowsOf(result.manifest.files[0]?.sha256);
const quarantine = async (result: IngestResult) =>
  (await rowsOf(result.manifest.quarantineDigest)).map((row) => ({
    line: Number(row['_line']),
    ids: row['rule_ids'],
    raw: row['raw'],
  }));

describe('typed reading', () => {
  test('cells become exactly what they say, or nothing', async () => {
    const lines = ['1e1,TRUE,DE,3', '.5,0,FR,', '3.7,yes, DE ,4', '+7,No,NA,5.0', '0.05644299999999999,?,None,-0'];
    const result = await ingest(`amount,new,land,items,bad\n${lines.map((line) => `${line},no`).join('\n')}\n`);
    expect((await accepted(result)).map((row) => [row['amount'], row['new'], row['land'], row['items']])).toEqual([
      [10, true, 'DE', 3],
      [0.5, false, 'FR', null],
      [3.7, true, 'DE', 4],
      [7, false, null, 5],
      [0.05644299999999999, null, null, -0],
    ]);
    expect(result.manifest.schema.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'amount DOUBLE',
      'new BOOLEAN',
      'land VARCHAR',
      'items DOUBLE',
      'bad VARCHAR',
      '_order BIGINT',
    ]);
  });

  test.each([
    ['1_000,1,DE,1,no', ['amount.type']],
    ['inf,1,DE,1,no', ['amount.type']],
    ['1e999,1,DE,1,no', ['amount.type']],
    ['0x10,1,DE,1,no', ['amount.type']],
    ['"1,5",1,DE,1,no', ['amount.type']],
    ['NaN,1,DE,1,no', ['amount.missing']],
    ['-1,1,DE,1,no', ['amount.range']],
    ['100.5,1,DE,1,no', ['amount.range']],
    ['1,maybe,DE,1,no', ['new.type']],
    ['1,1,GB,1,no', ['land.values']],
    ['1,1,DE,1.5,no', ['items.integer']],
    ['1,1,DE,1,perhaps', ['bad.label']],
    ['1,1,DE,1,', ['bad.missing']],
    ['-1,maybe,GB,x,', ['amount.range', 'new.type', 'land.values', 'items.type', 'bad.missing']],
  ])('%s is quarantined by %j', async (line, ids) => {
    const result = await ingest(`amount,new,land,items,bad\n1,1,DE,1,no\n${line}\n`);
    expect(await quarantine(result)).toMatchObject([{ line: 3, ids }]);
    expect(result.manifest.rows).toBe(1);
  });

  test('the line in quarantine is the line in the file, also around rows that cannot be read at all', async () => {
    const text = [
      'amount,new,land,items,bad',
      '1,1,DE,1,no',
      '2,1,DE',
      '-3,1,DE,1,no',
      '4,1,DE,1,no,extra',
      '5,1,"D',
      'E",1,no',
      '6,1,DE,1,no',
    ].join('\r\n');
    const bytes = Buffer.concat([
      Buffer.from(`\ufeff${text}\r\n7,1,`),
      Buffer.from([0xff]),
      Buffer.from(',1,no\r\n-8,1,DE,1,no\r\n'),
    ]);
    const result = await ingest(bytes);
    expect((await quarantine(result)).map(({ line, ids }) => [line, ids])).toEqual([
      [3, ['row.shape']],
      [4, ['amount.range']],
      [5, ['row.shape']],
      [6, ['land.values']],
      [9, ['row.encoding']],
      [10, ['amount.range']],
    ]);
    expect((await quarantine(result))[0]?.raw).toBe('2,1,DE');
    expect((await accepted(result)).map((row) => row['amount'])).toEqual([1, 6]);
  });

  test('a quote that never closes spoils its own line and not the rest of the file', async () => {
    const result = await ingest(`amount,new,land,items,bad\n1,1,DE,1,no\n2,1,"DE,1,no\n${'3,1,DE,1,no\n'.repeat(50)}`);
    expect(await quarantine(result)).toMatchObject([{ line: 3, ids: ['row.quote'], raw: '2,1,"DE,1,no' }]);
    expect(result.manifest).toMatchObject({ rows: 51, lines: { lines: 53, header: 1, rows: 51, unreadable: 1 } });
  });

  test('NDJSON: types of cells, nested values, broken lines, large integers', async () => {
    const lines = [
      '{"amount":3.7,"new":true,"land":"DE","items":"4","bad":"no"}',
      '',
      '{"amount":1,"bad":"no","land":{"x":1}}',
      '{broken',
      '[1]',
      '{"amount":"abc","bad":"yes"}',
      '{"amount":12345678901234567890,"bad":"yes"}',
      '{"bad":"yes","amount":1e1,"land":""}',
    ];
    const result = await ingest(`${lines.join('\n')}\n`, {
      source: { kind: 'file', path: 'unused', format: 'ndjson' },
    });
    expect((await quarantine(result)).map(({ line, ids }) => [line, ids])).toEqual([
      [3, ['land.type']],
      [4, ['row.shape']],
      [5, ['row.shape']],
      [6, ['amount.type']],
      [7, ['amount.exact', 'amount.range']],
    ]);
    expect(
      (await accepted(result)).map((row) => [row['amount'], row['new'], row['land'], row['items'], row['bad']]),
    ).toEqual([
      [3.7, true, 'DE', 4, 'no'],
      [10, null, null, null, 'yes'],
    ]);
  });

  test('Parquet keeps the value of its own types', async () => {
    const path = join(dir, 'typed.parquet');
    await withDuck({}, (duck) =>
      duck.run(
        `COPY (SELECT 0.1::FLOAT AS amount, true AS "new", 'DE' AS land, 3::DOUBLE AS items, 1.0::DOUBLE AS bad,
          TIMESTAMP '2026-05-03 14:03:00' AS at) TO ${literal(path)} (FORMAT parquet)`,
      ),
    );
    const spec = specOf({
      source: { kind: 'file', path, format: 'parquet' },
      target: { task: 'binary', column: 'bad', positive: '1', negative: '0', labelDelay: { rows: 1 } },
      eventTime: { column: 'at' },
    });
    const result = await ingestTable({
      spec,
      specRevision: 1,
      table: await tableOf(spec, path),
      workDir: join(dir, 'work'),
      store,
    });
    expect(await accepted(result)).toEqual([
      {
        amount: Math.fround(0.1),
        new: true,
        land: 'DE',
        items: 3,
        bad: '1',
        at: BigInt(Date.UTC(2026, 4, 3, 14, 3)),
        _order: 0n,
      },
    ]);
  });
});

describe('contract', () => {
  const good = (count: number) => Array.from({ length: count }, (_, index) => `${index % 100},1,DE,1,no\n`).join('');

  test('more bad rows than the budget reject the batch, and the quarantine is kept', async () => {
    const text = `amount,new,land,items,bad\n${good(8)}-1,1,DE,1,no\nx,1,DE,1,no\n`;
    const error: unknown = await ingest(text, { contract: { quarantineShareMax: 0.1 } }).catch(
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({
      code: 'contract_rejected',
      message: expect.stringMatching(/20.0 % .*amount.range 1, first on line 10; amount.type 1, first on line 11/),
    });
    expect(await rowsOf((error as { path?: string }).path)).toHaveLength(2);
    await expect(ingest(text, { contract: { quarantineShareMax: 0.2 } })).resolves.toMatchObject({
      manifest: { rows: 8 },
    });
  });

  test('declared rules: unique keeps the first, compare, row count, missing share, freshness', async () => {
    const text = 'amount,new,land,items,bad\n1,1,DE,1,no\n1,1,DE,1,no\n5,1,,4,no\n';
    const result = await ingest(text, {
      contract: {
        quarantineShareMax: 1,
        rules: [
          { rule: 'unique', id: 'once', columns: ['amount', 'items'], severity: 'quarantine' },
          { rule: 'compare', id: 'affordable', left: 'items', op: '>=', right: { column: 'amount' }, severity: 'warn' },
          { rule: 'missingShare', id: 'land-known', column: 'land', shareMax: 0.1, severity: 'warn' },
        ],
      },
    });
    expect((await quarantine(result)).map(({ line, ids }) => [line, ids])).toEqual([[3, ['once']]]);
    expect(result.manifest.ruleCounts.map(({ ruleId, rows, line }) => [ruleId, rows, line])).toEqual([
      ['affordable', 1, 4],
      ['once', 1, 3],
      ['land-known', 1, null],
    ]);
    await expect(
      ingest(text, { contract: { rules: [{ rule: 'rowCount', id: 'enough', min: 10, severity: 'reject' }] } }),
    ).rejects.toMatchObject({
      code: 'contract_rejected',
      message: expect.stringContaining('3 rows are fewer than 10'),
    });
    const compare = {
      rule: 'compare',
      id: 'cheap',
      left: 'amount',
      op: '<',
      right: { value: 5 },
      severity: 'reject',
    } as const;
    await expect(ingest(text, { contract: { rules: [compare] } })).rejects.toMatchObject({
      code: 'contract_rejected',
      message: expect.stringContaining('cheap 1, first on line 4'),
    });
  });

  test('freshness is judged by the clock it is given', async () => {
    const changes: Partial<ModelSpecInput> = {
      features: [
        { kind: 'time', name: 'at', missing: 'allow' },
        { kind: 'number', name: 'amount', missing: 'allow' },
      ],
      contract: { rules: [{ rule: 'freshness', id: 'fresh', column: 'at', ageMsMax: 60_000, severity: 'reject' }] },
    };
    const text = 'at,amount,bad\n2026-05-03T14:03:00Z,1,no\n2026-05-03 16:02:00+02,2,no\n';
    const newest = Date.UTC(2026, 4, 3, 14, 3);
    await expect(ingest(text, changes, { nowMs: newest + 60_000 })).resolves.toMatchObject({ manifest: { rows: 2 } });
    await expect(ingest(text, changes, { nowMs: newest + 60_001 })).rejects.toMatchObject({
      code: 'contract_rejected',
    });
  });

  test('a declared column that the file lacks is named, and those that it has are not', async () => {
    await expect(ingest('amounts,new,land,items,bad\n1,1,DE,1,no\n')).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringContaining('no column amount; did you mean amounts?'),
    });
  });
});

describe('order and identity', () => {
  test('rows are ranked by event time and then by line, from the offset on', async () => {
    const changes: Partial<ModelSpecInput> = { eventTime: { column: 'at' } };
    const text =
      'amount,new,land,items,bad,at\n1,1,DE,1,no,2026-05-03\n2,1,DE,1,no,2026-05-01\n' +
      '3,1,DE,1,no,2026-05-01T00:00:00Z\n4,1,DE,1,no,someday\n';
    const result = await ingest(text, changes, { orderOffset: 100 });
    expect((await accepted(result)).map((row) => [row['amount'], Number(row['_order']), Number(row['at'])])).toEqual([
      [2, 100, Date.UTC(2026, 4, 1)],
      [3, 101, Date.UTC(2026, 4, 1)],
      [1, 102, Date.UTC(2026, 4, 3)],
    ]);
    expect(result.manifest.files[0]).toMatchObject({ rows: 3, orderMin: 100, orderMax: 102 });
    expect(await quarantine(result)).toMatchObject([{ line: 5, ids: ['at.eventTime'] }]);
  });

  test('rows keep their order where a warning was written to some of them', async () => {
    const lines = Array.from({ length: 5_000 }, (_, row) => `${row % 50},1,DE,${row},no`);
    const text = `amount,new,land,items,bad\n${lines.join('\n')}\n`;
    const result = await ingest(text, {
      contract: { rules: [{ rule: 'unique', id: 'once', columns: ['amount'], severity: 'warn' }] },
    });
    expect((await accepted(result)).map((row) => row['items'])).toEqual(Array.from({ length: 5_000 }, (_, row) => row));
  });

  test('the manifest says where the lines of the file went', async () => {
    const { manifest } = await ingest('# made by x\namount,new,land,items,bad\n1,1,DE,"1",no\n\n2,1\n', {});
    expect(manifest.lines).toEqual({
      lines: 5,
      header: 1,
      rows: 1,
      continued: 0,
      unreadable: 1,
      blank: 1,
      preamble: 0,
      comment: 1,
      repeatedHeader: 0,
    });
    expect(manifest.readingNotes).toContain('The table begins on line 2.');
  });

  test('the same input gives the same digests and leaves no file behind; another contract gives another', async () => {
    const text = `amount,new,land,items,bad\n${'1,1,DE,1,no\n-1,1,DE,1,no\n5,0,FR,2,yes\n'.repeat(500)}`;
    const [first, second] = [await ingest(text), await ingest(text)];
    expect(second.digest).toBe(first.digest);
    expect(JSON.parse((await store.readBytes(first.digest)).toString())).toEqual(first.manifest);
    expect(await readdir(join(dir, 'work'))).toEqual([]);
    const other = await ingest(text, { contract: { quarantineShareMax: 0.8 } });
    expect(other.digest).not.toBe(first.digest);
    expect(other.manifest.logicalDigest).toBe(first.manifest.logicalDigest);
  });

  test('rowsMax takes the first rows alone, and bad rows behind them do not count', async () => {
    const source = { kind: 'file', path: 'unused', format: 'csv', rowsMax: 2 } as const;
    const result = await ingest('amount,new,land,items,bad\n1,1,DE,1,no\n2,1,DE,1,no\nragged\n-4,1,DE,1,no\n', {
      source,
    });
    expect(result.manifest).toMatchObject({ rows: 2, quarantinedRows: 0, quarantineDigest: null });
  });

  test('labelled traffic continues the order of its history; unlabelled and absent values may be', async () => {
    const history = await ingest('amount,new,land,items,bad\n1,1,DE,1,no\n2,1,DE,1,yes\n');
    const traffic = await ingest(
      '{"amount":3,"bad":"no"}\n{"amount":4,"bad":null}\n',
      { source: { kind: 'file', path: 'unused', format: 'ndjson' } },
      { unlabelled: 'allow', parents: [history.digest], orderOffset: 2 },
    );
    expect(traffic.manifest).toMatchObject({ rows: 2, labelledRows: 1, parents: [history.digest] });
    const combined = await combineSnapshots(store, [traffic.manifest, history.manifest], dir);
    expect(combined).toMatchObject({ orderMax: 3 });
    const all = await withDuck({}, (duck) =>
      duck.rows(`SELECT amount FROM read_parquet([${combined.paths.map(literal).join(', ')}])`),
    );
    expect(all.map((row) => row['amount'])).toEqual([1, 2, 3, 4]);
    await expect(combineSnapshots(store, [history.manifest, history.manifest], dir)).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
