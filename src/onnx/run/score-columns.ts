import type { Signature } from '../../domain/spec/signature.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import type { InferenceSession } from 'onnxruntime-node';
import type { FeatureColumns } from './columns.ts';
import { classesIn } from '../graphs/metadata.ts';
import { runModel, type LoadedModel } from './run-model.ts';

/** Scores row-major, rows × classes of `signature` (1 for regression), straight from the file's own column order. */
export async function scoreColumns(
  session: InferenceSession,
  signature: Signature,
  columns: FeatureColumns,
): Promise<Float64Array> {
  const { scores } = await runModel(session, columns);
  const expected = columns.rows * taskOf(signature.task).scoreCount(signature.classes);
  if (scores.length !== expected)
    throw new RangeError(`the model gave ${scores.length} scores where ${expected} were expected`);
  return scores;
}

/**
 * As `scoreColumns`, for a model of another spec revision: its classes are put in the order of `signature`; a class
 * that it does not know has probability 0. Null when its answers are of another kind (classes against a value, other
 * labels).
 */
export async function scoreForeign(
  model: LoadedModel,
  signature: Signature,
  columns: FeatureColumns,
): Promise<Float64Array | null> {
  const { scores, outputs } = await runModel(model.session, columns);
  const { classes } = signature;
  const own = classesIn(model.metadata) ?? (outputs === taskOf(signature.task).scoreCount(classes) ? classes : []);
  if (classes.length === 0) return own.length === 0 ? scores : null;
  if (!classes.some((name) => own.includes(name))) return null;
  const out = new Float64Array(columns.rows * classes.length);
  for (const [to, name] of classes.entries()) {
    const from = own.indexOf(name);
    if (from < 0) continue;
    for (let row = 0; row < columns.rows; row++) out[row * classes.length + to] = scores[row * outputs + from] ?? 0;
  }
  return out;
}
