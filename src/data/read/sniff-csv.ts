import { PerennialError } from '../../domain/words/errors.ts';
import { findMissingHeader } from './find-missing-header.ts';
import { parseCsvSample, type CsvMarks } from './parse-csv-sample.ts';

export interface CsvDialect extends CsvMarks {
  /** `3,14` is a number here: delimiter `;` and commas inside otherwise numeric cells. */
  readonly hasDecimalComma: boolean;
  /** Both kinds of line end occur, so the reader must not insist on one. */
  readonly hasMixedLineEnds: boolean;
  readonly columns: readonly string[];
}

const delimiters = [',', ';', '\t', '|'] as const;
const recordsSampled = 1_000;
/** RFC 4180 first; the others have to fit clearly better. */
const quotings = [
  { quote: '"', escape: '"' },
  { quote: '"', escape: '\\' },
  { quote: "'", escape: "'" },
  { quote: "'", escape: '\\' },
] as const;
/** Share of well-formed records by which another way of quoting must win. */
const quotingGain = 0.05;

/**
 * Delimiter, header and decimal sign from the start of a file. Refuses a file without a header, with repeated names or
 * with a quote that never closes: each would otherwise be read as something else without a word. What it says names
 * places and never what stands there: the file may be one that its reader must not see.
 */
export function sniffCsv(path: string, text: string, isWhole: boolean): CsvDialect {
  const best = bestReading(text, isWhole);
  const [first, ...rest] = best.records;
  if (first === undefined)
    throw new PerennialError('invalid_data', `${path} has no rows that can be read as CSV`, { path });
  const missing = findMissingHeader(first, rest);
  if (missing !== null) {
    throw new PerennialError('invalid_data', `${path} has no header line: its first line ${missing}`, {
      path,
      hint: 'Put one line with the column names above the data and run the command again.',
    });
  }
  if (rest.length === 0) throw new PerennialError('invalid_data', `${path} has a header line and no rows`, { path });
  return {
    ...best.marks,
    hasDecimalComma: best.marks.delimiter !== ',' && hasDecimalCommas(rest),
    hasMixedLineEnds: /\r\n/.test(text) && /[^\r]\n/.test(text.replaceAll(/"(?:[^"]|"")*"/g, '')),
    columns: namesOf(path, first),
  };
}

interface Reading {
  readonly marks: CsvMarks;
  readonly records: string[][];
  readonly score: number;
}

function bestReading(text: string, isWhole: boolean): Reading {
  // A single quote is mostly an apostrophe: it can only be the mark where there is no double one.
  const possible = quotings.filter(
    ({ quote, escape }) => (quote === '"' || !text.includes('"')) && (escape !== '\\' || text.includes(`\\${quote}`)),
  );
  const readings = possible.map((quoting) =>
    delimiters
      .map((delimiter): Reading => {
        const marks = { delimiter, ...quoting };
        const { records, malformed } = parseCsvSample(text, marks, recordsSampled, isWhole);
        return { marks, records, score: scoreOf(records, malformed) };
      })
      .reduce((left, right) => (right.score > left.score ? right : left)),
  );
  return readings.reduce((left, right) => (right.score > left.score + quotingGain * 1_000 ? right : left));
}

/** Prefer the delimiter under which most records have the header's width, then the wider table. */
function scoreOf(records: readonly (readonly string[])[], malformed: number): number {
  const width = records[0]?.length ?? 0;
  if (width < 2) return 0;
  const regular = (records.filter((record) => record.length === width).length - malformed) / records.length;
  return regular * 1_000 + Math.min(width, 999) / 1_000;
}

function namesOf(path: string, cells: readonly string[]): readonly string[] {
  const names = cells.map((cell, index) => (cell.trim() === '' ? `column_${index + 1}` : cell.trim()));
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (repeated < 0) return names;
  const first = names.indexOf(names[repeated] ?? '');
  throw new PerennialError('invalid_data', `${path} has two columns of one name, ${first + 1} and ${repeated + 1}`, {
    path,
    hint: 'Rename one of them in the header line.',
  });
}

function hasDecimalCommas(records: readonly (readonly string[])[]): boolean {
  const cells = records.slice(0, 200).flat();
  const commas = cells.filter((cell) => /^[+-]?\d+,\d+$/.test(cell)).length;
  const points = cells.filter((cell) => /^[+-]?\d+\.\d+$/.test(cell)).length;
  return commas > 0 && points === 0;
}
