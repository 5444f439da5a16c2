import type { OutlierLimits } from '../../domain/spec/spec.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import type { OwnSpec } from '../../domain/spec/trainer-spec.ts';
import type { Checkpoint, FitRequest, FittedModel, RowRange } from '../interface.ts';
import { dropOutliers, keptIn } from './drop-outliers.ts';
import { fitAs } from '../registry.ts';
import { rowWeights } from './row-weights.ts';
import { recentShare, type TrainingTable } from '../prepare/table.ts';

/** Shares of history that leave fewer rows than this are not tried: their validation loss is luck. */
const shareRowsMin = 40;
/** A refit sees more rows and may grow more trees, but only so many more: nothing stops it early. */
const treeGrowthMax = 1.2;

export interface FitContext {
  readonly signature: Signature;
  readonly table: TrainingTable;
  /** Beyond which numbers are outliers. */
  readonly limits: readonly OutlierLimits[];
  readonly settings: OwnSpec;
  /** Where the named stage keeps its checkpoint; null for none. */
  readonly checkpoint: (stage: string) => Checkpoint | null;
  readonly onProgress: (stage: string, done: number, of: number) => Promise<void>;
}

export interface Selected {
  readonly model: FittedModel;
  readonly historyShare: number;
  /** The rows that `model` was fitted on. */
  readonly fittedOn: RowRange;
}

/**
 * Fits on each declared share of the most recent training rows and keeps the one with the lowest validation loss; ties
 * go to more history.
 */
export async function selectModel(context: FitContext, training: RowRange, validation: RowRange): Promise<Selected> {
  const rows = training.to - training.from;
  const shares = [...new Set(context.settings.historyShares)].toSorted((a, b) => b - a);
  let best: Selected | null = null;
  for (const share of shares.length === 0 ? [1] : shares) {
    const fittedOn = recentShare(training, share);
    const learnt = Math.min(rows * share, keptIn(context.table.columns, fittedOn, context.limits));
    if (best !== null && learnt < shareRowsMin) continue;
    // oxlint-disable-next-line no-await-in-loop -- one fit at a time bounds memory
    const model = await fitAs(context.settings, stageOf(context, `history-${share}`, fittedOn, validation));
    if (best === null || (model.validationLoss ?? Infinity) < (best.model.validationLoss ?? Infinity))
      best = { model, historyShare: share, fittedOn };
  }
  if (best === null) throw new RangeError('no share of history was tried');
  return best;
}

/**
 * The selected configuration on the same share of all rows, as many trees as the extra rows deserve (at most 1.2
 * times).
 */
export async function refitModel(context: FitContext, selected: Selected, training: RowRange): Promise<Selected> {
  const fittedOn = recentShare({ from: 0, to: context.table.rows }, selected.historyShare);
  const growth = Math.min(treeGrowthMax, context.table.rows / Math.max(1, training.to - training.from));
  const trees = Math.round(selected.model.trees * Math.max(1, growth));
  const stage = stageOf(context, `refit-${selected.historyShare}`, fittedOn, null, trees);
  const model = await fitAs(context.settings, stage);
  return { model, historyShare: selected.historyShare, fittedOn };
}

/** What every fit of a training shares; the stage names its checkpoint. */
export function stageOf(
  context: FitContext,
  stage: string,
  training: RowRange,
  validation: RowRange | null,
  treesMax: number | null = null,
): Omit<FitRequest<unknown>, 'settings'> {
  const { signature, table, limits, settings } = context;
  const { columns, labels } = table;
  const weights = rowWeights(settings, table);
  return {
    signature,
    ...dropOutliers({ columns, labels, weights, training, validation }, limits),
    limits,
    treesMax,
    checkpoint: context.checkpoint(stage),
    onProgress: (done, of) => context.onProgress(stage, done, of),
  };
}
