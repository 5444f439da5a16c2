import { readInstant } from '../../domain/cells/read-instant.ts';
import { missingTokens } from '../../domain/cells/missing-words.ts';
import { readFile, stat } from 'node:fs/promises';
import { readSmallCsv } from '../../data/text/small-csv.ts';
import { isText } from '../../domain/features/kind-of.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ForeignSample } from '../../onnx/foreign/understand-foreign.ts';
import { columnOf, columnsOf, type FeatureColumn } from '../../onnx/run/columns.ts';

/** A reference needs thousands of rows, not millions. */
const sampleRowsMax = 100_000;
const sampleBytesMax = 128 * 1024 * 1024;

/** The sample, and when its rows happened. */
export interface TimedSample extends ForeignSample {
  /** Epoch milliseconds, NaN where a row has no time; null where nobody asked for times. */
  readonly timesMs: Float64Array | null;
}

/**
 * Rows like those that an imported model was trained on, from a CSV; where a column with times is named, in their
 * order, rows without a time last. Throws `invalid_data` or `too_large`.
 */
export async function readSample(file: string, timeColumn: string | null = null): Promise<TimedSample> {
  if ((await stat(file)).size > sampleBytesMax)
    throw new PerennialError('too_large', `The sample is larger than ${sampleBytesMax} bytes.`, {
      path: 'data',
      hint: 'Send some thousands of rows.',
    });
  const { columns, rows: found } = readSmallCsv('the sample', await readFile(file, 'utf8'), sampleRowsMax);
  const timed = timeColumn === null ? null : inOrder(found, placeOf(columns, timeColumn));
  const rows = timed?.rows ?? found;
  const cellsOf = (name: string, isOpen: boolean, words: readonly string[]): readonly (string | null)[] | null => {
    const at = columns.indexOf(name);
    return at < 0 ? null : rows.map((record) => presentText(record[at], isOpen, words));
  };
  return {
    header: columns,
    timesMs: timed?.timesMs ?? null,
    columns: (features) =>
      columnsOf(
        rows.length,
        features.map(({ name, kind, values = [] }): FeatureColumn => {
          const cells = cellsOf(name, isText({ kind }) && values.length === 0, values);
          if (cells === null) throw lacking(columns, name, 'Give its columns the names of the features.');
          return columnOf(
            { name, kind },
            () => cells,
            () => Float64Array.from(cells, (cell) => numberOf(cell)),
          );
        }),
      ),
  };
}

function placeOf(columns: readonly string[], name: string): number {
  const place = columns.indexOf(name);
  if (place < 0) throw lacking(columns, name, 'A season needs the time of each row of the sample.');
  return place;
}

function lacking(columns: readonly string[], name: string, hint: string): PerennialError {
  const text = `The sample has no column "${name}"; it has ${columns.slice(0, 20).join(', ')}.`;
  return new PerennialError('invalid_data', text, { path: 'data', hint });
}

/** Blocks of neighbours say how alike rows are, so that neighbours have to be so in time. */
function inOrder<Row extends readonly string[]>(
  rows: readonly Row[],
  place: number,
): { readonly rows: readonly Row[]; readonly timesMs: Float64Array } {
  const timed = rows
    .map((row) => ({ row, timeMs: readInstant(row[place] ?? '') ?? Number.NaN }))
    .toSorted((a, b) => orderOf(a.timeMs) - orderOf(b.timeMs));
  return { rows: timed.map(({ row }) => row), timesMs: Float64Array.from(timed, ({ timeMs }) => timeMs) };
}

function orderOf(timeMs: number): number {
  return Number.isNaN(timeMs) ? Number.MAX_VALUE : timeMs;
}

/** Null for what is missing. Any word of an open set is a value, and a declared one, whatever it means elsewhere. */
function presentText(cell: string | undefined, isOpen: boolean, words: readonly string[]): string | null {
  if (cell === undefined || cell === '') return null;
  if (isOpen) return cell;
  return missingTokens.some((token) => token === cell) && !words.includes(cell) ? null : cell;
}

function numberOf(cell: string | null): number {
  if (cell === null) return Number.NaN;
  if (/^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true' ? 1 : 0;
  return Number(cell);
}
