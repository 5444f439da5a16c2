import { missingTokens } from '../../domain/cells/missing-words.ts';
import { readFile, stat } from 'node:fs/promises';
import { readSmallCsv } from '../../data/text/small-csv.ts';
import { isText } from '../../domain/features/kind-of.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ForeignSample } from '../../onnx/foreign/import-foreign.ts';
import { columnOf, columnsOf, type FeatureColumn } from '../../onnx/run/columns.ts';

/** A reference needs thousands of rows, not millions. */
const sampleRowsMax = 100_000;
const sampleBytesMax = 128 * 1024 * 1024;

/** Rows like those that an imported model was trained on, from a CSV. Throws `invalid_data` or `too_large`. */
export async function readSample(file: string): Promise<ForeignSample> {
  if ((await stat(file)).size > sampleBytesMax)
    throw new PerennialError('too_large', `The sample is larger than ${sampleBytesMax} bytes.`, {
      path: 'data',
      hint: 'Send some thousands of rows.',
    });
  const { columns, rows } = readSmallCsv('the sample', await readFile(file, 'utf8'), sampleRowsMax);
  const cellsOf = (name: string, isOpen: boolean, words: readonly string[]): readonly (string | null)[] | null => {
    const at = columns.indexOf(name);
    return at < 0 ? null : rows.map((record) => presentText(record[at], isOpen, words));
  };
  return {
    header: columns,
    columns: (features) =>
      columnsOf(
        rows.length,
        features.map(({ name, kind, values = [] }): FeatureColumn => {
          const cells = cellsOf(name, isText({ kind }) && values.length === 0, values);
          if (cells === null)
            throw new PerennialError(
              'invalid_data',
              `The sample has no column "${name}"; it has ${columns.slice(0, 20).join(', ')}.`,
              { path: 'data', hint: 'Give its columns the names of the features.' },
            );
          return columnOf(
            { name, kind },
            () => cells,
            () => Float64Array.from(cells, (cell) => numberOf(cell)),
          );
        }),
      ),
  };
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
