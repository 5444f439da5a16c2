import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { differenceOf, realisedOf, valueRowsOf, windowsToRevisit } from '../../src/domain/watch/window-quality.ts';
import { findVersion, type VersionRow } from '../../src/db/models/versions.ts';
import { countStretch, type MeasuredAnswer, type Stretch } from '../../src/db/traffic/read/stretch.ts';
import { statedEstimates } from '../../src/db/watching/window-estimates.ts';
import { putWindowQuality } from '../../src/db/watching/put-window-quality.ts';
import {
  firstChampionOf,
  maturedWindows,
  stretchesOf,
  type WindowQualityRow,
} from '../../src/db/watching/window-quality.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { createAnswersReader, type AnswersReader } from './answers-reader.ts';
import { createFirstChampion, type SpecOf } from './ask-first-champion.ts';
import { estimatedOf, givenOf } from './given-answers.ts';
import type { LeasedWrite } from './leased-write.ts';
import { createSpecReader } from './spec-reader.ts';

/** Rows of a window that are looked at; of a larger one evenly spread blocks. */
export const measuredRowsMax = 2_000;
/** Labelled rows of a window on which the first champion is asked too: those with the lowest hash of their id. */
const comparedMax = 500;

export interface QualityMeasurer {
  /**
   * Counts the labels of the window that was judged, and measures earlier ones that are mature by then: whose rows all
   * stand at or before `matureSeq`.
   */
  measure(
    judged: { readonly model: string; readonly number: number; readonly matureSeq: number },
    spec: ModelSpec,
    write: LeasedWrite,
    answersOf?: AnswersReader,
  ): Promise<void>;
}

/**
 * Fills `window_quality`: how good the answers turned out, were expected to be, and would have been without any
 * retraining. A window of which a row still waits for the slowest labels has no realised figure: those that come soon
 * are not like the rest.
 */
export function createQualityMeasurer(
  deps: Pick<ActivityDependencies, 'database' | 'store'>,
  specOf: SpecOf = createSpecReader(deps.database.db),
): QualityMeasurer {
  const { db } = deps.database;
  const firstChampion = createFirstChampion(deps, specOf);

  async function measure(
    { model, number, matureSeq }: Parameters<QualityMeasurer['measure']>[0],
    spec: ModelSpec,
    write: LeasedWrite,
    answersOf: AnswersReader = createAnswersReader(db, spec, specOf, number),
  ): Promise<void> {
    const firstVersion = await firstChampionOf(db, model);
    const first = firstVersion === null ? null : await findVersion(db, model, firstVersion);
    const others = { again: windowsToRevisit(number), matured: await maturedWindows(db, model, matureSeq) };
    for (const stretch of await stretchesOf(db, model, number, others, measuredRowsMax)) {
      const { labelledRows, revisions } = await countStretch(db, model, stretch, number);
      const isMature = stretch.lastSeq <= matureSeq;
      const isRealised = isMature && labelledRows > 0;
      if (stretch.labelledRows === labelledRows && stretch.isRealised === isRealised) continue;
      const found = await answersOf(stretch, revisions);
      const row = await measureOne(model, { number: stretch.number, isMature }, spec, first, found);
      await write((tx) => putWindowQuality(tx, row));
    }
  }

  async function measureOne(
    model: string,
    stretch: Pick<Stretch, 'number'> & { readonly isMature: boolean },
    spec: ModelSpec,
    first: VersionRow | null,
    found: readonly MeasuredAnswer[],
  ): Promise<WindowQualityRow> {
    const { hasClasses, labels, scoreCount } = taskOf(spec.target.task);
    const classes = classesOf(spec.target);
    const width = scoreCount(classes);
    const answers = found.filter(
      (row) => row.scores.length === width && (!hasClasses || classes.includes(row.decision ?? '')),
    );
    const labelled = answers.filter((row) => labels.numberOf(row.label, classes) !== null);
    const judged = stretch.isMature ? labelled : [];
    const compared = judged.length <= comparedMax ? judged : sampleOf(judged);
    const given = givenOf(spec, compared);
    const firstAnswers =
      first === null || compared.length === 0
        ? null
        : await firstChampion.answersOf(model, spec, first, compared, given);
    const ours = valueRowsOf(given);
    const theirs = firstAnswers === null ? null : valueRowsOf(firstAnswers);
    const difference = ours === null || theirs === null ? null : differenceOf(ours, theirs);
    const sum = (values: Float64Array | null): number | null =>
      values?.reduce((total, value) => total + value, 0) ?? null;
    return {
      model,
      windowNumber: stretch.number,
      rows: answers.length,
      labelledRows: labelled.length,
      realised: judged.length === 0 ? null : realisedOf(givenOf(spec, judged)),
      estimated: answers.length === 0 ? null : await expectedOf(spec, stretch.number, answers),
      firstVersion: firstAnswers === null ? null : (first?.version ?? null),
      comparedRows: firstAnswers === null ? 0 : compared.length,
      value: compared.length === 0 ? null : sum(ours),
      firstValue: sum(theirs),
      differenceVariance: difference?.variance ?? null,
      firstRealised: firstAnswers === null ? null : realisedOf(firstAnswers),
    };
  }

  /** Of values it is what was said when the window closed: features are not read again. */
  async function expectedOf(spec: ModelSpec, window: number, answers: readonly MeasuredAnswer[]) {
    return taskOf(spec.target.task).hasClasses ? estimatedOf(spec, answers) : statedEstimates(db, spec.name, window);
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
