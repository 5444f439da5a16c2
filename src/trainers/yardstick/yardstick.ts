import type { ModelSpec } from '../../domain/spec/spec.ts';
import { ownTrainerOf, type OwnSpec } from '../../domain/spec/trainer-spec.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { sliceColumns, type FeatureColumns } from '../../onnx/run/columns.ts';
import { checkLabels } from '../prepare/check-labels.ts';
import { checkTrainedRows } from '../prepare/check-trained-rows.ts';
import { chooseByTime } from '../fit/selection/choose-by-time.ts';
import { refitModel, type FitContext } from '../fit/select-model.ts';
import { chooseThreshold } from '../judge/threshold.ts';
import { limitsIn } from '../prepare/learn-limits.ts';
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
 * all), without test, baselines, files and parity: what a yardstick that is promoted at once would serve. Throws
 * `unsupported` for a definition that splits otherwise than by time: its recipe is another one.
 */
export async function fitRelease(spec: ModelSpec, table: TrainingTable): Promise<YardstickModel> {
  if (spec.split.blocks !== undefined || spec.split.group !== undefined) throw notByTime();
  checkLabels(spec, table, 0);
  checkTrainedRows(spec, table);
  const settings = withoutProposals(ownTrainerOf(spec.trainer));
  const signature = signatureOf(spec);
  const { labelDelay } = spec.target;
  const split = splitByTime(table, spec.split, labelDelay, false);
  const { training } = split;
  const context: FitContext = {
    signature,
    table,
    limits: limitsIn(spec.outliers ?? [], signature, sliceColumns(table.columns, training.from, training.to)),
    settings,
    checkpoint: () => null,
    onProgress: async () => undefined,
  };
  const { selected, parts } = await chooseByTime(context, split, labelDelay);
  const { validation } = parts;
  const threshold = chooseThreshold(spec, table, selected.model.predict(table.columns, validation), validation);
  const { model } = settings.refit ? await refitModel(context, selected, parts.training) : selected;
  return {
    predict: (columns) => model.predict(columns, { from: 0, to: columns.rows }),
    threshold,
    historyShare: selected.way.historyShare,
    trees: model.trees,
  };
}

const notByTime = (): PerennialError =>
  new PerennialError('unsupported', 'A yardstick is fitted by a split by time.', {
    path: 'split',
    hint: 'Leave split.blocks and split.group out.',
  });

/** A yardstick is asked with the columns of the definition. */
function withoutProposals(settings: OwnSpec): OwnSpec {
  if (!('featureSelection' in settings) || settings.featureSelection === undefined) return settings;
  return { ...settings, featureSelection: { ...settings.featureSelection, propose: false } };
}
