import { isText } from '../../src/domain/features/kind-of.ts';
import { answerRows } from '../../src/answering/answer.ts';
import { readCorrection } from '../../src/answering/read-correction.ts';
import { estimateQuality } from '../../src/domain/metrics/estimate-quality.ts';
import { amountColumns, gainsOf, type Gains } from '../../src/domain/metrics/gains.ts';
import { signatureOf } from '../../src/domain/spec/signature.ts';
import { classesOf, scoreCountOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import {
  differenceOf,
  realisedOf,
  valueRowsOf,
  windowsToRevisit,
  type GivenAnswers,
} from '../../src/domain/watch/window-quality.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { findVersion, type VersionRow } from '../../src/db/models/versions.ts';
import {
  answersOf,
  countStretch,
  inputsAt,
  type AmountSlots,
  type MeasuredAnswer,
  type Stretch,
} from '../../src/db/traffic/read/stretch.ts';
import { firstChampionOf, putWindowQuality, stretchesOf } from '../../src/db/watching/window-quality.ts';
import { loadModel, type LoadedModel } from '../../src/onnx/run/run-model.ts';
import { scoreForeign } from '../../src/onnx/run/score-columns.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { loggedColumns } from '../guard/logged-columns.ts';

/** Rows of a window that are looked at; of a larger one evenly spread blocks. */
const rowsMax = 2_000;
/** Labelled rows of a window on which the first champion is asked too: those with the lowest hash of their id. */
const comparedMax = 500;
const modelsCachedMax = 8;
const specsCachedMax = 500;

export interface QualityMeasurer {
  /** Measures the window that was judged, and earlier ones that have more labels now. */
  measure(judged: { readonly model: string; readonly number: number }, spec: ModelSpec): Promise<void>;
}

/**
 * Fills `window_quality`: how good the answers turned out, were expected to be, and would have been without any
 * retraining.
 */
export function createQualityMeasurer({
  database,
  store,
}: Pick<ActivityDependencies, 'database' | 'store'>): QualityMeasurer {
  const { db } = database;
  const models = new Map<string, Promise<LoadedModel>>();
  const specs = new Map<string, Promise<ModelSpec>>();

  async function measure(
    { model, number }: { readonly model: string; readonly number: number },
    spec: ModelSpec,
  ): Promise<void> {
    const firstVersion = await firstChampionOf(db, model);
    const first = firstVersion === null ? null : await findVersion(db, model, firstVersion);
    for (const stretch of await stretchesOf(db, model, number, windowsToRevisit(number), rowsMax)) {
      const { labelledRows, revisions } = await countStretch(db, model, stretch, number);
      if (stretch.labelledRows === labelledRows) continue;
      await measureOne(model, stretch, number, spec, first, revisions);
    }
  }

  async function measureOne(
    model: string,
    stretch: Stretch,
    throughWindow: number,
    spec: ModelSpec,
    first: VersionRow | null,
    revisions: readonly number[],
  ): Promise<void> {
    const { hasClasses, labels, scoreCount } = taskOf(spec.target.task);
    const classes = classesOf(spec.target);
    const width = scoreCount(classes);
    const amounts = await amountSlots(model, spec, revisions);
    const found = await answersOf(db, model, stretch, { throughWindow, firstVersion: first?.version ?? null, amounts });
    const answers = found.filter(
      (row) => row.scores.length === width && (!hasClasses || classes.includes(row.decision ?? '')),
    );
    const labelled = answers.filter((row) => labels.numberOf(row.label, classes) !== null);
    const compared = labelled.length <= comparedMax ? labelled : sampleOf(labelled);
    const given = givenOf(spec, compared);
    const firstAnswers =
      first === null || compared.length === 0 ? null : await answersOfFirst(model, spec, first, compared, given);
    const ours = valueRowsOf(given);
    const theirs = firstAnswers === null ? null : valueRowsOf(firstAnswers);
    const difference = ours === null || theirs === null ? null : differenceOf(ours, theirs);
    const sum = (values: Float64Array | null): number | null =>
      values?.reduce((total, value) => total + value, 0) ?? null;
    await putWindowQuality(db, {
      model,
      windowNumber: stretch.number,
      rows: answers.length,
      labelledRows: labelled.length,
      realised: labelled.length === 0 ? null : realisedOf(givenOf(spec, labelled)),
      estimated: answers.length === 0 || !hasClasses ? null : estimatedOf(spec, answers),
      firstVersion: firstAnswers === null ? null : (first?.version ?? null),
      comparedRows: firstAnswers === null ? 0 : compared.length,
      value: compared.length === 0 ? null : sum(ours),
      firstValue: sum(theirs),
      differenceVariance: difference?.variance ?? null,
      firstRealised: firstAnswers === null ? null : realisedOf(firstAnswers),
    });
  }

  /**
   * What the first champion, as it was released, would have answered to the same rows. Null when it answers another
   * question.
   */
  async function answersOfFirst(
    model: string,
    spec: ModelSpec,
    first: VersionRow,
    rows: readonly MeasuredAnswer[],
    given: GivenAnswers,
  ): Promise<GivenAnswers | null> {
    const classes = classesOf(spec.target);
    const width = scoreCountOf(spec.target);
    const raw = new Map(
      rows.filter((row) => row.firstRaw?.length === width).map((row) => [row.seq, row.firstRaw ?? []]),
    );
    const unasked = rows.filter((row) => !raw.has(row.seq)).map((row) => row.seq);
    if (unasked.length > 0) {
      const inputs = await inputsAt(db, model, unasked);
      const columns = await loggedColumns(inputs, (revision) => specOf(model, revision));
      const scored = await scoreForeign(await modelOf(first.modelDigest), signatureOf(spec), columns);
      if (scored === null) return null;
      inputs.forEach(({ seq }, i) => raw.set(seq, Array.from(scored.subarray(i * width, (i + 1) * width))));
    }
    const answered = answerRows(
      {
        question: { task: spec.target.task, classes },
        threshold: first.threshold,
        correction: await readCorrection(first.correction, (digest) => store.readBytes(digest)),
      },
      rows.flatMap(({ seq }) => raw.get(seq) ?? []),
    );
    return { ...given, ...answered };
  }

  /** For each amount of the value declaration, where it stands under each revision. */
  async function amountSlots(
    model: string,
    spec: ModelSpec,
    revisions: readonly number[],
  ): Promise<readonly AmountSlots[]> {
    const slots = amountColumns(spec.value).map(() => new Map<number, number>());
    if (slots.length === 0) return [];
    for (const revision of revisions) {
      const { columns } = signatureOf(await specOf(model, revision));
      for (const [i, name] of amountColumns(spec.value).entries()) {
        const column = columns.find((candidate) => candidate.name === name && !isText(candidate));
        if (column !== undefined) slots[i]?.set(revision, column.slot);
      }
    }
    return slots;
  }

  function specOf(model: string, revision: number): Promise<ModelSpec> {
    return cached(
      specs,
      `${model}/${revision}`,
      specsCachedMax,
      async () => (await readSpecRevision(db, model, revision)).spec,
      () => undefined,
    );
  }

  function modelOf(digest: string): Promise<LoadedModel> {
    return cached(
      models,
      digest,
      modelsCachedMax,
      async () => loadModel(await store.pathOf(digest)),
      (old) => void old.then(({ session }) => session.release()).catch(() => undefined),
    );
  }

  return { measure };
}

/** The rows with the lowest hash, in time order: the same ones whenever they are drawn. */
function sampleOf(rows: readonly MeasuredAnswer[]): readonly MeasuredAnswer[] {
  return rows
    .toSorted((a, b) => (a.hash < b.hash ? -1 : 1))
    .slice(0, comparedMax)
    .toSorted((a, b) => a.seq - b.seq);
}

function givenOf(spec: ModelSpec, rows: readonly MeasuredAnswer[]): GivenAnswers {
  const { task } = spec.target;
  const classes = classesOf(spec.target);
  const labels = Float64Array.from(rows, (row) => taskOf(task).labels.numberOf(row.label, classes) ?? Number.NaN);
  return {
    task,
    classes,
    labels,
    scores: Float64Array.from(rows.flatMap((row) => row.scores)),
    decisions: Uint32Array.from(rows, (row) => Math.max(0, classes.indexOf(row.decision ?? ''))),
    gains: gainsWhen(spec, labels, rows),
  };
}

function gainsWhen(spec: ModelSpec, labels: Float64Array, rows: readonly MeasuredAnswer[]): Gains | null {
  if (spec.value === null || !taskOf(spec.target.task).hasPositive) return null;
  const names = amountColumns(spec.value);
  return gainsOf(spec.value, labels, (name) => rows.map((row) => row.amounts[names.indexOf(name)] ?? Number.NaN));
}

function estimatedOf(spec: ModelSpec, rows: readonly MeasuredAnswer[]): Readonly<Record<string, number>> {
  const classes = classesOf(spec.target);
  const ifPositive = gainsWhen(spec, new Float64Array(rows.length).fill(1), rows);
  const ifNegative = gainsWhen(spec, new Float64Array(rows.length), rows);
  return estimateQuality({
    classCount: classes.length,
    scores: rows.flatMap((row) => row.scores),
    decisions: rows.map((row) => Math.max(0, classes.indexOf(row.decision ?? ''))),
    gains: ifPositive === null || ifNegative === null ? null : { ifPositive, ifNegative },
  });
}

/**
 * The value under a key, made once; the one that was made first leaves when there are too many, a failed one at once.
 */
function cached<T>(
  known: Map<string, Promise<T>>,
  key: string,
  max: number,
  make: () => Promise<T>,
  drop: (old: Promise<T>) => void,
): Promise<T> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  for (const [oldest, old] of known) {
    if (known.size <= max) break;
    known.delete(oldest);
    drop(old);
  }
  return made;
}
