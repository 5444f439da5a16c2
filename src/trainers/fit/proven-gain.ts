import { blockMeans, momentsOf, type MeanEstimate } from '../../statistics/samples/paired.ts';
import type { RowRange } from '../interface.ts';
import { lossesOn, type Answers, type Asked } from './losses-on.ts';

/** Neighbouring rows err alike: their means over so many stretches say how much a mean of all may be luck. */
const blocks = 10;
/** In standard errors; at one, tables in which nothing changes are aged as well. */
const errorsMin = 2;

/**
 * Whether `model` errs less than `other` on the validation rows by more than luck: by at least two standard errors of
 * the mean difference of their losses (log loss, squared error, or what the trainer is declared to minimise), by the
 * spread of ten block means. Rows count by their weights. False for fewer rows than blocks.
 */
export function isProvenBetter(asked: Asked, model: Answers, other: Answers, validation: RowRange): boolean {
  const own = lossesOn(asked, model, validation);
  return isGainProven(lossesOn(asked, other, validation).map((loss, row) => loss - (own[row] ?? 0)));
}

/** The same of what each row gains, in the order of time. */
export function isGainProven(gains: Float64Array): boolean {
  const gain = meanOverBlocks(gains);
  return gain !== null && gain.mean > errorsMin * gain.standardError;
}

/**
 * The mean of rows in the order of time, and its error by the spread of ten block means; rows behind the last whole
 * block are left out. Null for fewer rows than blocks.
 */
export function meanOverBlocks(values: ArrayLike<number>): MeanEstimate | null {
  if (values.length < blocks) return null;
  const means = blockMeans(values, Math.floor(values.length / blocks));
  const { mean, variance } = momentsOf(means);
  return { mean, standardError: Math.sqrt(variance / means.length), df: means.length - 1 };
}

/** Share of the loss of the prior that a model takes away on these rows; below 0 where it adds to it. */
export function explainedShare(asked: Asked, model: Answers, prior: Answers, range: RowRange): number {
  const sumOf = (answers: Answers): number => lossesOn(asked, answers, range).reduce((sum, loss) => sum + loss, 0);
  const known = sumOf(prior);
  return known > 0 ? 1 - sumOf(model) / known : 0;
}
