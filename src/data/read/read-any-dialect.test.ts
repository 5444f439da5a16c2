import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readTable } from '../../../tests/worlds/read-table.ts';

// Tables of odd texts, written in every dialect by a writer that shares nothing with the reader.

const texts = [
  'plain',
  'two words',
  'comma, inside',
  'semi; colon',
  'bar | tab\tin',
  'say "hi", he said',
  "it's",
  'line\nbreak',
  'two\r\nbreaks\n\nmore',
  'größe €',
  '日本',
  '-',
  '#hash',
  '5" pipe',
  '{"a": [1]}',
  'a,b,c',
];

interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape: string;
  readonly end: string;
  readonly encoding: 'utf8' | 'utf16le';
  readonly isAllQuoted: boolean;
  readonly isPacked: boolean;
}

function written(rows: readonly (readonly string[])[], dialect: Dialect): Buffer {
  const { delimiter, quote, escape, end, encoding } = dialect;
  const cellOf = (cell: string) =>
    dialect.isAllQuoted || [delimiter, quote, '\n', '\r', '"'].some((mark) => cell.includes(mark))
      ? `${quote}${cell.split(quote).join(escape + quote)}${quote}`
      : cell;
  const text = rows.map((row) => row.map(cellOf).join(delimiter) + end).join('');
  const bytes = Buffer.from(encoding === 'utf16le' ? `\ufeff${text}` : text, encoding);
  return dialect.isPacked ? gzipSync(bytes) : bytes;
}

test('every cell of every dialect comes back as it was written', async () => {
  let state = 11;
  const pick = <Value>(values: readonly [Value, ...Value[]]): Value => {
    state = (state * 48_271) % 2_147_483_647;
    return values[state % values.length] ?? values[0];
  };
  for (let round = 0; round < 60; round++) {
    const quote = pick(['"', '"', '"', "'"]);
    const dialect: Dialect = {
      delimiter: pick([',', ';', '\t', '|']),
      quote,
      escape: pick([quote, quote, '\\']),
      end: pick(['\n', '\r\n', '\r']),
      encoding: pick(['utf8', 'utf8', 'utf16le']),
      isAllQuoted: pick([true, false]) || quote === "'",
      isPacked: pick([true, false]),
    };
    const rows = Array.from({ length: 200 }, (_, row) => [
      `k${row}`,
      pick(texts as [string, ...string[]]),
      `${row}.5`,
      pick(texts as [string, ...string[]]),
    ]);
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    const read = await readTable(written([['key', 'first', 'amount', 'second'], ...rows], dialect), { name: 't.csv' });
    const marks = { delimiter: dialect.delimiter, quote, escape: dialect.escape };
    expect({ marks: read.csv, rejects: read.rejects }).toMatchObject({ marks, rejects: [] });
    expect(read.rows).toEqual(rows);
    expect(read.account?.rows).toBe(200);
  }
});
