import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { streamRows } from '../../snapshot/stream-rows.ts';
import { inferSpec, type InferOptions } from '../infer-spec.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kinds-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let files = 0;
type Cell = (index: number) => string;

async function tableOf(columns: Readonly<Record<string, Cell>>, rows = 400): Promise<string> {
  const path = join(dir, `t${files++}.csv`);
  const lines = Array.from({ length: rows }, (_, i) =>
    [...Object.values(columns).map((cell) => cell(i)), answer(i)].join(','),
  );
  await writeFile(path, `${[...Object.keys(columns), 'won'].join(',')}\n${lines.join('\n')}\n`);
  return path;
}
const answer: Cell = (i) => ((i * 7) % 3 === 0 ? 'yes' : 'no');
const noise: Cell = (i) => String((i * 7919) % 101);

/** The kind of the column `x` of a table and what is said of it. */
async function kindOf(cell: Cell, more: Partial<InferOptions> = {}, rows = 400) {
  const path = await tableOf({ x: cell, noise }, rows);
  const { spec, notes } = await inferSpec({ path, target: 'won', ...more });
  const feature = spec.features.find(({ name }) => name === 'x');
  return { feature, kind: feature?.kind ?? null, said: notes.filter((note) => /^x |\bin x\b/.test(note)).join(' ') };
}

const pick =
  (words: readonly string[]): Cell =>
  (i) =>
    words[(i * 31) % words.length] ?? '';

describe('text that says more than its number stays text', () => {
  test.each<[string, Cell, RegExp]>([
    [
      'leading zeros',
      (i) => (i % 4 === 2 ? `00${900 + (i % 3)}` : String(900 + (i % 7))),
      /^x is a category: 100 cells have leading zeros, first on line 4\.$/,
    ],
    [
      'one cell with a leading zero behind the 300th row',
      (i) => (i === 350 ? '0907' : String(900 + (i % 7))),
      /^x is a category: 1 cell has leading zeros, on line 352\.$/,
    ],
    [
      'codes in the form of an exponent',
      pick(['1E5', '2E3', '3e1', '12']),
      /^x is a category: 300 cells have the form of 1E5, first on line 2\.$/,
    ],
    [
      '20 digits',
      pick(['12345678901234567919', '12345678901234567929', '12345678901234567913']),
      /400 cells have a whole number beyond 2\^53, first on line 2\./,
    ],
    [
      'integers beyond 2^53',
      pick(['9007199254740992', '9007199254740993', '7']),
      /267 cells have a whole number beyond 2\^53/,
    ],
    [
      'versions, of which no two would be one number',
      pick(['1.9', '1.10', '1.2', '2.0']),
      /^x is a category: 100 cells have a zero at the end, as 10\.10 beside 10\.1, first on line 5\.$/,
    ],
    [
      'sections',
      pick(['10.1', '10.2', '10.10', '10.11']),
      /^x is a category: 100 cells have a zero at the end, as 10\.10 beside 10\.1, first on line 4\.$/,
    ],
  ])('%s', async (_, cell, said) => {
    const found = await kindOf(cell);
    expect(found.kind).toBe('category');
    expect(found.said).toMatch(said);
  });

  test.each<[string, Cell]>([
    ['prices of two digits', (i) => ((i % 40) / 4).toFixed(2)],
    ['scientific notation', pick(['1e5', '2.5e-3', '0.25', '17'])],
    ['zero and fractions', pick(['0', '0.5', '0.0', '-0.25'])],
    ['integers that passed through floats', pick(['5', '5.0', '7.0'])],
    ['numbers with signs', pick(['+3', '-4', '5'])],
  ])('%s are numbers, without a word', async (_, cell) => {
    expect(await kindOf(cell)).toMatchObject({ kind: 'number', said: '' });
  });

  test('measurements that lose a zero are numbers, and that is said', async () => {
    const found = await kindOf((i) => (((i * 37) % 97) / 10).toFixed(i % 2 === 0 ? 1 : 2));
    expect(found.kind).toBe('number');
    expect(found.said).toMatch(/^x is a number: 200 cells end in a zero that is lost, first on line 3\.$/);
  });

  test('a key of many digits names rows and is left out, and why it is text is said', async () => {
    const found = await kindOf((i) => String(9007199254740992n + BigInt(i)));
    expect(found.kind).toBeNull();
    expect(found.said).toContain('x is left out: it is different text in almost every row.');
    expect(found.said).toContain('x is a category: 400 cells have a whole number beyond 2^53, first on line 2.');
  });
});

