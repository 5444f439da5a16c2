import process from 'node:process';
import { signatureOf } from '../../../src/domain/spec/signature.ts';
import type { FeatureSpec, TargetSpec } from '../../../src/domain/spec/spec.ts';
import { defaultTrainers } from '../../../src/domain/spec/trainer-spec.ts';
import { columnsOf, sliceColumns, type FeatureColumn } from '../../../src/onnx/run/columns.ts';
import { selectByTime } from '../../../src/trainers/fit/select-by-time.ts';
import { refitModel, type FitContext } from '../../../src/trainers/fit/select-model.ts';
import type { TaskSplit } from './task-rows.ts';

export interface OwnAnswers {
  /** Row-major, to the test rows: of the fit that was chosen on the validation rows. */
  readonly candidate: Float64Array;
  /** And of the same, fitted again on training and validation rows. */
  readonly release: Float64Array;
  readonly trees: number;
  readonly cpuSeconds: number;
}

/** Both models of a training with this trainer, as the product makes them: the test rows are not among its rows. */
export async function fitOwn({ rows, training, validation }: TaskSplit): Promise<OwnAnswers> {
  const count = rows.labels.length;
  const held = training + validation;
  const columns: FeatureColumn[] = [
    ...rows.numbers.map((values, f): FeatureColumn => ({
      name: `n${f}`,
      kind: 'number',
      numbers: Float64Array.from(values),
    })),
    ...rows.codes.map((codes, f): FeatureColumn => ({ name: `c${f}`, kind: 'category', texts: wordsOf(codes) })),
  ];
  const all = columnsOf(count, columns);
  const features = columns.map(({ name, kind }): FeatureSpec => ({ name, kind, missing: 'allow' }));
  const context: FitContext = {
    signature: signatureOf({ features, target: targetOf(rows) }),
    table: {
      rows: held,
      order: Float64Array.from({ length: held }, (_, row) => row),
      eventTimeMs: null,
      labels: rows.labels.slice(0, held),
      columns: sliceColumns(all, 0, held),
      amounts: new Map(),
    },
    limits: [],
    settings: defaultTrainers.gbdt,
    checkpoint: () => null,
    onProgress: async () => undefined,
  };
  const begin = process.cpuUsage();
  const parts = { training: { from: 0, to: training }, validation: { from: training, to: held } };
  const { selected, parts: used } = await selectByTime(context, parts, { rows: 0 });
  const { model } = await refitModel(context, selected, used.training);
  const { user, system } = process.cpuUsage(begin);
  const test = { from: held, to: count };
  return {
    candidate: selected.model.predict(all, test),
    release: model.predict(all, test),
    trees: selected.model.trees,
    cpuSeconds: (user + system) / 1e6,
  };
}

function targetOf({ task, classes }: TaskSplit['rows']): TargetSpec {
  const labelDelay = { rows: 0 };
  if (task === 'binary') return { task, column: 'y', positive: '1', negative: '0', labelDelay };
  if (task === 'regression') return { task, column: 'y', labelDelay };
  return { task, column: 'y', classes: Array.from({ length: classes }, (_, k) => `${k}`), labelDelay };
}

function wordsOf(codes: Uint16Array): (string | null)[] {
  return Array.from(codes, (code) => (code === 0 ? null : `v${code}`));
}
