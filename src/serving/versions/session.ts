import { widthOf } from '../../answering/decide.ts';
import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';
import { columnOf, columnsOf, type FeatureColumns } from '../../onnx/run/columns.ts';
import { loadModel, runRows, type LoadOptions } from '../../onnx/run/run-model.ts';
import { PerennialError } from '../../domain/words/errors.ts';

/**
 * One loaded ONNX file. Loading and scoring block the event loop of the process: no other file of this room makes
 * sessions.
 */
export interface Scorer {
  /** Scores of each row in class order (one value for regression); null for a row whose scores are not finite. */
  score(rows: readonly EncodedRow[]): Promise<readonly (readonly number[] | null)[]>;
  /** The type of each input, as ONNX Runtime names it. */
  readonly inputTypes: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

/**
 * Loads the file, checks that it gives what the signature promises, and warms it up (a first run takes ten times as
 * long).
 */
export async function loadScorer(path: string, signature: Signature, options: LoadOptions = {}): Promise<Scorer> {
  const { session } = await loadModel(path, options);
  const [scoreName] = session.outputNames;
  const outputs = widthOf(signature);
  const score = async (rows: readonly EncodedRow[]): Promise<readonly (readonly number[] | null)[]> => {
    if (scoreName === undefined) throw new PerennialError('unsupported', 'the model file declares no output');
    // Only the scores are fetched: the labels would cost as much again and follow from the scores and the threshold.
    const { scores } = await runRows(session, transpose(signature, rows), 0, rows.length, [scoreName]);
    if (scores.length !== rows.length * outputs) {
      throw new PerennialError(
        'unsupported',
        `the model gave ${scores.length} scores for ${rows.length} rows and ${outputs} outputs`,
      );
    }
    return rows.map((_, row) => finite(scores, row * outputs, outputs));
  };
  try {
    await score([missingRow(signature)]);
    await score([missingRow(signature), missingRow(signature)]);
  } catch (error) {
    await session.release();
    throw error;
  }
  const inputTypes = new Map(session.inputMetadata.map((input) => [input.name, input.isTensor ? input.type : 'none']));
  return { score, inputTypes, close: () => session.release() };
}

function finite(scores: Float64Array, from: number, count: number): readonly number[] | null {
  const row: number[] = [];
  for (let index = from; index < from + count; index++) {
    const score = scores[index] ?? NaN;
    if (!Number.isFinite(score)) return null;
    row.push(score);
  }
  return row;
}

function transpose(signature: Signature, rows: readonly EncodedRow[]): FeatureColumns {
  const columns = signature.columns.map((column) =>
    columnOf(
      column,
      () => rows.map((row) => row.texts[column.index] ?? null),
      () => Float64Array.from(rows, (row) => row.numbers[column.index] ?? NaN),
    ),
  );
  return columnsOf(rows.length, columns);
}

function missingRow(signature: Signature): EncodedRow {
  return {
    numbers: new Float64Array(signature.numberCount).fill(NaN),
    texts: Array.from({ length: signature.textCount }, () => null),
  };
}
