import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rootDir } from '../config.ts';
import { signatureOf } from '../domain/spec/signature.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import { scoreCountOf, taskOf } from '../domain/tasks/task-of.ts';
import { encodeColumn, preprocessingFrom } from '../onnx/graphs/preprocessing.ts';
import { askPython } from './ask-python.ts';
import type { TrafficTable } from './traffic-table.ts';
import { fixedIntervalRows, type Effort, type Served, type YardstickPlan } from './yardsticks.ts';

/** Learners of Python's libraries, by the names that src/replay/yardsticks.py knows them by. */
export const pythonLearners = ['rollingLightgbm', 'adaptiveForest'] as const;
export type PythonLearner = (typeof pythonLearners)[number];

/** What a learner of Python made of the rows, or a sentence why it made nothing. */
export type PythonYardstick = (Served & Effort & { readonly library: string }) | { readonly missing: string };

export interface PythonPlan extends YardstickPlan {
  /** The program, or its path. */
  readonly python: string;
  /** Emptied before and after. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** It ships as it is: Python reads it from where our sources lie. */
export const pythonScript = path.join(rootDir, 'src', 'replay', 'yardsticks.py');
/** Of each learner: river takes about two milliseconds a row. */
export const pythonMinutesMax = 10;
const seed = 7;
/** Rare texts of a column with more than so many share a code. */
const codesMax = 10_000;

/** The learner with a window: as often as the yardstick with fixed intervals, from as many rows as history has. */
export function rollingPlanOf(
  spec: ModelSpec,
  fromRow: number,
): { readonly everyRows: number; readonly windowRows: number } {
  return { everyRows: fixedIntervalRows(spec), windowRows: fromRow };
}

/**
 * Answers the live rows by learners of Python, one after the other: each row before its label, and each label known
 * `labelDelayRows` rows later. They get the columns as the models of the platform see them, without names. Whatever
 * fails is told as a sentence; nothing throws for a library that is not there.
 */
export async function pythonYardsticks(
  spec: ModelSpec,
  table: TrafficTable,
  plan: PythonPlan,
): Promise<Readonly<Record<PythonLearner, PythonYardstick>>> {
  try {
    const isWritten = await writeQuestion(spec, table, plan).then(
      () => true,
      () => false,
    );
    const unwritten = { missing: `its rows could not be written to ${plan.folder}` };
    if (!isWritten) return { rollingLightgbm: unwritten, adaptiveForest: unwritten };
    const rollingLightgbm = await answerOf('rollingLightgbm', spec, table, plan);
    const adaptiveForest = await answerOf('adaptiveForest', spec, table, plan);
    return { rollingLightgbm, adaptiveForest };
  } finally {
    // What cannot be removed is removed when it is asked for again.
    await rm(plan.folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function writeQuestion(
  spec: ModelSpec,
  table: TrafficTable,
  { folder, fromRow, labelDelayRows }: PythonPlan,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const rows = table.rows.length;
  const { encodings } = preprocessingFrom(signatureOf(spec), table.columns, { from: 0, to: rows }, { codesMax });
  const columns = new Float32Array(encodings.length * rows);
  encodings.forEach((encoding, at) => columns.set(encodeColumn(encoding, table.columns, 0, rows), at * rows));
  const question = {
    historyRows: fromRow,
    liveRows: rows - fromRow,
    labelDelayRows,
    ...rollingPlanOf(spec, fromRow),
    width: scoreCountOf(spec.target),
    categories: encodings.flatMap(({ form }, at) => (form === 'code' ? [at] : [])),
    seed,
  };
  await writeFile(path.join(folder, 'columns.f32'), new Uint8Array(columns.buffer));
  await writeFile(path.join(folder, 'labels.f64'), new Uint8Array(Float64Array.from(table.labels).buffer));
  await writeFile(path.join(folder, 'question.json'), JSON.stringify(question));
}

async function answerOf(
  learner: PythonLearner,
  spec: ModelSpec,
  table: TrafficTable,
  { python, folder, fromRow, signal, onProgress }: PythonPlan,
): Promise<PythonYardstick> {
  const liveRows = table.rows.length - fromRow;
  const told = await askPython({
    python,
    args: [pythonScript, folder, learner],
    limitMs: pythonMinutesMax * 60_000,
    signal,
    onProgress: (done) => onProgress(`${pythonWords[learner]}, ${done} of ${liveRows} rows`),
  });
  if ('missing' in told) return told;
  const scores = await readScores(path.join(folder, `${learner}.f64`), liveRows * scoreCountOf(spec.target));
  if (scores === null || !areScores(spec, scores)) return { missing: 'what it answered are no scores of these rows' };
  return { scores, thresholds: new Float64Array(liveRows).fill(Number.NaN), ...told };
}

/** What each is, in the words of a report. */
export const pythonWords: Readonly<Record<PythonLearner, string>> = {
  rollingLightgbm: 'LightGBM on a rolling window',
  adaptiveForest: 'adaptive random forest (river)',
};

async function readScores(file: string, count: number): Promise<Float64Array | null> {
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null || bytes.byteLength !== count * Float64Array.BYTES_PER_ELEMENT) return null;
  return new Float64Array(Uint8Array.from(bytes).buffer);
}

function areScores(spec: ModelSpec, scores: Float64Array): boolean {
  const { hasClasses } = taskOf(spec.target.task);
  return scores.every((score) => Number.isFinite(score) && (!hasClasses || (score >= 0 && score <= 1)));
}
