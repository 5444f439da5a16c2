import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scoreFolder, type FileScore } from '../../bench/pollock/score-folder.ts';
import { measures, normalCell, scoreTable, simpleScore } from '../../bench/pollock/score.ts';

// Files of the kinds of the Pollock benchmark, made here: one clean table, and one fault in each file.

const names = ['DAY', 'TIME', 'Qty', 'CODE', 'Price', 'Kind', 'About', 'Link', 'Comments'];
const kinds = ['Boots, waterproof', 'Jacket', 'Rod'];
const cellsOf = (row: number): readonly string[] => [
  `${String((row % 28) + 1).padStart(2, '0')}/0${1 + (row % 9)}/2018`,
  `${String(row % 24).padStart(2, '0')}:15`,
  String(row % 7),
  `MG-${1_000 + row}`,
  `$${(row * 3.7 + 1).toFixed(2)}`,
  kinds[row % 3] ?? '',
  row % 10 === 0 ? `One, of 48" and more: ${row}` : `It is light, and quick ${row}`,
  `https://www.example.com/${row}.html`,
  '',
];
const rows = Array.from({ length: 83 }, (_, row) => cellsOf(row));
const quoted = (cell: string, quote = '"', escape = '"') =>
  new RegExp(`[,;\t ${quote}\n]`).test(cell) ? quote + cell.replaceAll(quote, escape + quote) + quote : cell;
const lineOf = (cells: readonly string[], delimiter = ',') => cells.map((cell) => quoted(cell)).join(delimiter);
const clean = [names, ...rows];
const text = (table: readonly (readonly string[])[], end = '\r\n') =>
  table.map((cells) => lineOf(cells) + end).join('');

/** The source with one of its lines made anew. */
const withLine = (at: number, change: (line: string, cells: readonly string[]) => string) =>
  clean.map((cells, index) => `${index === at ? change(lineOf(cells), cells) : lineOf(cells)}\r\n`).join('');

const pollutions: Record<string, string | Buffer> = {
  source: text(clean),
  file_no_trailing_newline: text(clean).trimEnd(),
  file_double_trailing_newline: `${text(clean)}\r\n`,
  file_preamble: `PREAMBLE${','.repeat(8)}\r\n${','.repeat(8)}\r\n${text(clean)}`,
  file_header_again: text([names, ...rows.slice(0, 40), names, ...rows.slice(40)]),
  file_header_multirow: text([names, names, ...rows]),
  file_record_delimiter_LF: text(clean, '\n'),
  file_record_delimiter_CR: text(clean, '\r'),
  file_field_delimiter_semicolon: clean.map((cells) => `${lineOf(cells, ';')}\n`).join(''),
  file_field_delimiter_tab: clean.map((cells) => `${lineOf(cells, '\t')}\n`).join(''),
  file_field_delimiter_comma_blank: clean.map((cells) => `${lineOf(cells, ', ')}\n`).join(''),
  file_escape_backslash: clean.map((cells) => `${cells.map((cell) => quoted(cell, '"', '\\')).join(',')}\n`).join(''),
  file_quotation_apostrophe: clean
    .map((cells) => `${cells.map((cell) => quoted(cell, "'", "'")).join(',')}\n`)
    .join(''),
  file_utf16: Buffer.from(`\ufeff${text(clean)}`, 'utf16le'),
};
for (const row of [1, 20, 83])
  for (let column = 0; column < names.length; column++) {
    pollutions[`row_more_sep_row${row}_col${column}`] = withLine(row, (_, cells) =>
      lineOf([...cells.slice(0, column), '', ...cells.slice(column)]),
    );
    if (column > 0)
      pollutions[`row_less_sep_row${row}_col${column}`] = withLine(row, (_, cells) => {
        const [left, right] = [cells.slice(0, column), cells.slice(column)];
        return lineOf(left) + lineOf(right);
      });
    pollutions[`row_extra_quote${row}_col${column}`] = withLine(row, (_, cells) =>
      cells.map((cell, index) => (index === column ? `"${quoted(cell)}` : quoted(cell))).join(','),
    );
  }
for (let column = 0; column < names.length; column++)
  pollutions[`header_more_sep_col${column}`] = withLine(0, (_, cells) =>
    lineOf([...cells.slice(0, column), '', ...cells.slice(column)]),
  );
