import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { PerennialError } from '../../domain/words/errors.ts';
import { missingRowOrder, type FileNames } from '../prepare/folder.ts';
import { sourceOf, withRows } from '../prepare/rows-source.ts';

/** Who answered: a family of this platform answers to the row in which everything is missing as well. */
interface Answering extends Pick<FileNames, 'predictionsFile'> {
  readonly family: string;
  readonly hasMissingRow: boolean;
}

/**
 * A trainer's own answers, row-major: to the rows of `order`, and last to the row in which everything is missing, where
 * there is one. Throws `parity_failed` when the file answers to other rows, or with another number of scores.
 */
export async function readPredictions(
  folder: string,
  file: Answering,
  order: Float64Array,
  width: number,
): Promise<Float64Array> {
  const rows = order.length + (file.hasMissingRow ? 1 : 0);
  const paths = [join(folder, file.predictionsFile)];
  const cells = Array.from({ length: width }, (_, k) => `prediction[${k + 1}]::DOUBLE`).join(', ');
  // Of groups the rows stand part after part; a file answers in whatever order.
  const ascending = order.toSorted();
  const places = new Map(Array.from(order, (of, place) => [of, place]));
  const read = async (connection: DuckDBConnection): Promise<Float64Array> => {
    const result = await connection.stream(
      `SELECT "_order"::DOUBLE, len(prediction)::DOUBLE, ${cells} FROM ${sourceOf(paths)} ` +
        `ORDER BY "_order" = ${missingRowOrder}, "_order"`,
    );
    const predictions = new Float64Array(rows * width);
    let at = 0;
    for await (const chunk of result) {
      for (let row = 0; row < chunk.rowCount; row++, at++) {
        const [ownOrder, length, ...scores] = Array.from({ length: width + 2 }, (_, column) =>
          chunk.getColumnVector(column).getItem(row),
        );
        if (ownOrder !== (ascending[at] ?? missingRowOrder) || at >= rows || length !== width) throw otherRows(file);
        const place = places.get(ownOrder) ?? order.length;
        for (const [k, score] of scores.entries())
          predictions[place * width + k] = typeof score === 'number' ? score : NaN;
      }
    }
    if (at !== rows) throw otherRows(file);
    return predictions;
  };
  return withRows(paths, read, { isForeign: true });
}

function otherRows({ family, predictionsFile }: Answering): PerennialError {
  return new PerennialError(
    'parity_failed',
    `the trainer of the ${family} model did not answer to the rows that it was asked about (${predictionsFile})`,
  );
}
