import { missingTokens } from '../../domain/cells/missing-words.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { readSmallCsv } from '../text/small-csv.ts';

export type GoldenCell = number | string | boolean | null;

/** What a maker says of one row: a value or P(positive), a class, scores in order, or scores by class. */
export type GoldenAnswer = number | string | readonly number[] | Readonly<Record<string, number>>;

export interface GoldenRows {
  readonly rows: readonly Readonly<Record<string, GoldenCell>>[];
  readonly answers: readonly GoldenAnswer[];
  /** Classes in the order of listed scores, where the file says it. */
  readonly classes: readonly string[] | null;
}

const rowsMax = 100_000;
/** Members or columns with the maker's answer, the first that is there and is no feature. */
const answerNames = [
  'answer',
  'answers',
  'makerSays',
  'expected',
  'prediction',
  'predictions',
  'probabilities',
  'probability',
  'proba',
  'output',
  'score',
  'scores',
  'value',
  'label',
  'y',
];
/** Columns with the score of one class: `answer.fraud`, `probability_fraud`, `p:fraud`. */
const classColumn = /^(?:answer|makerSays|probability|probabilities|proba|prob|p|score)[._:](.+)$/;

type Row = Readonly<Record<string, unknown>>;

/**
 * Rows with the maker's own answers, from JSON (a list of rows, or `rows` beside a list of answers), NDJSON or CSV. The
 * names of features are never taken for answers. Throws `invalid_data` with one sentence.
 */
export function readGolden(text: string, features: ReadonlySet<string>): GoldenRows {
  const start = text.trimStart();
  if (start === '') throw unreadable('The golden file is empty.');
  if (!start.startsWith('{') && !start.startsWith('[')) return fromRows(csvRows(text), features, null);
  const whole = parse(text);
  if (Array.isArray(whole)) return fromRows(whole.map(asRow), features, null);
  if (whole !== undefined && Array.isArray(asRow(whole)['rows'])) return fromColumns(asRow(whole), features);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return fromRows(
    lines.map((line, index) => {
      const row = parse(line);
      if (row === undefined) throw unreadable(`Line ${index + 1} of the golden file is no JSON object.`);
      return asRow(row);
    }),
    features,
    null,
  );
}

/** `{"rows": [...], "answers": [...], "classes": [...]}`. */
function fromColumns(whole: Row, features: ReadonlySet<string>): GoldenRows {
  const rows = (whole['rows'] as readonly unknown[]).map(asRow);
  const classes = Array.isArray(whole['classes']) ? whole['classes'].map(String) : null;
  const name = answerNames.find((one) => Array.isArray(whole[one]));
  if (name === undefined) return fromRows(rows, features, classes);
  const answers = whole[name] as readonly unknown[];
  if (answers.length !== rows.length)
    throw unreadable(`The golden file has ${rows.length} rows and ${answers.length} answers.`);
  return checked(rows, answers, classes);
}

/** Each row with its answer in it. */
function fromRows(rows: readonly Row[], features: ReadonlySet<string>, classes: readonly string[] | null): GoldenRows {
  const [first] = rows;
  if (first === undefined) throw unreadable('The golden file has no rows.');
  const spare = Object.keys(first).filter((name) => !features.has(name));
  const name = answerNames.find((one) => spare.includes(one));
  if (name !== undefined)
    return checked(
      rows,
      rows.map((row) => row[name]),
      classes,
    );
  const byClass = spare.flatMap((column) => {
    const found = classColumn.exec(column);
    return found?.[1] === undefined ? [] : [{ column, label: found[1] }];
  });
  if (byClass.length === 0)
    throw unreadable(`The golden rows have no answer; they have ${Object.keys(first).slice(0, 20).join(', ')}.`);
  const answers = rows.map((row) =>
    Object.fromEntries(byClass.map(({ column, label }) => [label, numberOf(row[column])])),
  );
  return checked(rows, answers, classes);
}

function checked(rows: readonly Row[], answers: readonly unknown[], classes: readonly string[] | null): GoldenRows {
  if (rows.length === 0) throw unreadable('The golden file has no rows.');
  if (rows.length > rowsMax)
    throw unreadable(`The golden file has ${rows.length} rows; at most ${rowsMax} are compared.`);
  return { rows: rows.map(cellsOf), answers: answers.map(answerOf), classes };
}

function answerOf(given: unknown, index: number): GoldenAnswer {
  if (Array.isArray(given)) return given.map((one) => numberOf(Array.isArray(one) ? one[0] : one));
  if (typeof given === 'number') return given;
  if (typeof given === 'boolean') return String(given);
  if (typeof given === 'string' && given.trim() !== '') return Number.isFinite(Number(given)) ? Number(given) : given;
  if (typeof given === 'object' && given !== null)
    return Object.fromEntries(Object.entries(given).map(([label, score]) => [label, numberOf(score)]));
  throw unreadable(`Golden row ${index + 1} has no answer.`);
}

function cellsOf(row: Row): Readonly<Record<string, GoldenCell>> {
  const cells: Record<string, GoldenCell> = Object.create(null);
  for (const [name, value] of Object.entries(row))
    if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
      cells[name] = value;
  return cells;
}

function csvRows(text: string): readonly Row[] {
  const { columns, rows } = readSmallCsv('the golden file', text, rowsMax + 1);
  return rows.map((record) => {
    const row: Record<string, unknown> = Object.create(null);
    columns.forEach((name, index) => {
      const cell = record[index] ?? '';
      row[name] = missingTokens.some((token) => token === cell) ? null : cell;
    });
    return row;
  });
}

function numberOf(value: unknown): number {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;
}

function asRow(value: unknown): Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function unreadable(message: string): PerennialError {
  return new PerennialError('invalid_data', message, {
    path: 'golden',
    hint:
      'Give CSV, NDJSON or JSON rows with the features by name and what the maker says under "answer": a value, a ' +
      'class, P(positive), or the scores by class.',
  });
}