pollutions['row_field_delimiter_20'] = withLine(20, (line) => line.replaceAll(',', ' '));

const refused: Record<string, string> = {
  file_no_payload: '',
  file_no_header: text(rows),
  file_header_only: text([names]),
  header_less_sep: withLine(0, (line) => line.replace('DAY,TIME', 'DAYTIME')),
  header_extra_quote: withLine(0, (line) => line.replace('Qty', '"Qty')),
  header_field_delimiter: withLine(0, (line) => line.replaceAll(',', ' ')),
};

let dir: string;
let scores: readonly FileScore[];
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'pollutions-'));
  await Promise.all(['csv', 'clean'].map((folder) => mkdir(path.join(dir, folder))));
  const cleanText = clean.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\r\n');
  for (const [name, content] of Object.entries({ ...pollutions, ...refused })) {
    // oxlint-disable-next-line no-await-in-loop -- small files
    await writeFile(path.join(dir, 'csv', `${name}.csv`), content);
    // oxlint-disable-next-line no-await-in-loop -- small files
    await writeFile(path.join(dir, 'clean', `${name}.csv`), `${cleanText}\r\n`);
  }
  scores = await scoreFolder(dir);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('files of the kinds of the Pollock benchmark', () => {
  test('are read without a hint as they were meant', () => {
    const read = scores.filter(({ file }) => path.parse(file).name in pollutions);
    expect(read).toHaveLength(Object.keys(pollutions).length);
    expect(read.filter(({ refusal }) => refusal !== null)).toEqual([]);
    expect(simpleScore(read.map((score) => score.measures))).toBeGreaterThanOrEqual(9.9);
    // No file may be far off while the mean is good: at most the polluted row is set aside.
    for (const { file, measures: measured } of read)
      expect([file, simpleScore([measured]) >= 9.8]).toEqual([file, true]);
  });

  test('lose no line without a word', () => {
    expect(scores.filter(({ isLossy }) => isLossy)).toEqual([]);
  });

  test('are refused where no header line can be told, each in one sentence', () => {
    const said = scores
      .filter(({ file }) => path.parse(file).name in refused)
      .map(({ file, refusal }) => [file, refusal]);
    expect(said).toEqual([
      ['file_header_only.csv', 'file_header_only.csv has a header line and no rows'],
      ['file_no_header.csv', 'file_no_header.csv has no header line: line 1 is written like the values below it'],
      ['file_no_payload.csv', 'file_no_payload.csv is empty'],
      [
        'header_extra_quote.csv',
        'header_extra_quote.csv, line 1: the header line has text after a closing quote, or a quote that is never ' +
          'closed (column 3)',
      ],
      [
        'header_field_delimiter.csv',
        'header_field_delimiter.csv has no header line: line 2 is written like the values below it',
      ],
      ['header_less_sep.csv', 'header_less_sep.csv, line 1: the header line has 8 cells and most rows below it have 9'],
    ]);
  });
});

describe('the score of the benchmark', () => {
  const table = [
    ['a', 'b'],
    ['1', 'x'],
    ['2', 'y'],
  ];
  test('is 10 for the clean table and 0 for none', () => {
    expect(simpleScore([scoreTable(table, table)])).toBe(10);
    expect(simpleScore([])).toBe(0);
    expect(measures).toHaveLength(10);
  });

  test('loses what is missing, what is too much, and what is elsewhere', () => {
    const missing = scoreTable(table, table.slice(0, 2));
    expect(missing).toMatchObject({
      headerF1: 1,
      recordPrecision: 0.5,
      recordRecall: 1,
      cellPrecision: 4 / 6,
      cellRecall: 1,
    });
    const more = scoreTable(table, [...table, ['3', 'z']]);
    expect(more).toMatchObject({ recordPrecision: 1, recordRecall: 2 / 3, recordF1: 0.8, cellRecall: 6 / 8 });
    expect(scoreTable(table, [['c'], ['d']])).toMatchObject({ success: 1, headerF1: 0, recordF1: 0, cellF1: 0 });
  });

  test('takes other writings of a value for the same in names and records', () => {
    expect(['007', '7', '1.50', '1.5', 'True', 'Abc', ''].map(normalCell)).toEqual([
      '7',
      '7',
      '1.5',
      '1.5',
      '1',
      'abc',
      '',
    ]);
  });
});
