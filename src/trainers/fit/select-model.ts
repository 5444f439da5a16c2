import type { OutlierLimits } from '../../domain/spec/spec.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import type { OwnSpec } from '../../domain/spec/trainer-spec.ts';
import type { Checkpoint, FitRequest, FittedModel, RowRange } from '../interface.ts';
import { ageWeights, countsEnough } from './age-weights.ts';
import { priorTrainer } from '../families/prior/prior.ts';
import { dropOutliers, keptIn } from './drop-outliers.ts';
import { fitBalanced } from './fit-balanced.ts';
import { isProvenBetter } from './proven-gain.ts';
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

/** What may differ between the fits of one training. */
export interface Way {
  /** Share (0..1] of the training rows that is learnt from, the most recent. */
  readonly historyShare: number;
  /** Rows this share of those older count half; null counts all alike. */
  readonly halfLife: number | null;
  /** Features that the model takes and does not read. */
  readonly withheld: readonly string[];
}

export const usualWay: Way = { historyShare: 1, halfLife: null, withheld: [] };

export interface Selected {
  readonly model: FittedModel;
  readonly way: Way;
  /** The rows that `model` was fitted on. */
  readonly fittedOn: RowRange;
}

/** Each declared share of history with all rows alike, most history first; then all of it by each half-life. */
export function declaredWays(
  { historyShares, halfLives = [] }: OwnSpec,
  withheld: Way['withheld'] = [],
): readonly Way[] {
  const falling = (values: readonly number[]): number[] => [...new Set(values)].toSorted((a, b) => b - a);
  const shares = historyShares.length === 0 ? [1] : falling(historyShares);
  return [
    ...shares.map((historyShare) => ({ historyShare, halfLife: null, withheld })),
    ...falling(halfLives).map((halfLife) => ({ historyShare: 1, halfLife, withheld })),
  ];
}

/**
 * Fits in each of these ways and keeps the one with the lowest validation loss; ties go to the earlier. A half-life
 * must also be proven better than the best fit without one: it makes rows count less, and where nothing changes that
 * only costs.
 * The first way is always tried, the others where they leave enough rows. As many fits as ways, one after the other.
 */
export async function selectModel(
  context: FitContext,
  training: RowRange,
  validation: RowRange,
  ways: readonly Way[] = declaredWays(context.settings),
  prefix = '',
): Promise<Selected> {
  let best: Selected | null = null;
  let alike: Selected | null = null;
  for (const way of ways) {
    const fittedOn = recentShare(training, way.historyShare);
    if (best !== null && !leavesEnough(context, training, way)) continue;
    const stage = stageOf(context, `${prefix}${nameOf(way)}`, fittedOn, validation, null, way);
    // oxlint-disable-next-line no-await-in-loop -- one fit at a time bounds memory
    const model = await fitBalanced(context.settings, stage);
    if (best !== null && !(lossOf(model) < lossOf(best.model))) continue;
    if (way.halfLife !== null && alike !== null && !isProvenBetter(context, model, alike.model, validation)) continue;
    best = { model, way, fittedOn };
    if (way.halfLife === null) alike = best;
  }
  if (best === null) throw new RangeError('no way to fit was tried');
  return best;
}

/** On the validation rows; one that cannot be told loses against all others. */
export function lossOf({ validationLoss }: Pick<FittedModel, 'validationLoss'>): number {
  return validationLoss ?? Infinity;
}

/** Whether a fit of these training rows in this way sees enough of them for its validation loss to be no luck. */
export function leavesEnough(context: FitContext, training: RowRange, { historyShare, halfLife }: Way): boolean {
  const fittedOn = recentShare(training, historyShare);
  const rows = (training.to - training.from) * historyShare;
  const learnt = Math.min(rows, keptIn(context.table.columns, fittedOn, context.limits));
  return learnt >= shareRowsMin && (halfLife === null || countsEnough(fittedOn, halfLife));
}

/** Names the checkpoint of a fit; that of all features and rows alike is the one of earlier releases. */
function nameOf({ historyShare, halfLife, withheld }: Way): string {
  const age = halfLife === null ? '' : `-half-life-${halfLife}`;
  return `history-${historyShare}${age}${withheld.length === 0 ? '' : `-without-${withheld.length}`}`;
}

/**
 * The selected configuration on the same share of all rows, as many trees as the extra rows deserve (at most 1.2
 * times).
 */
export async function refitModel(context: FitContext, { model, way }: Selected, training: RowRange): Promise<Selected> {
  const fittedOn = recentShare({ from: 0, to: context.table.rows }, way.historyShare);
  const growth = Math.min(treeGrowthMax, context.table.rows / Math.max(1, training.to - training.from));
  const trees = Math.round(model.trees * Math.max(1, growth));
  const stage = stageOf(context, `refit-${nameOf(way).slice('history-'.length)}`, fittedOn, null, trees, way);
  const { settings } = context;
  const refitted =
    model.family === 'prior' ? await priorTrainer.fit({ ...stage, settings }) : await fitBalanced(settings, stage);
  return { model: refitted, way, fittedOn };
}

/** What every fit of a training shares; the stage names its checkpoint. */
export function stageOf(
  context: FitContext,
  stage: string,
  training: RowRange,
  validation: RowRange | null,
  treesMax: number | null = null,
  { halfLife, withheld }: Way = usualWay,
): Omit<FitRequest<unknown>, 'settings'> {
  const { signature, table, limits, settings } = context;
  const { columns, labels } = table;
  const weights = ageWeights(table.rows, training, halfLife, rowWeights(settings, table));
  return {
    signature,
    ...dropOutliers({ columns, labels, weights, training, validation }, limits),
    limits,
    ...(withheld.length === 0 ? {} : { withheld }),
    treesMax,
    checkpoint: context.checkpoint(stage),
    onProgress: (done, of) => context.onProgress(stage, done, of),
  };
}
