import { readFile } from 'node:fs/promises';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { PerennialError } from '../../domain/words/errors.ts';
import { readMetadata } from '../graphs/metadata.ts';
import type { FeatureColumns } from './columns.ts';
import { feedRows } from './feed-rows.ts';
import { sayRuntimeProblem } from './say-runtime-problem.ts';

/** A session.run blocks the event loop (20,000 rows of trees: 160 ms), so rows per run are bounded. */
export const rowsPerRunMax = 4_096;

export interface LoadedModel {
  readonly session: InferenceSession;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface LoadOptions {
  /**
   * False gives back, after each run, what the run took: ONNX Runtime otherwise keeps the memory of the largest one for
   * as long as the session lives. The answers are the same.
   */
  readonly shouldKeepMemory?: boolean;
}

/**
 * Loads a model file with one thread, so that sums have one order and the same rows give the same bits.
 * Throws `artifact_corrupt` when ONNX Runtime refuses it. Call `release` on the session when done.
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<LoadedModel> {
  const bytes = await readFile(path);
  const metadata = readMetadata(bytes);
  try {
    return { session: await openSession(bytes, options), metadata };
  } catch (cause) {
    throw new PerennialError('artifact_corrupt', `${path} cannot be loaded: ${sayRuntimeProblem(cause)}.`, {
      path,
      cause,
    });
  }
}

/** One thread and one order of sums; throws what the runtime throws. */
export function openSession(
  bytes: Uint8Array,
  { shouldKeepMemory = true }: LoadOptions = {},
): Promise<InferenceSession> {
  return InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    enableCpuMemArena: shouldKeepMemory,
  });
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
 * have as another kind, is fed as missing, so a model of an older spec revision can be scored on today's rows. A row
 * that lacks a value which the type of the input cannot leave out (a whole number, a truth value) gets NaN.
 */
export async function runModel(session: InferenceSession, columns: FeatureColumns): Promise<Scored> {
  const [scoreName, labelName] = session.outputNames;
  if (scoreName === undefined) throw new PerennialError('unsupported', 'the model file declares no output');
  const parts: Float64Array[] = [];
  const labels: string[] = [];
  for (let from = 0; from < columns.rows; from += rowsPerRunMax) {
    const to = Math.min(columns.rows, from + rowsPerRunMax);
    // oxlint-disable-next-line no-await-in-loop -- one run at a time bounds memory
    const results = await runRows(session, columns, from, to);
    parts.push(results.scores);
    const words = labelName === undefined ? undefined : results.outputs[labelName]?.data;
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

/**
 * One run over the rows [from, to): its scores as float64, which holds every float32 as it is, and the outputs that
 * were `fetched` (all, unless said). Throws `unsupported`, in words of ours, when the file fails on these rows.
 */
export async function runRows(
  session: InferenceSession,
  columns: FeatureColumns,
  from: number,
  to: number,
  fetched: readonly string[] = session.outputNames,
): Promise<{ readonly scores: Float64Array; readonly outputs: Readonly<Record<string, Tensor>> }> {
  const { feeds, unanswerable } = feedRows(session, columns, from, to);
  const outputs = await session.run(feeds, [...fetched]).catch((cause: unknown) => {
    throw new PerennialError('unsupported', `The model cannot answer these rows: ${sayRuntimeProblem(cause)}.`, {
      cause,
    });
  });
  const scoreName = fetched[0] ?? '';
  const data = outputs[scoreName]?.data;
  if (!(data instanceof Float32Array || data instanceof Float64Array))
    throw new PerennialError('unsupported', `output "${scoreName}" is not a FLOAT or DOUBLE tensor`);
  const scores = new Float64Array(data);
  const width = scores.length / (to - from);
  for (const row of unanswerable) scores.fill(NaN, row * width, (row + 1) * width);
  return { scores, outputs };
}
