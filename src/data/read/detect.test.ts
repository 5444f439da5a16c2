import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detectTable } from './detect.ts';
import { withTable } from './open-table.ts';
import { baseOf } from './read-lossless.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'detect-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
}

const names = async (path: string) =>
  withTable(path, { settings: { tempDir: dir } }, async ({ columns }) => columns.map((column) => column.name));

describe('what a file is', () => {
  test.each([
    ['comma', 'a,b,c\n1,x,3\n', ',', ['a', 'b', 'c']],
    ['semicolon with commas inside', 'a;b;c\n1,5;x;3\n2,5;y, z;4\n', ';', ['a', 'b', 'c']],
    ['tab', 'a\tb\n1\tx\n', '\t', ['a', 'b']],
    ['bar', 'a|b\n1|x\n', '|', ['a', 'b']],
    ['BOM and CRLF', '\ufeffa,b\r\n1,x\r\n', ',', ['a', 'b']],
    [
      'quoted names with delimiters and line ends',
      '"a, first","b\nsecond",c\n1,2,x\n',
      ',',
      ['a, first', 'b\nsecond', 'c'],
    ],
    ['an apostrophe is no quote', "a,b\n'tis,1\n'twas,2\n", ',', ['a', 'b']],
    ['single quotes', "a,b\n'x, y',1\n'z, w',2\n", ',', ['a', 'b']],
    ['backslashes before quotes', 'a,b\n"say \\"x, y\\"",1\n"say \\"z, w\\"",2\n', ',', ['a', 'b']],
    ['one column', 'a\nx\ny\n', ',', ['a']],
    ['unnamed index column', ',a,b\n0,x,1\n1,y,2\n', ',', ['column_1', 'a', 'b']],
    ['counting names', '0,1,2,target\n0.5,0.1,3.4,a\n0.4,0.2,3.3,b\n', ',', ['0', '1', '2', 'target']],
    ['years as names', 'country,1990,1991,1992\nDE,1,2,3\n', ',', ['country', '1990', '1991', '1992']],
  ])('CSV: %s', async (_, text, delimiter, columns) => {
    await withTable(await file('t.csv', text), {}, async ({ csv }) => {
      await Promise.resolve();
      expect(csv).toMatchObject({ delimiter, columns });
    });
  });

  test('gzip of CSV and NDJSON is looked into', async () => {
    expect(await detectTable(await file('t.csv.gz', gzipSync('a,b\n1,2\n')))).toMatchObject({
      format: 'csv',
      compression: 'gzip',
    });
    const path = await file('t.ndjson.gz', gzipSync('{"a":1}\n{"b":2}\n'));
    expect(await detectTable(path)).toMatchObject({ format: 'ndjson', compression: 'gzip' });
    expect(await names(path)).toEqual(['a', 'b']);
  });

  test('NDJSON lists its keys by first appearance, also odd ones', async () => {
    expect(await names(await file('t.jsonl', '{"b":1,"a/b":2}\n\nnot json\n{"~":3,"b":4,"B":5}\n'))).toEqual([
      'b',
      'a/b',
      '~',
      'B',
    ]);
  });
});

test('a path is a path: no pattern, no partition columns, no SQL', async () => {
  const odd = join(dir, "year=2020 it's [a]*?");
  await mkdir(odd);
  const path = join(odd, 't.csv');
  await writeFile(path, 'a,b\n1,2\n');
  await writeFile(join(dir, 'other.csv'), 'never,read\n1,2\n');
  expect(
    await withTable(path, { settings: { tempDir: dir } }, (table, duck) => duck.rows(`SELECT * FROM ${baseOf(table)}`)),
  ).toEqual([{ n: 1n, line: 2n, unreadable: false, c0: '1', c1: '2' }]);
});

describe('what is refused, in one sentence', () => {
  test.each([
    ['empty', 't.csv', '', /is empty/],
    ['blank', 't.csv', ' \n\n', /is empty/],
    ['header only', 't.csv', 'a,b\n', /no rows/],
    ['binary', 't.csv', Buffer.from([1, 2, 0, 3, 4, 5]), /binary file/],
    ['a spreadsheet', 't.csv', Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(50)]), /binary file/],
    ['a JSON list', 't.json', '[{"a":1}]', /one JSON list/],
    ['not Parquet', 't.parquet', 'a,b\n1,2\n', /not a Parquet file/],
    ['torn Parquet', 't2.parquet', 'PAR1 and then nothing', /is a damaged Parquet file$/],
    ['torn gzip', 't.csv.gz', gzipSync('a,b\n1,2\n'.repeat(99)).subarray(0, 30), /damaged gzip/],
    ['two columns of one name', 't.csv', 'a,b,a\n1,2,3\n', /two columns of one name, 1 and 3$/],
    ['numbers for names', 't.csv', '5.1,3.5,setosa\n4.9,3.0,setosa\n', /no header line/],
    ['whole numbers for names', 't.csv', '3,17,1\n4,12,0\n9,2,1\n', /no header line/],
    ['a date for a name', 't.csv', '2020-01-01,a,b\n2020-01-02,c,d\n', /no header line/],
    ['values for names', 't.csv', `red,round\n${'red,flat\nblue,round\n'.repeat(20)}`, /no header line/],
  ])('%s', async (_, name, content, message) => {
    await expect(names(await file(name, content))).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringMatching(message),
    });
  });

  test('a folder, a missing file, another format than declared', async () => {
    await mkdir(join(dir, 'folder'));
    await expect(detectTable(join(dir, 'folder'))).rejects.toMatchObject({
      message: expect.stringContaining('is a folder'),
    });
    await expect(detectTable(join(dir, 'nowhere.csv'))).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringContaining('there is no file'),
    });
    await expect(detectTable(await file('d.csv', 'a,b\n1,2\n'), { expected: 'ndjson' })).rejects.toMatchObject({
      message: expect.stringContaining('is csv, not ndjson'),
    });
  });
});
