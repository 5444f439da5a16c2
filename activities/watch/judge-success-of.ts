import type { Db } from '../../src/db/base/connect.ts';
import { answersOf, countStretch } from '../../src/db/traffic/read/stretch.ts';
import { latestRowsFrom } from '../../src/db/traffic/read/window-rows.ts';
import { judgedCriterion, successRowsOf } from '../../src/domain/spec/gates/success-criterion.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import { judgeSuccess, type SuccessJudgement } from '../../src/domain/watch/judge-success.ts';
import { amountSlots } from './amount-slots.ts';
import type { SpecOf } from './ask-first-champion.ts';
import { givenOf } from './given-answers.ts';

export interface SuccessAsked {
  readonly model: string;
  readonly window: number;
  /** Labels of later rows have not come as far as they will. */
  readonly matureSeq: number;
}

/** The declared criterion of success on the latest mature answers; null where it is words. Law: at most 5,000 rows. */
export async function judgeSuccessOf(
  db: Db,
  spec: ModelSpec,
  specOf: SpecOf,
  { model, window, matureSeq }: SuccessAsked,
): Promise<SuccessJudgement | null> {
  const criterion = judgedCriterion(spec.about);
  if (criterion === null) return null;
  const low = await latestRowsFrom(db, model, matureSeq, successRowsOf(criterion, spec.watch));
  const stretch = { number: window, blocks: [{ low, high: matureSeq }] };
  const { revisions } = await countStretch(db, model, stretch, window);
  const amounts = await amountSlots(specOf, model, spec, revisions);
  const answers = await answersOf(db, model, stretch, { throughWindow: window, firstVersion: null, amounts });
  const { hasClasses, labels, scoreCount } = taskOf(spec.target.task);
  const classes = classesOf(spec.target);
  // Answers of another definition, with other classes, say nothing about this one.
  const own = answers.filter(
    ({ scores, decision }) =>
      scores.length === scoreCount(classes) && (!hasClasses || classes.includes(decision ?? '')),
  );
  const labelled = own.filter((row) => labels.numberOf(row.label, classes) !== null);
  return judgeSuccess(criterion, {
    labelled: { ...givenOf(spec, labelled), threshold: null },
    rows: own.length,
    throughSeq: matureSeq,
  });
}