describe('words for "missing"', () => {
  test.each(['n/a', 'NA', 'null', 'None', '-', 'unknown', '#N/A', '?'])(
    '%s beside numbers is missing, and counted',
    async (word) => {
      const found = await kindOf((i) => (i % 10 === 3 ? word : String(i % 17)));
      expect(found.feature).toEqual({ kind: 'number', name: 'x', missing: 'allow', integer: true });
      expect(found.said).toBe(
        `x is a number: 40 cells say ${word} or the like and are read as missing, first on line 5.`,
      );
    },
  );

  test('most cells may be missing', async () => {
    expect(await kindOf((i) => (i % 10 === 3 ? String(i % 17) : 'NA'))).toMatchObject({ kind: 'number' });
  });

  test('beside words it is a word: Namibia', async () => {
    const found = await kindOf(pick(['DE', 'ZA', 'NA']));
    expect(found.kind).toBe('category');
    expect(found.said).toMatch(/^NA in x is a value like the others: 133 cells say it or its like, first on line \d;/);
  });

  test('a column of nothing else is left out', async () => {
    const found = await kindOf(pick(['NA', 'n/a', '']));
    expect(found.said).toBe('x is left out: it holds nothing but words for a missing value.');
  });

  test('a target of codes has classes and is no quantity', async () => {
    const path = await tableOf({ noise, zip: pick(['00907', '10001', '94110']) });
    const { spec, notes } = await inferSpec({ path, target: 'zip' });
    expect(spec.target).toMatchObject({ task: 'multiclass', classes: ['00907', '10001', '94110'] });
    expect(notes).toContain('zip is a category: 134 cells have leading zeros, first on line 2.');
  });

  test('beside numbers the target lacks a label', async () => {
    const path = await tableOf({ noise });
    const { spec, notes } = await inferSpec({ path, target: 'noise' });
    expect([spec.target.task, notes.join(' ')]).toEqual(['regression', expect.not.stringContaining('missing')]);
    const mixed = await tableOf({ noise, y: (i) => (i % 10 === 0 ? 'n/a' : String((i * 13) % 50)) });
    const inferred = await inferSpec({ path: mixed, target: 'y' });
    expect(inferred.spec.target.task).toBe('regression');
    expect(inferred.notes).toContain('y is a number: 40 cells with a word for "missing" have no label.');
  });
});

describe('words of truth', () => {
  test('true and false are a truth, however they are written', async () => {
    expect(await kindOf(pick(['True', 'FALSE', 'NA']))).toMatchObject({ kind: 'boolean' });
  });

  test.each([[['yes', 'no']], [['Y', 'N']], [['true', 'False', 'yes']]])(
    '%j stay words, and that is said',
    async (words) => {
      const found = await kindOf(pick(words));
      expect(found.kind).toBe('category');
      expect(found.said).toMatch(
        /^x is a category, and its words stay as they are, first on line \d; boolean\(\) reads them/,
      );
    },
  );
});

