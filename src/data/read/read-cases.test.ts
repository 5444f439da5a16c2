import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../../tests/worlds/read-table.ts';
import { withDuck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';

/** Rows of a small table; `more` is what stands between them, by the row before which it stands. */
function table(
  header: string,
  rows: number,
  rowOf: (row: number) => string,
  more: Record<number, string> = {},
): string {
  const lines = Array.from(
    { length: rows },
    (_, row) => (more[row] === undefined ? '' : `${more[row]}\n`) + rowOf(row),
  );
  return `${header}\n${lines.join('\n')}\n`;
}

const colors = ['red', 'green', 'blue'];
const color = (row: number) => colors[row % 3] ?? '';
const sale = (row: number) => `${(row * 1.37).toFixed(2)},${row % 9},${color(row)},${row % 2 === 0 ? 'yes' : 'no'}`;
const header = 'amount,size,color,won';

describe('rows of another width are set aside, and no others', () => {
  test('one cell too many, also where the last one is empty', async () => {
    const text = table('a,b,color,note', 300, (row) => `${row},${row % 7},${color(row)},`, {
      100: '1,2,3,red,',
      200: '1,2,red,,',
    });
    const read = await readTable(text);
    expect(read.rejects).toEqual([
      { line: 102, rule: 'row.shape', raw: '1,2,3,red,' },
      { line: 203, rule: 'row.shape', raw: '1,2,red,,' },
    ]);
    expect(read.rows).toHaveLength(300);
    expect(new Set(read.rows.map((row) => row[2]))).toEqual(new Set(colors));
  });

  test('one cell too few, at the only fault, on the last line without an end', async () => {
    const read = await readTable(`${table('a,b', 50, (row) => `${row},x`)}7`);
    expect(read.rejects).toEqual([{ line: 52, rule: 'row.shape', raw: '7' }]);
  });

  test('wider rows far beyond any sample', async () => {
    const read = await readTable(table('a,b,c', 120_000, (row) => `${row},x,some more text`, { 110_000: '1,2,3,4' }));
    expect(read.rejects).toEqual([{ line: 110_002, rule: 'row.shape', raw: '1,2,3,4' }]);
    expect(read.rows).toHaveLength(120_000);
    expect(read.lines.at(-1)).toBe(120_002);
  });
});

describe('quotes', () => {
  test('a stray quote spoils its line and swallows nothing', async () => {
    const text = table(header, 400, (row) =>
      row === 150 ? '78.11,7,"5 pipe,yes' : row === 180 ? '24.34,5,x",no' : sale(row),
    );
    const read = await readTable(text);
    expect(read.rejects).toEqual([{ line: 152, rule: 'row.quote', raw: '78.11,7,"5 pipe,yes' }]);
    expect(read.rows).toHaveLength(399);
    expect(read.rows[179]).toEqual(['24.34', '5', 'x"', 'no']);
    expect(read.notes.join(' ')).toContain(
      'A quote on line 152 is not closed in its line and would have taken 31 lines',
    );
  });

  test('a stray quote that would take two lines is seen by the words of the table', async () => {
    const word = (row: number) => `${color(row)},${color(row + 1)},${color(row * 7)}`;
    const text = table('a,b,c', 100, (row) =>
      row === 50 ? 'red,"blue,green' : row === 51 ? 'green,red",blue' : word(row),
    );
    const read = await readTable(text);
    expect(read.rejects).toEqual([{ line: 52, rule: 'row.quote', raw: 'red,"blue,green' }]);
    expect(read.rows[50]).toEqual(['green', 'red"', 'blue']);
  });

  test('a quoted text that lost the delimiter before it is not split into cells', async () => {
    const text = table('code,kind,about,n', 60, (row) =>
      row === 20
        ? 'MG-20,Rod"light, and quick",7'
        : row === 30
          ? 'MG-30,5" pipe,6" long,7'
          : `MG-${row},Rod,"a, b",${row}`,
    );
    const read = await readTable(text);
    expect(read.rejects).toEqual([{ line: 22, rule: 'row.quote', raw: 'MG-20,Rod"light, and quick",7' }]);
    expect(read.rows[29]).toEqual(['MG-30', '5" pipe', '6" long', '7']);
  });

  test('few rows of several lines are said, whatever they hold', async () => {
    const read = await readTable(table('a,b', 30, (row) => (row === 10 ? `${row},"two\nlines"` : `${row},x`)));
    expect(read.notes).toEqual(['A row on line 12 holds 2 lines in quotes.']);
  });

  test('a cell that does hold many lines is kept, and said', async () => {
    const text = table('a,b', 30, (row) => (row === 10 ? `${row},"${'one line\n'.repeat(15)}"` : `${row},x`));
    const read = await readTable(text);
    expect(read.rows).toHaveLength(30);
    expect(read.rejects).toEqual([]);
    expect(read.notes).toContain('A row on line 12 holds 16 lines in quotes.');
  });

  test('two lines in quotes are no swallowed rows, whatever commas they hold', async () => {
    const read = await readTable(table('id,letter', 60, (row) => `${row},"Dear Sir\nyours, X"`));
    expect(read.rows).toHaveLength(60);
    expect(read.rejects).toEqual([]);
  });

  test('lines are physical ones, around quoted line ends, blank lines and CR', async () => {
    const text = 'a,note\r\n1,"two\r\nlines"\r\n\r\n2,x\n3,"a\rb"\n4,y,z\n5,w\n';
    const read = await readTable(text);
    expect(read.lines).toEqual([2, 5, 6, 9]);
    expect(read.rejects).toMatchObject([{ line: 8, rule: 'row.shape' }]);
    expect(read.account).toMatchObject({ lines: 9, header: 1, rows: 4, continued: 2, blank: 1, unreadable: 1 });
  });

  test.each([
    ['text after a closing quote', 'amount,size,"color"x,won', 3],
    ['a stray quote', '"amount,size,"color",won', 1],
    ['a quote that is never closed', 'amount,size,color,"won', 4],
  ])('%s in the header line is named with its place', async (_, line, column) => {
    await expect(readTable(table(line, 40, sale))).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringMatching(new RegExp(`line 1: the header line has text after .* \\(column ${column}\\)$`)),
    });
  });

  test('single quotes around cells and names are taken off; apostrophes are none', async () => {
    const quoted = await readTable(table("'amount','size'", 40, (row) => `'${row}.5','it''s, ${row}'`));
    expect(quoted.columns).toEqual(['amount', 'size']);
    expect(quoted.rows[3]).toEqual(['3.5', "it's, 3"]);
    const bare = await readTable(table('amount,word', 40, (row) => `${row},'twas`));
    expect(bare.rows[3]).toEqual(['3', "'twas"]);
  });
});

