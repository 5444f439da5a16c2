import { kindOf } from '../../domain/features/kind-of.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ForeignFindings, ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { columnOf, columnsOf, missingColumn, type FeatureColumn, type FeatureColumns } from '../run/columns.ts';
import type { ForeignPlan } from './plan-foreign.ts';
import { runModel, type LoadedModel } from '../run/run-model.ts';
import type { ForeignHead } from './wrap-foreign.ts';
import { cut } from '../../domain/words/cut.ts';

export const probeRows = 64;
/** Sums of float32 probabilities stay within this of 1. */
const sumTolerance = 1e-3;

/** Rows to try a model on: of the sample where there is one, else spread numbers and the declared categories. */
export function probeColumns(plan: ForeignPlan, sample: FeatureColumns | null): FeatureColumns {
  const features = plan.inputs.flatMap((input) => input.columns);
  const rows = sample === null || sample.rows === 0 ? probeRows : Math.min(sample.rows, probeRows);
  return columnsOf(
    rows,
    features.map((feature, index): FeatureColumn => {
      const given = sample?.byName.get(feature.name);
      if (given !== undefined)
        return 'texts' in given
          ? { ...given, texts: given.texts.slice(0, rows) }
          : { ...given, numbers: given.numbers.subarray(0, rows) };
      const values = feature.values ?? ['a', 'b', 'c'];
      const isWhole = feature.integer === true || !kindOf(feature.kind).isQuantity;
      return columnOf(
        feature,
        () => Array.from({ length: rows }, (_, row) => values[(row + index) % values.length] ?? null),
        () => Float64Array.from({ length: rows }, (_, row) => (isWhole ? (row + index) % 2 : spread(row, index))),
      );
    }),
  );
}

/**
 * Numbers of many sizes, the same at every import: golden-ratio steps over -2..2, and now and then a hundred times
 * that.
 */
function spread(row: number, column: number): number {
  const share = ((row + 1) * 0.618_033_988_749_895 + column * 0.414_213_562_373_095) % 1;
  return (share * 4 - 2) * (row % 8 === 7 ? 100 : 1);
}

/** Runs the model; what it throws becomes one sentence. */
export async function tryRows(
  loaded: LoadedModel,
  rows: FeatureColumns,
  what: string,
): Promise<{ readonly scores: Float64Array; readonly width: number }> {
  try {
    const { scores, outputs } = await runModel(loaded.session, rows);
    if (!Number.isInteger(outputs) || outputs < 1)
      throw new RangeError(`it gave ${scores.length} scores for ${rows.rows} rows`);
    return { scores, width: outputs };
  } catch (cause) {
    const reason = cut((cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' '), 300);
    throw new PerennialError('unsupported', `The model fails on ${what}: ${reason}`, {
      path: 'model',
      hint: 'Check that it takes rows of this form; name categories and kinds in --signature, or give a --data sample.',
      cause,
    });
  }
}

/** What the raw scores mean: by the signature, else by the file, else by how they look on the probes. */
export function headOf(
  plan: ForeignPlan,
  signature: ForeignSignature,
  probed: { readonly scores: Float64Array; readonly width: number },
  notes: string[],
): ForeignHead {
  const { width } = probed;
  const said = signature.output ?? {};
  if (!isClassifier(plan, said, width)) return valueHead(said, width, notes);
  const fileClasses = fileClassesOf(plan, said, width);
  const task = said.task ?? (fileClasses.length === 2 ? 'binary' : 'multiclass');
  const { hasPositive } = taskOf(task);
  if (hasPositive && fileClasses.length !== 2)
    throw refused(
      `gives ${width} scores per row, which are not two classes`,
      'Say {"output": {"task": "multiclass"}}.',
    );
  const form = formOf(plan, said, probed);
  const positive = said.positive ?? fileClasses[1] ?? '1';
  if (hasPositive && !fileClasses.includes(positive))
    throw refused(
      `has no class "${positive}" among ${fileClasses.map((name) => `"${name}"`).join(', ')}`,
      'Correct output.positive in the signature.',
    );
  const classes = hasPositive ? [...fileClasses.filter((name) => name !== positive), positive] : fileClasses;
  if (said.task === undefined) notes.push(`task: ${task}`);
  if (said.classes === undefined) {
    const which = hasPositive && said.positive === undefined ? ` (positive: ${positive})` : '';
    notes.push(`classes: ${classes.slice(0, 12).join(', ')}${which}`);
  }
  if (said.scores === undefined) notes.push(`scores: ${form}`);
  return { task, fileClasses, classes, form, width };
}