describe('times', () => {
  const day = (i: number) => String((i % 12) + 1).padStart(2, '0');

  test('a date with several readings stays text, with all of them', async () => {
    const four = await kindOf((i) => `${day(i)}/${day(i * 5)}/2024`);
    expect(four.kind).toBe('category');
    expect(four.said).toBe(
      'x is a category: 02/06/2024 on line 3 is 2024-06-02 (day-first) or 2024-02-06 (month-first), and no row says ' +
        'which; declare dateOrder, or name it with --date-order.',
    );
    const two = await kindOf((i) => (i === 0 ? '04/07/20' : `${day(i)}/${day(i * 5)}/${10 + (i % 15)}`));
    expect(two.said).toContain(
      '04/07/20 on line 2 is 2020-07-04 (day-first), 2020-04-07 (month-first) or 2004-07-20 (year-first)',
    );
  });

  test('what is declared is taken', async () => {
    const found = await kindOf((i) => `${day(i)}/${day(i * 5)}/2024`, { dateOrder: 'month-first' });
    expect(found.feature).toEqual({ kind: 'time', name: 'x', missing: 'allow', dateOrder: 'month-first' });
  });

  test.each<[string, Cell, string, number]>([
    [
      'a 13th of a month, on the last row',
      (i) => (i === 399 ? '13.01.2024' : `${day(i)}.${day(i * 5)}.2024`),
      'day-first',
      401,
    ],
    [
      'a month before a 25th',
      (i) => (i === 7 ? '3/25/2024 9:05 PM' : `${day(i)}/${day(i * 5)}/2024`),
      'month-first',
      9,
    ],
    ['a year that is no day', (i) => (i === 9 ? '45/07/13' : `${20 + (i % 5)}/${day(i)}/13`), 'year-first', 11],
  ])('%s proves one reading', async (_, cell, dateOrder, line) => {
    const found = await kindOf(cell);
    expect(found.feature).toMatchObject({ kind: 'time', dateOrder });
    expect(found.said).toContain(
      `x is a time written ${dateOrder}: no other order reads all of its 400 dates, see line ${line}.`,
    );
  });

  test('rows that contradict each other prove nothing', async () => {
    const found = await kindOf((i) => (i % 2 === 0 ? '13/01/2024' : '01/13/2024'));
    expect(found).toMatchObject({
      kind: 'category',
      said: expect.stringContaining('no order of day, month and year reads all of its 400'),
    });
  });

  test('times without a zone are UTC, which is declared and said', async () => {
    const cell: Cell = (i) => `2026-05-${String((i % 28) + 1).padStart(2, '0')} 10:00`;
    const found = await kindOf(cell);
    expect(found.feature).toEqual({ kind: 'time', name: 'x', missing: 'allow', timeZone: 'UTC' });
    expect(found.said).toBe(
      'x names no time zone in 400 cells, first on line 2; they are read as UTC, and --time-zone says otherwise.',
    );
    const berlin = await kindOf(cell, { timeZone: 'Europe/Berlin' });
    expect(berlin.feature).toMatchObject({ timeZone: 'Europe/Berlin' });
    expect((await kindOf((i) => `${cell(i)}Z`)).feature).toEqual({ kind: 'time', name: 'x', missing: 'allow' });
  });

  test('a time that stands for none is said with its line', async () => {
    const found = await kindOf((i) => (i === 9 ? '9999-12-31' : `2026-05-${String((i % 28) + 1).padStart(2, '0')}`));
    expect(found).toMatchObject({
      kind: 'time',
      said: 'x has 1 cell before 1800 or after 2199, such as 9999-12-31, on line 11.',
    });
  });

  test.each([
    ['seconds', 1],
    ['microseconds', 1e6],
    ['nanoseconds', 1e9],
  ])('%s since 1970 are told apart on all rows', async (epochUnit, scale) => {
    const path = await tableOf({ at: (i) => String(BigInt(1_767_225_600 + i * 3_600) * BigInt(scale)), noise });
    const { spec, notes } = await inferSpec({ path, target: 'won', time: 'at' });
    expect(spec.eventTime).toEqual({ column: 'at', epochUnit });
    expect(notes).toContain(
      `at counts ${epochUnit} since 1970: 400 numbers lie from 2026-01-01T00:00:00.000Z to ` +
        '2026-01-17T15:00:00.000Z.',
    );
  });

  test('milliseconds need no word, and a counter is none of them', async () => {
    const ms = await tableOf({ at: (i) => String(1_767_225_600_000 + i * 3_600), noise });
    expect((await inferSpec({ path: ms, target: 'won', time: 'at' })).spec.eventTime).toEqual({ column: 'at' });
    const counter = await tableOf({ at: String, noise });
    expect((await inferSpec({ path: counter, target: 'won', time: 'at' })).spec.eventTime).toEqual({ column: 'at' });
  });

  test('rows cannot be ordered by dates of which nobody says the order', async () => {
    const path = await tableOf({ at: (i) => `${day(i)}/${day(i * 5)}/2024`, noise });
    await expect(inferSpec({ path, target: 'won', time: 'at' })).rejects.toMatchObject({
      message: expect.stringMatching(/^--time at is a category: 02\/06\/2024 on line 3 is /),
      hint: 'Say --date-order day-first, month-first or year-first.',
    });
    const { spec } = await inferSpec({ path, target: 'won', time: 'at', dateOrder: 'day-first' });
    expect([spec.eventTime, spec.features[0]]).toMatchObject([
      { column: 'at' },
      { name: 'at', dateOrder: 'day-first' },
    ]);
  });
});