describe('what stands above and among the rows', () => {
  test.each([
    ['a title and a date', 'Report of wins\nmade 2024-02-03\n\n', 4, { preamble: 2, blank: 1 }],
    ['a padded title', 'Wins,,,\n,,,\n', 3, { preamble: 2 }],
    ['a sentence with commas above a blank line', 'Wins, by size, in 2024\n\n', 3, { preamble: 1, blank: 1 }],
    ['comments', '# made by x\n# and, y\n', 3, { comment: 2 }],
    ['blank lines', '\n\n', 3, { blank: 2 }],
  ])('%s', async (_, above, line, counts) => {
    const read = await readTable(above + table(header, 60, sale));
    expect(read.columns).toEqual(['amount', 'size', 'color', 'won']);
    expect(read.rows).toHaveLength(60);
    expect(read.lines[0]).toBe(line + 1);
    expect(read.notes).toContain(`The table begins on line ${line}.`);
    expect(read.account).toMatchObject(counts);
  });

  test('a title above an empty row, in a table of two columns', async () => {
    const read = await readTable(
      `Expenses of 2017, \n,\n${table('Row Labels,Sum', 40, (row) => `label ${row},${row}.5`)}`,
    );
    expect(read.columns).toEqual(['Row Labels', 'Sum']);
    expect(read.account).toMatchObject({ preamble: 2, rows: 40 });
  });

  test('a line sep= names the delimiter', async () => {
    const read = await readTable(`sep=;\r\n${table('a;b', 40, (row) => `1,${row};x, y`)}`);
    expect(read.columns).toEqual(['a', 'b']);
    expect(read.csv?.delimiter).toBe(';');
    expect(read.account).toMatchObject({ preamble: 1, rows: 40 });
  });

  test('comments among the rows are left out; a header line may begin with #', async () => {
    const read = await readTable(table('a,b', 40, (row) => `${row},x`, { 20: '# a pause' }));
    expect(read.account).toMatchObject({ comment: 1, rows: 40, unreadable: 0 });
    const named = await readTable(table('#id,b', 40, (row) => `${row},x`));
    expect(named.columns).toEqual(['#id', 'b']);
  });

  test.each([200, 1_500])('a header line that stands again before row %i is left out and named', async (row) => {
    const read = await readTable(table(header, 2_000, sale, { [row]: '"amount",size, color ,won' }));
    expect(read.rows).toHaveLength(2_000);
    expect(read.account).toMatchObject({ repeatedHeader: 1 });
    expect(read.notes).toContain(`The header line stands again on line ${row + 2}; it is left out.`);
    expect(new Set(read.rows.map((cells) => cells[3]))).toEqual(new Set(['yes', 'no']));
  });

  test('a second header line is set aside: units over numbers, and words over answers', async () => {
    const units = await readTable(table(header, 400, sale, { 0: 'EUR,cm,name,y/n' }));
    expect(units.rejects).toEqual([{ line: 2, rule: 'row.header', raw: 'EUR,cm,name,y/n' }]);
    const axes = await readTable(table('a,,b,', 11, (row) => `${row}.5,${row},${row * 2},${row}.25`, { 0: 'X,Y,X,Y' }));
    expect(axes.rejects).toMatchObject([{ line: 2, rule: 'row.header' }]);
    const answers = await readTable(
      table('id,seen,liked,age', 400, (row) => `id${row},${color(row)},${color(row + 1)},${color(row + 2)}`, {
        0: ',Response,Response,Response',
      }),
    );
    expect(answers.rejects).toMatchObject([{ line: 2, rule: 'row.header' }]);
  });

  test('a first row without values is no second header line', async () => {
    const read = await readTable(table(header, 100, (row) => (row === 0 ? 'NA,n/a,,' : sale(row))));
    expect(read.rejects).toEqual([]);
    expect(read.rows[0]).toEqual([null, 'n/a', null, null]);
  });

  test('a first row of rare words is no second header line', async () => {
    const rows = (row: number) => `${row},name ${row},${color(row)},${row === 0 ? '' : row % 5}`;
    expect((await readTable(table('n,name,color,k', 400, rows))).rejects).toEqual([]);
  });
});