type Said = NonNullable<ForeignSignature['output']>;

function isClassifier(plan: ForeignPlan, said: Said, width: number): boolean {
  if (said.task !== undefined) return taskOf(said.task).hasClasses;
  return (
    width > 1 ||
    said.classes !== undefined ||
    said.scores !== undefined ||
    plan.isEndedByProbabilities ||
    plan.labels.length === 2
  );
}

function valueHead(said: Said, width: number, notes: string[]): ForeignHead {
  if (width !== 1)
    throw refused(
      `gives ${width} scores per row, which is no single value`,
      'Say what they are: {"output": {"task": "multiclass"}}.',
    );
  if (said.task === undefined)
    notes.push('task: regression, as the file gives one number and nothing says that it is a probability');
  return { task: said.task ?? 'regression', fileClasses: [], classes: [], form: 'probabilities', width };
}

/** One class per column, in the order of the file; a single column stands for two. */
function fileClassesOf(plan: ForeignPlan, said: Said, width: number): readonly string[] {
  const count = Math.max(2, width);
  const fileClasses =
    said.classes ??
    (plan.labels.length === count ? plan.labels : Array.from({ length: count }, (_, index) => String(index)));
  if (fileClasses.length !== count)
    throw refused(
      `gives ${width} ${width === 1 ? 'score' : 'scores'} per row, ` +
        `and the signature names ${fileClasses.length} classes`,
      'Name one class per column, in the order of the file.',
    );
  return fileClasses;
}

function formOf(
  plan: ForeignPlan,
  said: Said,
  { scores, width }: { readonly scores: Float64Array; readonly width: number },
): ForeignHead['form'] {
  const isLike = isProbabilityLike(scores, width);
  const isProbable = isLike || (width === 1 && plan.isEndedByProbabilities);
  const form = said.scores ?? (isProbable ? 'probabilities' : 'logits');
  if (form === 'probabilities' && !isLike)
    throw refused('gives scores that are no probabilities', 'Say {"output": {"scores": "logits"}}.');
  return form;
}

function isProbabilityLike(scores: Float64Array, width: number): boolean {
  let seen = 0;
  for (let at = 0; at + width <= scores.length; at += width) {
    const row = scores.subarray(at, at + width);
    if (!row.every(Number.isFinite)) continue;
    seen += 1;
    if (row.some((score) => score < -sumTolerance || score > 1 + sumTolerance)) return false;
    if (width > 1 && Math.abs(row.reduce((sum, score) => sum + score, 0) - 1) > sumTolerance) return false;
  }
  return seen > 0;
}

/**
 * Which features may be missing: those without which the wrapped model still gives a finite answer. A row in which all
 * are missing must not throw, because that is how serving warms a model up.
 */
export async function missingPolicies(
  loaded: LoadedModel,
  plan: ForeignPlan,
  probes: FeatureColumns,
): Promise<ForeignFindings['features']> {
  const features = plan.inputs.flatMap((input) => input.columns);
  await tryRows(
    loaded,
    columnsOf(
      2,
      features.map(({ name, kind }) => missingColumn(name, kind, 2)),
    ),
    'a row in which everything is missing',
  );
  const result: ForeignFindings['features'][number][] = [];
  for (const feature of features) {
    const without = columnsOf(
      probes.rows,
      [...probes.byName.values()].map((column) =>
        column.name === feature.name ? missingColumn(column.name, column.kind, probes.rows) : column,
      ),
    );
    // oxlint-disable-next-line no-await-in-loop -- a session runs one batch at a time anyway
    const scored = await tryRows(loaded, without, `rows without "${feature.name}"`).catch(() => null);
    const canCope = feature.integer !== true && scored !== null && scored.scores.every(Number.isFinite);
    result.push({ ...feature, missing: canCope ? 'allow' : 'refuse' });
  }
  return result;
}

function refused(what: string, hint: string): PerennialError {
  return new PerennialError('unsupported', `The model ${what}.`, { path: 'model', hint });
}
