import type { ModelSpec } from '../../domain/spec/spec.ts';
import { trainableOf } from '../../domain/spec/trainer-spec.ts';
import { signatureOf, type Signature } from '../../domain/spec/signature.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import { sliceColumns, type FeatureColumns } from '../../onnx/run/columns.ts';
import type { FittedModel } from '../interface.ts';
import { checkLabels } from '../prepare/check-labels.ts';
import { fitAfterFolds, fitFold } from '../fit/fit-blocks.ts';
import { refitModel, selectModel, type FitContext } from '../fit/select-model.ts';
import { chooseThreshold } from '../judge/threshold.ts';
import { limitsIn } from '../prepare/learn-limits.ts';
import { splitByBlocks } from '../prepare/split-by-blocks.ts';
import { splitByTime } from '../prepare/split-by-time.ts';
import type { TrainingTable } from '../prepare/table.ts';

export interface YardstickModel {
  /** Row-major scores: class probabilities in signature order, or one value. */
  predict(columns: FeatureColumns): Float64Array;
  readonly threshold: number | null;
  readonly historyShare: number;
  readonly trees: number;
}

/**
 * A release by the recipe of a real training (history share and early stopping on the most recent rows, then a refit on
 * all), without test, baselines, files and parity: what a yardstick that is promoted at once would serve.
 */
export async function fitRelease(spec: ModelSpec, table: TrainingTable): Promise<YardstickModel> {
  checkLabels(spec, table, 0);
  const settings = trainableOf(spec.trainer);
  const signature = signatureOf(spec);
  if (spec.split.blocks !== undefined) return fitByBlocks(spec, signature, table);
  const { training, validation } = splitByTime(table, spec.split, spec.target.labelDelay, false);
  const context: FitContext = {
    signature,
    table,
    limits: limitsIn(spec.outliers ?? [], signature, sliceColumns(table.columns, training.from, training.to)),
    settings,
    checkpoint: () => null,
    onProgress: async () => undefined,
  };
  const selected = await selectModel(context, training, validation);
  const threshold = chooseThreshold(spec, table, selected.model.predict(table.columns, validation), validation);
  const { model } = settings.refit ? await refitModel(context, selected, training) : selected;
  return {
    predict: (columns) => model.predict(columns, { from: 0, to: columns.rows }),
    threshold,
    historyShare: selected.historyShare,
    trees: model.trees,
  };
}

/** By the recipe of blocks: what the folds have in the middle, on all rows. No threshold is chosen by value. */
async function fitByBlocks(spec: ModelSpec, signature: Signature, table: TrainingTable): Promise<YardstickModel> {
  const { split, target, outliers = [], trainer } = spec;
  const { folds = [] } = splitByBlocks(table, split, split.blocks?.folds ?? 0, target.labelDelay);
  const context: FitContext = {
    signature,
    table,
    limits: limitsIn(outliers, signature, table.columns),
    settings: trainableOf(trainer),
    checkpoint: () => null,
    onProgress: async () => undefined,
  };
  const fitted: FittedModel[] = [];
  for (const fold of folds)
    // oxlint-disable-next-line no-await-in-loop -- one fit at a time bounds memory
    fitted.push(await fitFold(context, { spec, signature, table }, fold, 'fold'));
  const { model } = await fitAfterFolds(context, fitted);
  return {
    predict: (columns) => model.predict(columns, { from: 0, to: columns.rows }),
    threshold: taskOf(target.task).defaultThreshold,
    historyShare: 1,
    trees: model.trees,
  };
}