describe('the header line', () => {
  test.each([
    ['in brackets', '[amount],[size],[color],[won]'],
    ['in braces', '{amount},{size},{color},{won}'],
    ['in brackets and with a blank', '[amount EUR],[size],[color],[won]'],
  ])('names %s are no JSON', async (_, line) => {
    const read = await readTable(table(line, 40, sale));
    expect(read.columns).toEqual(line.split(','));
    expect(read.rows).toHaveLength(40);
  });

  test('an unnamed cell that the rows do not have is left out; unnamed columns get a name', async () => {
    const cut = await readTable(table('a,b,,c', 40, (row) => `${row},x,y`));
    expect(cut.columns).toEqual(['a', 'b', 'c']);
    expect(cut.notes).toContain('The header line has one blank cell more than the rows; it is left out.');
    const named = await readTable(table('a,,c', 40, (row) => `${row},x,y`));
    expect(named.columns).toEqual(['a', 'column_2', 'c']);
  });

  test.each([
    [
      'fewer cells than the rows',
      table('a,b', 60, (row) => `${row},x,y`),
      /line 1: the header line has 2 cells and most rows below it have 3$/,
    ],
    ['two names in one cell, the last column empty', table('a b,c', 60, (row) => `${row},x,`), /has 2 cells and most/],
    [
      'dates, times and codes for names',
      table('28/01/2018,00:15,MG-8', 60, (row) => `${(row % 28) + 1}/01/2018,00:${10 + (row % 50)},MG-${row}`),
      /has no header line/,
    ],
    ['the names twice', table('a,b,a', 60, (row) => `${row},x,y`), /two columns of one name, 1 and 3$/],
  ])('%s: one sentence', async (_, text, message) => {
    await expect(readTable(text)).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringMatching(message),
    });
  });

  test('a NUL in a name, or one that is no text, is named', async () => {
    const rows = table('a,b', 60, (row) => `${row},é`);
    await expect(readTable(rows.replace('a,b', 'a\u0000,b'))).rejects.toMatchObject({
      message: expect.stringContaining('line 1: the header line holds a NUL'),
    });
    const bytes = Buffer.from(rows);
    bytes[0] = 0xff;
    await expect(readTable(bytes)).rejects.toMatchObject({
      message: expect.stringContaining('not text of the encoding'),
    });
  });

  test('years may be names, in steps too', async () => {
    const read = await readTable(table('country,1990,1995,2000', 40, (row) => `c${row},${row}.5,${row},3`));
    expect(read.columns).toEqual(['country', '1990', '1995', '2000']);
  });
});