describe('names', () => {
  const left = async (name: string) => {
    const path = await tableOf({ [`"${name}"`]: (i) => String(i % 7), noise });
    const { spec, notes } = await inferSpec({ path, target: 'won' });
    expect(spec.features.map((feature) => feature.name)).toEqual(['noise']);
    return notes.join(' ');
  };

  test('a column with the name of the target but for its case may be the answer', async () => {
    expect(await left('Won')).toContain(
      'Won is left out: it has the name of the target but for its case, and may be the answer.',
    );
  });

  test('a name that no feature can have is said on one line', async () => {
    expect(await left('a\nb')).toContain(
      '"a\\nb" is left out: it has a name that cannot be a feature, which has a line break.',
    );
  });

  test('names of JavaScript are names like others', async () => {
    const path = await tableOf({
      ['__proto__']: (i: number) => String(i % 7),
      constructor: (i: number) => String(i % 5),
      toString: noise,
    });
    const { spec, file } = await inferSpec({ path, target: 'won' });
    expect(spec.features.map(({ name }) => name)).toEqual(['__proto__', 'constructor', 'toString']);
    for await (const rows of streamRows(file, spec, { chunkRows: 400 }))
      expect(JSON.stringify(rows[8]?.features)).toBe('{"__proto__":1,"constructor":3,"toString":25}');
  });

  test('such a target is refused at once', async () => {
    const path = await tableOf({ noise, '"won\nor not"': answer });
    await expect(inferSpec({ path, target: 'won\nor not' })).rejects.toMatchObject({
      message: '--target "won\\nor not" cannot be a column name: it has a line break',
      hint: 'Rename the column in the table.',
    });
  });
});

describe('clocks', () => {
  test.each<[string, Cell]>([
    ['a month inside of one year of history', (i) => String(1 + (Math.floor(i / 10) % 12))],
    ['a counter with gaps', (i) => String(i * 3 + (i % 2))],
    ['what only falls', (i) => String(-Math.floor(i / 5))],
  ])('%s is left out', async (_, cell) => {
    expect((await kindOf(cell)).said).toContain(
      'x is left out: it only moves one way within the history, as a clock does.',
    );
  });

  test.each<[string, Cell]>([
    ['an hour', (i) => String(i % 24)],
    ['a level that changes once', (i) => (i < 40 ? '1' : '2')],
  ])('%s is kept', async (_, cell) => {
    expect((await kindOf(cell)).kind).toBe('number');
  });
});

test('blanks around words of NDJSON tell words apart', async () => {
  const path = join(dir, 'blanks.ndjson');
  const lines = Array.from({ length: 400 }, (_, i) =>
    JSON.stringify({ color: i % 2 === 0 ? 'red' : ' red', n: i % 7, won: answer(i) }),
  );
  await writeFile(path, lines.join('\n'));
  const { spec } = await inferSpec({ path, target: 'won' });
  expect(spec.features.map(({ name }) => name)).toEqual(['color', 'n']);
});
