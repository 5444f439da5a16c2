import { PerennialError } from '../../domain/words/errors.ts';
import { columnKind, type ColumnKind } from './column-kind.ts';
import { findMissingHeader } from './find-missing-header.ts';
import { isSecondHeader } from './find-second-header.ts';
import { findTableStart, type LinesBefore } from './find-table-start.ts';
import { rankMarks, type Reading } from './rank-marks.ts';
import { trimmedCells, type SampleRecord } from './sample-records.ts';
import type { CsvMarks } from './scan-record.ts';

/** How a CSV file is to be read, from its first bytes. */
export interface CsvPlan {
  readonly marks: CsvMarks;
  readonly names: readonly string[];
  /** Physical line of the header. */
  readonly headerLine: number;
  /** Offset of the header line in the text. */
  readonly headerFrom: number;
  readonly before: LinesBefore;
  /** A line `sep=;` stands first. */
  readonly hasSeparatorLine: boolean;
  /** An unnamed cell of the header line was left out because the rows have none for it. */
  readonly isHeaderCut: boolean;
  /** Physical line of a second header line right below the first; null as a rule. */
  readonly secondHeaderLine: number | null;
  /** Of each column, what its cells in the sample are. */
  readonly kinds: readonly ColumnKind[];
}

/**
 * The ways to read a CSV file, best first; others than the first are for files whose later part says otherwise. Throws
 * invalid_data, with the line, where the best has no header line, a damaged one, or repeated names: each would
 * otherwise be read as something else without a word. It names places and never what stands there: the file may be one
 * that its reader must not see.
 */
export function planCsv(name: string, sample: Buffer, isWhole: boolean): readonly [CsvPlan, ...CsvPlan[]] {
  const separator = /^sep=([!-/:-@[-`{-~\t])(?:\r\n|\n|\r|$)/i.exec(sample.toString('utf8', 0, 16));
  const from = separator === null ? 0 : separator[0].length;
  const readings = rankMarks(sample, {
    from,
    line: separator === null ? 1 : 2,
    isWhole,
    delimiter: separator?.[1] ?? null,
  });
  const [best, ...others] = readings;
  if (best === undefined || best.records.every(({ isBlank }) => isBlank))
    throw refusal(name, 'has no rows that can be read as CSV');
  const hasSeparatorLine = separator !== null;
  const rest: CsvPlan[] = [];
  for (const reading of others.filter(({ score }) => score > 0)) {
    try {
      rest.push(planOf(name, reading, hasSeparatorLine));
    } catch (error) {
      // A reading without a header is none.
      if (!(error instanceof PerennialError)) throw error;
    }
  }
  return [planOf(name, best, hasSeparatorLine), ...rest];
}

function planOf(name: string, reading: Reading, hasSeparatorLine: boolean): CsvPlan {
  const { records, marks } = reading;
  const { index, before } = findTableStart(reading);
  const header = records[index];
  if (header === undefined) throw refusal(name, 'has no rows that can be read as CSV');
  const at = { path: `${name}:${header.line}` };
  if (header.badCell > 0) {
    throw new PerennialError(
      'invalid_data',
      `${name}, line ${header.line}: the header line has text after a closing quote, or a quote that is never closed ` +
        `(column ${header.badCell})`,
      { ...at, hint: 'Correct the quotes of the header line; double a quote that is part of a name.' },
    );
  }
  if (['\u0000', '\ufffd'].some((character) => header.text.includes(character))) {
    throw new PerennialError(
      'invalid_data',
      `${name}, line ${header.line}: the header line holds a NUL, or is not text of the encoding`,
      { ...at, hint: 'Write the names anew and save the file as UTF-8, or declare its encoding.' },
    );
  }
  const below = records.slice(index + 1).filter(({ isBlank }) => !isBlank);
  const cells = trimmedCells(header.text, marks);
  const naming = namingCells(name, header, cells, below, reading.width);
  // A header that stands again is no sign that there is none.
  const rows = below
    .filter(({ count, badCell }) => count === naming.length && badCell === 0)
    .map((record) => ({ record, cells: trimmedCells(record.text, marks) }))
    .filter((row) => !row.cells.every((cell, place) => cell === naming[place]));
  const bodies = rows.map((row) => row.cells);
  const missing = findMissingHeader(naming, bodies);
  if (missing !== null) {
    throw new PerennialError('invalid_data', `${name} has no header line: line ${header.line} ${missing}`, {
      ...at,
      hint: 'Put one line with the column names above the data and run the command again.',
    });
  }
  if (below.length === 0) throw refusal(name, 'has a header line and no rows');
  const [first, ...rest] = bodies;
  const isFirst = first !== undefined && rows[0]?.record === below[0];
  return {
    marks,
    names: namesOf(name, naming),
    headerLine: header.line,
    headerFrom: header.from,
    before,
    hasSeparatorLine,
    isHeaderCut: naming.length < cells.length,
    secondHeaderLine: isFirst && isSecondHeader(first, rest) ? (rows[0]?.record.line ?? null) : null,
    kinds: naming.map((_, place) => columnKind(bodies.map((row) => row[place] ?? ''))),
  };
}

/** The cells of the header line that name columns: one for each cell of a row. */
function namingCells(
  name: string,
  header: SampleRecord,
  cells: readonly string[],
  below: readonly SampleRecord[],
  width: number,
): readonly string[] {
  const regular = below.filter(({ count, badCell }) => count === cells.length && badCell === 0).length;
  if (width === cells.length || width < 2 || regular * 20 >= below.length) return cells;
  const named = cells.filter((cell) => cell !== '');
  // One blank cell too many can only be a delimiter too many.
  if (width === cells.length - 1 && named.length === width) return named;
  throw new PerennialError(
    'invalid_data',
    `${name}, line ${header.line}: the header line has ${cells.length} cells and most rows below it have ${width}`,
    {
      path: `${name}:${header.line}`,
      hint: 'Give each column one name, separated as the rows are, a last empty column too.',
    },
  );
}

function namesOf(path: string, cells: readonly string[]): readonly string[] {
  const names = cells.map((cell, index) => (cell === '' ? `column_${index + 1}` : cell));
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (repeated < 0) return names;
  const first = names.indexOf(names[repeated] ?? '');
  throw new PerennialError('invalid_data', `${path} has two columns of one name, ${first + 1} and ${repeated + 1}`, {
    path,
    hint: 'Rename one of them in the header line.',
  });
}

function refusal(name: string, reason: string): PerennialError {
  return new PerennialError('invalid_data', `${name} ${reason}`, { path: name });
}