describe('characters', () => {
  const text = table('größe,wort', 60, (row) => `${row},${row % 2 === 0 ? 'rötlich' : 'blau'}`);
  test.each([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), null],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), 'It is read as utf-16le.'],
    ['UTF-16 BE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), 'It is read as utf-16be.'],
    ['UTF-16 LE without a mark', Buffer.from(text, 'utf16le'), 'It is read as utf-16le.'],
    [
      'Windows-1252',
      Buffer.from(text, 'latin1'),
      'It is read as Windows-1252: most of its 30 rows with other than ASCII characters are not UTF-8.',
    ],
  ])('%s', async (_, bytes, note) => {
    const read = await readTable(bytes);
    expect(read.columns).toEqual(['größe', 'wort']);
    expect(read.rows[0]).toEqual(['0', 'rötlich']);
    expect(read.notes).toEqual(note === null ? [] : [note]);
  });

  test('Windows-1252 that begins beyond any sample is found as well', async () => {
    const late = table('a,b', 200_000, (row) => `${row},${row > 150_000 ? 'rötlich' : 'reddish'}`);
    const read = await readTable(Buffer.from(late, 'latin1'));
    expect(read.rows.at(-1)).toEqual(['199999', 'rötlich']);
    expect(read.notes[0]).toMatch(/^It is read as Windows-1252/);
  });

  test('a declared encoding is taken, and its bytes are not guessed at', async () => {
    const read = await readTable(Buffer.from('a,b\n1,\xa4\n', 'latin1'), { encoding: 'iso-8859-15' });
    expect(read.rows).toEqual([['1', '€']]);
    const declared = await readTable(Buffer.from('a,b\n1,\xe9\n2,x\n', 'latin1'), { encoding: 'utf-8' });
    expect(declared.rejects).toMatchObject([{ line: 2, rule: 'row.encoding' }]);
  });

  test('a bad line in UTF-8 is set aside, and a NUL wherever it stands', async () => {
    const good = Buffer.from(table('a,b', 100, (row) => `${row},é`));
    const read = await readTable(
      Buffer.concat([good, Buffer.from([0x31, 0x2c, 0xff, 0x0a]), Buffer.from('1,x\u0000y\n')]),
    );
    expect(read.rejects.map(({ line, rule }) => [line, rule])).toEqual([
      [102, 'row.encoding'],
      [103, 'row.nul'],
    ]);
    const far = await readTable(table('a,b', 90_000, (row) => `${row},some words`, { 80_000: '1,re\u0000d' }));
    expect(far.rejects).toEqual([{ line: 80_002, rule: 'row.nul', raw: '1,re\u2400d' }]);
  });
});

describe('numbers', () => {
  test('decimal commas that begin after any sample make the column numbers', async () => {
    const read = await readTable(table('a;b;c', 3_000, (row) => `${row > 2_500 ? `${row},5` : row};${row},25;x, y`));
    expect(read.rows[2_999]).toEqual(['2999.5', '2999.25', 'x, y']);
    expect(read.notes).toContain('In numbers of columns 1, 2 the comma is a decimal comma.');
  });

  test('thousands marks, in quotes and beside points', async () => {
    const read = await readTable(table('a,b', 60, (row) => `"${row + 1},234","1,234.50"`));
    expect(read.rows[4]).toEqual(['5234', '1234.50']);
    const german = await readTable(table('a;b', 60, (row) => `${row + 1}.234,5;x`));
    expect(german.rows[4]).toEqual(['5234.5', 'x']);
    const mixed = await readTable(table('a;b', 60, (row) => `${['1.234', '5,5', '1 234,5', '7'][row % 4]};x`));
    expect(mixed.rows.slice(0, 4).map(([cell]) => cell)).toEqual(['1234', '5.5', '1234.5', '7']);
  });

  test('a column in which commas contradict each other stays as it is', async () => {
    const read = await readTable(table('a;b', 60, (row) => `${row % 2 === 0 ? '1,5' : '1.5'};x`));
    expect(read.rows[0]).toEqual(['1,5', 'x']);
  });
});

