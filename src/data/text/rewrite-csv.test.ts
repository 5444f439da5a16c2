import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainedLines } from '../../domain/training/line-account.ts';
import { cellsOf } from './cells-of.ts';
import { planCsv } from './plan-csv.ts';
import { rewriteCsv } from './rewrite-csv.ts';
import { rewriteLines } from './rewrite-lines.ts';
import { createTextWriter } from './text-writer.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'rewrite-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What comes of the bytes when they arrive in pieces of so many. */
async function rewritten(
  bytes: Buffer,
  pieceBytes: number,
  format: 'csv' | 'lines' = 'csv',
  rowsMax: number | null = null,
) {
  async function* pieces() {
    await Promise.resolve();
    for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes);
  }
  const rows = createTextWriter(path.join(dir, 'rows'), Infinity);
  const rejects = createTextWriter(path.join(dir, 'rejects'), Infinity);
  const options = { rowsMax, rows, rejects };
  const tally =
    format === 'csv'
      ? await rewriteCsv(pieces(), planCsv('t', bytes, true)[0], options)
      : await rewriteLines(pieces(), options);
  rows.close();
  rejects.close();
  const read = (name: string) => readFileSync(path.join(dir, name), 'utf8');
  return { tally, rows: read('rows'), rejects: read('rejects') };
}

/** Text with all that is odd, from a seed. */
function oddCsv(seed: number): Buffer {
  let state = seed * 7_919 + 1;
  const below = (count: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % count;
  };
  const cells = [
    '1',
    '2.5',
    'x',
    '',
    ' y ',
    '"a, b"',
    '"two\nlines"',
    '"say ""x"""',
    '5" pipe',
    '"open',
    'é',
    '\u0000',
  ];
  const ends = ['\n', '\r\n', '\n', '\n', '\r'];
  let text = 'a,b,c\n1,2,3\n4,5,6\n7,8,9\n';
  for (let row = 0; row < 60; row++) {
    const width = below(12) === 0 ? 1 + below(5) : 3;
    const line = Array.from({ length: width }, () => cells[below(below(3) === 0 ? cells.length : 5)] ?? '').join(',');
    text += below(25) === 0 ? '# note' : below(25) === 0 ? 'a,b,c' : line;
    text += ends[below(below(4) === 0 ? ends.length : 1)] ?? '\n';
  }
  const bytes = Buffer.from(text);
  if (below(2) === 0) bytes[bytes.length - 1 - below(200)] = 0xff;
  return bytes;
}

describe('one pass over a text', () => {
  test('accounts for every line and gives the same in pieces of any size', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const bytes = oddCsv(seed);
      const whole = await rewritten(bytes, bytes.length);
      expect(explainedLines(whole.tally.account)).toBe(whole.tally.account.lines);
      expect(whole.rows.split('\n').length).toBeGreaterThan(10);
      for (const pieceBytes of [1, 7, 64, 1_000]) {
        const inPieces = await rewritten(bytes, pieceBytes);
        expect(inPieces.rows).toBe(whole.rows);
        expect(inPieces.rejects).toBe(whole.rejects);
        expect(inPieces.tally).toEqual(whole.tally);
      }
    }
  });

  test('counts physical lines as a text editor does, with and without a last line end', async () => {
    for (const text of ['a,b\n1,2\n3,4\n', 'a,b\r\n1,2\r\n3,4', 'a,b\r1,2\r3,4\r', 'a,b\n1,2\r\n3,4\r']) {
      const { tally } = await rewritten(Buffer.from(text), 3);
      expect(tally.account).toMatchObject({ lines: 3, header: 1, rows: 2 });
    }
  });

  test('stops behind the last row that is asked for, and accounts for what stands before', async () => {
    const { tally, rows } = await rewritten(Buffer.from('a,b\n1,2\n3\n5,6\n7,8\n9\n'), 4, 'csv', 2);
    expect(tally.account).toMatchObject({ lines: 4, header: 1, rows: 2, unreadable: 1 });
    expect(rows).toBe('2,1,2\n4,5,6\n');
  });

  test('a line longer than the limit is set aside, and the next one is read', async () => {
    const bytes = Buffer.concat([
      Buffer.from('a,b\n1,2\n3,'),
      Buffer.alloc(17 * 1_048_576, 120),
      Buffer.from('\n5,6\n'),
    ]);
    const { tally, rows } = await rewritten(bytes, 1_048_576);
    expect(tally.account).toMatchObject({ lines: 4, header: 1, rows: 2, unreadable: 1 });
    expect([...tally.unreadable]).toEqual([['row.length', { rows: 1, line: 3 }]]);
    expect(rows).toBe('2,1,2\n4,5,6\n');
  });

  test('a quote that does not close within the limit spoils its own line alone', async () => {
    const filler = Buffer.from('5,6\n'.repeat(4_400_000));
    const bytes = Buffer.concat([Buffer.from('a,b\n1,2\n3,"x\n'), filler]);
    const { tally } = await rewritten(bytes, 1_048_576);
    expect(tally.account).toMatchObject({ rows: 4_400_001, unreadable: 1, lines: 4_400_003 });
    expect([...tally.unreadable]).toEqual([['row.quote', { rows: 1, line: 3 }]]);
  });

  test('lines of JSON keep their numbers around blank, broken and overlong ones', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":1}\n\n  {"a":2}\r\n{"a":"'),
      Buffer.alloc(17 * 1_048_576, 120),
      Buffer.from('"}\n{"a":"x\u0000"}\n{"a":5}'),
    ]);
    const { tally, rows } = await rewritten(bytes, 1_048_576, 'lines');
    expect(tally.account).toMatchObject({ lines: 6, rows: 3, blank: 1, unreadable: 2 });
    expect(rows).toBe('1\u001f{"a":1}\n3\u001f{"a":2}\n6\u001f{"a":5}\n');
    expect([...tally.unreadable.keys()]).toEqual(['row.length', 'row.nul']);
  });
});

test('cells are split as they were written', () => {
  const rfc = { delimiter: ',', quote: '"', escape: '"' } as const;
  expect(cellsOf('1, "a, ""b""" ,"",x"y,', rfc)).toEqual(['1', 'a, "b"', '', 'x"y', '']);
  expect(cellsOf('"a \\"b\\" \\\\",2', { ...rfc, escape: '\\' })).toEqual(['a "b" \\', '2']);
  expect(cellsOf("'it''s';2", { delimiter: ';', quote: "'", escape: "'" })).toEqual(["it's", '2']);
});
