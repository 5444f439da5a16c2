import type { RetrainSpec } from '../../spec/parts/retrain-spec.ts';
import { sayCount, sayMany, sayNumber } from '../../words/say.ts';

/** Null when the trigger is off or does not apply. */
export type Finding = { readonly fired: boolean; readonly text: string } | null;

/** What triggers by the number of labels ask of the facts. */
export interface LabelFacts {
  readonly lastTraining: { readonly labelledRows: number } | null;
  readonly labelledRows: number;
  readonly changedAtLabelledRows?: number | null;
  readonly isImmature?: boolean;
}

/** All rows say little of a world that has just changed: what counts is how many there are of the new one. */
export function byFollowUp({ followUpRowsMax }: Pick<RetrainSpec, 'followUpRowsMax'>, facts: LabelFacts): Finding {
  const { changedAtLabelledRows = null, lastTraining, labelledRows, isImmature } = facts;
  if (followUpRowsMax === undefined || changedAtLabelledRows === null || lastTraining === null) return null;
  const then = Math.max(1, lastTraining.labelledRows - changedAtLabelledRows);
  const now = labelledRows - changedAtLabelledRows;
  if (now > followUpRowsMax) return null;
  const text =
    `labelled rows since the last change have grown from ${sayCount(then)} to ${sayCount(now)} ` +
    `(twice is ${sayCount(2 * then)})`;
  return whenMature(now >= 2 * then, text, isImmature);
}

export function byGrowth({ growthFactor }: Pick<RetrainSpec, 'growthFactor'>, facts: LabelFacts): Finding {
  const { lastTraining, labelledRows, isImmature } = facts;
  if (growthFactor === null || lastTraining === null) return null;
  const asked = Math.ceil(lastTraining.labelledRows * growthFactor);
  // Nothing to grow from: new labels are the business of the trigger of that name.
  if (lastTraining.labelledRows <= 0)
    return { fired: false, text: 'the last training had no labelled rows to grow from' };
  const text =
    `labelled rows have grown from ${sayCount(lastTraining.labelledRows)} to ${sayCount(labelledRows)} ` +
    `(${sayNumber(growthFactor)} times is ${sayCount(asked)})`;
  return whenMature(labelledRows >= asked, text, isImmature);
}

export function byNewLabels({ newLabelledRows }: Pick<RetrainSpec, 'newLabelledRows'>, facts: LabelFacts): Finding {
  const { lastTraining, labelledRows, isImmature } = facts;
  if (newLabelledRows === null || lastTraining === null) return null;
  const fresh = labelledRows - lastTraining.labelledRows;
  const text = `${sayCount(fresh)} of ${sayMany(newLabelledRows, 'new labelled row')} are in`;
  return whenMature(fresh >= newLabelledRows, text, isImmature);
}

/** A training for the sake of labels that it will not get would only use up the budget. */
function whenMature(hasEnough: boolean, text: string, isImmature = false): Finding {
  return hasEnough && isImmature
    ? { fired: false, text: `${text}, but no row is mature yet` }
    : { fired: hasEnough, text };
}
