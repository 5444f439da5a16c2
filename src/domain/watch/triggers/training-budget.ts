import type { TrainingBudget } from '../../spec/parts/retrain-spec.ts';
import { describeExtent, isRows, isUsedUp } from '../../words/extent.ts';
import { sayCount, sayMany, sayNumber } from '../../words/say.ts';

/** Where a training began, in rows that had been answered by then and in time. */
export interface TrainingAt {
  readonly atRows: number;
  readonly atMs: number;
}

/** Trainings that count against a budget, oldest first, and when the count began. */
export interface Budgeted {
  readonly since: TrainingAt;
  readonly trainings: readonly TrainingAt[];
}

export interface BudgetLeft {
  /** Trainings that the budget still has; one is begun from 1 on. */
  readonly left: number;
  /** `1 of 1 training per 2500 rows is left`. */
  readonly text: string;
}

/**
 * What is left of a budget after these trainings, which nobody asked for, oldest first. With `savedMax` it is a bucket
 * of tokens (as of traffic shaping): a model that was left alone for long can follow a change with several trainings,
 * and in the long run takes no more of them than without.
 */
export function budgetLeft(budget: TrainingBudget, budgeted: Budgeted, now: TrainingAt): BudgetLeft {
  const { runs, per, savedMax } = budget;
  const each = `${sayMany(runs, 'training')} per ${describeExtent(per)}`;
  if (savedMax === undefined) {
    const used = budgeted.trainings.filter((training) => !isUsedUp(per, elapsed(training, now))).length;
    return { left: Math.max(0, runs - used), text: `${sayCount(used)} of ${each} are used up` };
  }
  const left = tokensAt(budget, savedMax, budgeted, now);
  return {
    left,
    text:
      `${sayNumber(Math.floor(left * 10) / 10)} of at most ${sayMany(savedMax, 'saved-up training')} are left ` +
      `(${each} come in)`,
  };
}

/** Filled evenly, so that the answer does not jump at the end of some period. */
function tokensAt(
  { runs, per }: TrainingBudget,
  savedMax: number,
  { since, trainings }: Budgeted,
  now: TrainingAt,
): number {
  const gained = (from: TrainingAt, to: TrainingAt): number => {
    const { rows, ms } = elapsed(from, to);
    return runs * (isRows(per) ? rows / per.rows : ms / per.ms);
  };
  let tokens = runs;
  let last = since;
  for (const training of trainings) {
    // One that was begun by another rule than this budget takes what there is.
    tokens = Math.max(0, Math.min(savedMax, tokens + gained(last, training)) - 1);
    last = training;
  }
  return Math.min(savedMax, tokens + gained(last, now));
}

function elapsed(from: TrainingAt, to: TrainingAt): { readonly rows: number; readonly ms: number } {
  return { rows: Math.max(0, to.atRows - from.atRows), ms: Math.max(0, to.atMs - from.atMs) };
}
