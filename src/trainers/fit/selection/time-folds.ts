import type { ModelSpec } from '../../../domain/spec/spec.ts';
import type { MeanEstimate } from '../../../statistics/samples/paired.ts';
import type { FittedModel, RowRange } from '../../interface.ts';
import { gapBefore } from '../../prepare/split-by-time.ts';
import { fitAs } from '../../registry.ts';
import { stageOf, type FitContext, type Selected } from '../select-model.ts';

/** Blocks that the training rows are cut into; each but the oldest is asked of a fit on what is older. */
const blocks = 4;
/** A label delay may leave fewer rows than anything can be learnt from. */
const olderRowsMin = 40;

/** Rows, and a fit on rows that are older than all of them. */
export interface TimeFold {
  readonly name: string;
  readonly training: RowRange;
  readonly asked: RowRange;
}

export interface FittedFold extends TimeFold {
  readonly model: FittedModel;
}

/** At most three folds of the training rows, oldest first. The validation rows and the chosen fit are one more. */
export function timeFolds(
  { table }: FitContext,
  { from, to }: RowRange,
  labelDelay: ModelSpec['target']['labelDelay'],
): readonly TimeFold[] {
  const edgeOf = (block: number): number => from + Math.floor((block * (to - from)) / blocks);
  return Array.from({ length: blocks - 1 }, (_, at) => at + 1).flatMap((block) => {
    const asked = { from: edgeOf(block), to: edgeOf(block + 1) };
    const training = { from, to: asked.from - gapBefore(asked.from, table, labelDelay) };
    return training.to - training.from < olderRowsMin ? [] : [{ name: `fold-${block}`, training, asked }];
  });
}

/** A fit of the same settings, way and rounds as the chosen one, on other rows; `name` names its checkpoint. */
export function fitLike(
  context: FitContext,
  { model, way }: Selected,
  { name, training }: Pick<TimeFold, 'name' | 'training'>,
): Promise<FittedModel> {
  return fitAs(context.settings, stageOf(context, `features-${name}`, training, null, model.trees, way));
}

/** One estimate of all folds together: each counts by its rows. */
export function overFolds(estimates: readonly (MeanEstimate & { readonly rows: number })[]): MeanEstimate {
  const all = estimates.reduce((sum, { rows }) => sum + rows, 0);
  const sumOf = (term: (one: MeanEstimate, share: number) => number): number =>
    estimates.reduce((sum, one) => sum + term(one, one.rows / all), 0);
  return {
    mean: sumOf(({ mean }, share) => mean * share),
    standardError: Math.sqrt(sumOf(({ standardError }, share) => (standardError * share) ** 2)),
    df: sumOf(({ df }) => df),
  };
}
