import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { PerennialError } from '../../domain/words/errors.ts';
import type { FeatureColumn, FeatureColumns } from './columns.ts';
import { readMetadata } from '../graphs/metadata.ts';

/** A session.run blocks the event loop (20,000 rows of trees: 160 ms), so rows per run are bounded. */
export const rowsPerRunMax = 4_096;

export interface LoadedModel {
  readonly session: InferenceSession;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Loads a model file with one thread, so that sums have one order and the same rows give the same bits.
 * Throws `artifact_corrupt` when ONNX Runtime refuses it. Call `release` on the session when done.
 */
export async function loadModel(path: string): Promise<LoadedModel> {
  const bytes = await readFile(path);
  const metadata = readMetadata(bytes);
  try {
    const session = await InferenceSession.create(bytes, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 3,
    });
    return { session, metadata };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PerennialError('artifact_corrupt', `${path} cannot be loaded by ONNX Runtime: ${reason}`, {
      path,
      cause,
    });
  }
}

export interface Scored {
  /** Row-major, rows × outputs: class probabilities, or one value. */
  readonly scores: Float64Array;
  readonly outputs: number;
  /** The file's own labels; empty for regression. */
  readonly labels: readonly string[];
}

/**
 * Scores every row. Inputs are fed by the names that the file declares; a column that it wants and the rows lack, or
 * have as another kind, is fed as missing (NaN or ""), so a model of an older spec revision can be scored on today's
 * rows.
 */
export async function runModel(session: InferenceSession, columns: FeatureColumns): Promise<Scored> {
  const [scoreName, labelName] = session.outputNames;
  if (scoreName === undefined) throw new PerennialError('unsupported', 'the model file declares no output');
  const parts: Float32Array[] = [];
  const labels: string[] = [];
  for (let from = 0; from < columns.rows; from += rowsPerRunMax) {
    const to = Math.min(columns.rows, from + rowsPerRunMax);
    // oxlint-disable-next-line no-await-in-loop -- one run at a time bounds memory
    const results = await session.run(feedsOf(session, columns, from, to));
    const scores = results[scoreName]?.data;
    if (!(scores instanceof Float32Array))
      throw new PerennialError('unsupported', `output "${scoreName}" is not a FLOAT tensor`);
    parts.push(scores);
    const words = labelName === undefined ? undefined : results[labelName]?.data;
    if (Array.isArray(words)) for (const word of words) labels.push(String(word));
  }
  const outputs = columns.rows === 0 ? 0 : parts.reduce((sum, part) => sum + part.length, 0) / columns.rows;
  const scores = new Float64Array(columns.rows * outputs);
  let at = 0;
  for (const part of parts) {
    scores.set(part, at);
    at += part.length;
  }
  return { scores, outputs, labels };
}

/** One tensor per declared input for rows [from, to). */
export function feedsOf(
  session: InferenceSession,
  columns: FeatureColumns,
  from: number,
  to: number,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const input of session.inputMetadata) {
    const type = input.isTensor ? input.type : 'none';
    feeds[input.name] = feedOf(type, columns.byName.get(input.name), from, to);
  }
  return feeds;
}

function feedOf(type: string, column: FeatureColumn | undefined, from: number, to: number): Tensor {
  const dims = [to - from, 1];
  if (type === 'string') {
    const texts = Array.from({ length: to - from }, (_, i) =>
      column !== undefined && 'texts' in column ? (column.texts[from + i] ?? '') : '',
    );
    return new Tensor('string', texts, dims);
  }
  const numbers = column !== undefined && 'numbers' in column ? column.numbers.subarray(from, to) : null;
  if (type === 'float32')
    return new Tensor(
      'float32',
      numbers === null ? new Float32Array(to - from).fill(NaN) : Float32Array.from(numbers),
      dims,
    );
  if (type === 'float64')
    return new Tensor(
      'float64',
      numbers === null ? new Float64Array(to - from).fill(NaN) : Float64Array.from(numbers),
      dims,
    );
  throw new PerennialError(
    'unsupported',
    `model inputs of type ${type} are not supported; supported are FLOAT, DOUBLE and STRING`,
  );
}