describe('NDJSON', () => {
  test('keys that come late are columns, and cells keep their blanks', async () => {
    const lines = Array.from({ length: 5_000 }, (_, row) =>
      JSON.stringify(row < 4_000 ? { a: row } : { a: row, ' b': ` ${row}` }),
    );
    const read = await readTable(lines.join('\n'), { name: 't.ndjson' });
    expect(read.columns).toEqual(['a', ' b']);
    expect(read.account).toMatchObject({ lines: 5_000, rows: 5_000 });
  });

  test('a line with a key twice is set aside, and no value is taken for the other', async () => {
    const lines = ['{"a":1,"b":1}', '{"a":2,"b":{"c":1},"a":-2}', '{"b":3,"a":3}', '{"a":4,"A":4}'];
    const read = await readTable(lines.join('\n'), { name: 't.ndjson' });
    expect(read.lines).toEqual([1, 3, 4]);
    expect(read.rows).toEqual([
      ['1', '1', null],
      ['3', '3', null],
      ['4', null, '4'],
    ]);
    expect(read.account).toMatchObject({ lines: 4, rows: 4 });
  });

  test('leading blanks, blank lines and line ends of both kinds', async () => {
    const read = await readTable('  {"a":1}\r\n\r\n\t{"a":2}\n', { name: 't.ndjson' });
    expect(read.rows).toEqual([['1'], ['2']]);
    expect(read.lines).toEqual([1, 3]);
  });

  test.each([
    ['one list', '[{"a":1},\n{"a":2}]', /is one JSON list$/, 'jq -c .[]'],
    ['objects over several lines', '{\n "a": 1\n}\n{\n "a": 2\n}\n', /take several lines$/, 'jq -c .`'],
  ])('%s: one sentence with the command', async (_, text, message, command) => {
    await expect(readTable(text, { name: 't.ndjson' })).rejects.toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringContaining(command),
    });
  });
});

test('Parquet whose footer is damaged is told in a sentence of ours', async () => {
  await expect(readTable(`PAR1${'x'.repeat(60)}PAR1`, { name: 't.parquet' })).rejects.toMatchObject({
    message: expect.stringMatching(/t\.parquet is a damaged Parquet file$/),
    hint: 'Copy it again from where it was written, or write it anew.',
  });
});

describe('packed files', () => {
  test('gzip of CSV and NDJSON is read to its end', async () => {
    const csv = await readTable(gzipSync(table(header, 50_000, sale)), { name: 't.csv.gz' });
    expect(csv.rows).toHaveLength(50_000);
    const lines = await readTable(gzipSync('{"a":1}\n{"a":2}\n'), { name: 't.ndjson.gz' });
    expect(lines.rows).toEqual([['1'], ['2']]);
  });

  test('a file that is torn behind the first megabyte is refused, not read in part', async () => {
    const text = table('a,b', 400_000, (row) => `${row},${(row * 48_271) % 2_147_483_647}`);
    const whole = gzipSync(text);
    await expect(readTable(whole.subarray(0, whole.length - 20), { name: 't.csv.gz' })).rejects.toMatchObject({
      message: expect.stringContaining('damaged gzip'),
    });
  });

  test('zstd is read to its end, and refused when it is torn', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'zstd-'));
    const file = path.join(folder, 't.csv.zst');
    await withDuck({}, (duck) =>
      duck.run(`COPY (SELECT range AS a, range * 7 AS b FROM range(50000))
        TO ${literal(file)} (FORMAT csv, COMPRESSION zstd)`),
    );
    const packed = await readFile(file);
    const { rows } = await readTable(packed, { name: 't.csv.zst' });
    expect(rows).toHaveLength(50_000);
    expect(rows.at(-1)).toEqual(['49999', '349993']);
    await expect(readTable(packed.subarray(0, packed.length - 20), { name: 't.csv.zst' })).rejects.toMatchObject({
      message: 't.csv.zst is a damaged zstd file',
    });
    await rm(folder, { recursive: true });
  });
});
