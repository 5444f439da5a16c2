import { describe, expect, test } from 'vitest';
import type { TargetSpec } from '../../domain/spec/spec.ts';
import { defaultTrainers } from '../../domain/spec/trainer-spec.ts';
import type { FeatureColumn } from '../../onnx/run/columns.ts';
import { columnsOf, pickColumns } from '../../onnx/run/columns.ts';
import { fitRequest, lehmer } from '../../../tests/worlds/fit-fixture.ts';
import type { FitRequest, FittedModel } from '../interface.ts';
import { gbdtTrainer } from './gbdt/gbdt.ts';
import { linearTrainer } from './linear/linear.ts';
import { priorTrainer } from './prior/prior.ts';

const regression: TargetSpec = { task: 'regression', column: 'y', labelDelay: { rows: 0 } };
const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } };
const multiclass: TargetSpec = { task: 'multiclass', column: 'y', classes: ['a', 'b', 'c'], labelDelay: { rows: 0 } };
const rows = 800;

type Request = FitRequest<typeof defaultTrainers.gbdt>;
const settings = { ...defaultTrainers.gbdt, rowsPerLeafMin: 1, learningRate: 0.1 };
const fits: Record<string, (request: Request) => Promise<FittedModel>> = {
  gbdt: (request) => gbdtTrainer.fit(request),
  linear: (request) => linearTrainer.fit({ ...request, settings: { l2: request.settings.l2 } }),
  prior: (request) => priorTrainer.fit(request),
};
const families = Object.entries(fits);

/** Few values per feature, so that bins do not depend on how often each occurs. */
function world(target: TargetSpec, changes: Partial<Request> = {}): Request {
  const random = lehmer(17);
  const x = Float64Array.from({ length: rows }, () => Math.floor(random() * 20));
  const shop = Array.from({ length: rows }, () => (random() < 0.5 ? 'a' : 'b'));
  const columns: FeatureColumn[] = [
    { name: 'x', kind: 'number', numbers: x },
    { name: 'shop', kind: 'category', texts: shop },
  ];
  const classes = target.task === 'binary' ? 2 : 3;
  const labels = Float64Array.from(x, (value, row) => {
    const answer = value / 20 + (shop[row] === 'a' ? 0.3 : 0) + random();
    return target.task === 'regression' ? answer * 100 : Math.min(classes - 1, Math.floor((answer * classes) / 2.3));
  });
  return fitRequest(target, columns, labels, { settings, treesMax: 20, ...changes });
}

/** The request with the training rows in this order, as often as they are named. */
function repeated(request: Request, training: readonly number[]): Request {
  const { from, to } = request.validation ?? { from: 0, to: 0 };
  const kept = [...training, ...Array.from({ length: to - from }, (_, i) => from + i)];
  return {
    ...request,
    columns: pickColumns(request.columns, kept),
    labels: Float64Array.from(kept, (row) => request.labels[row] ?? 0),
    training: { from: 0, to: training.length },
    validation: { from: training.length, to: kept.length },
  };
}

const everyRow = (request: Request) => request.validation ?? { from: 0, to: rows };
const onesWith = (weight: (row: number) => number, request: Request) =>
  Float64Array.from({ length: rows }, (_, row) => (row < request.training.to ? weight(row) : 1));

describe.each(families)('weights of %s', (_name, fit) => {
  test.each([regression, binary, multiclass])('a row of weight 0 teaches nothing: $task', async (target) => {
    const request = world(target);
    // What weighs nothing here would move bins, codes, scales and shares if it were looked at.
    const isLeft = (row: number) => row % 3 !== 0;
    const columns = columnsOf(
      rows,
      [...request.columns.byName.values()].map((column): FeatureColumn =>
        'texts' in column
          ? { ...column, texts: column.texts.map((text, row) => (isLeft(row) || row >= 600 ? text : `odd ${row}`)) }
          : { ...column, numbers: column.numbers.map((x, row) => (isLeft(row) || row >= 600 ? x : 1e6 + row)) },
      ),
    );
    const weighted = await fit({ ...request, columns, weights: onesWith((row) => (isLeft(row) ? 1 : 0), request) });
    const without = await fit(
      repeated(request, Array.from({ length: request.training.to }, (_, row) => row).filter(isLeft)),
    );
    expect(weighted.toOnnx('d')).toEqual(without.toOnnx('d'));
    expect(weighted.validationLoss).toBeCloseTo(without.validationLoss ?? Number.NaN, 12);
    expect(weighted.toOnnx('d')).not.toEqual((await fit({ ...request, columns })).toOnnx('d'));
  });

  test.each([regression, binary, multiclass])('an integer weight is as many copies: $task', async (target) => {
    const request = world(target);
    const copies = (row: number) => 1 + (row % 3);
    const weighted = await fit({ ...request, weights: onesWith(copies, request) });
    const copied = await fit(
      repeated(
        request,
        Array.from({ length: request.training.to }, (_, row) => new Array<number>(copies(row)).fill(row)).flat(),
      ),
    );
    const [left, right] = [weighted, copied].map((model) => model.predict(request.columns, everyRow(request)));
    const largest = Math.max(...(right ?? []).map(Math.abs));
    for (const [i, value] of (left ?? []).entries())
      expect(Math.abs(value - (right?.[i] ?? Number.NaN)) / largest).toBeLessThan(1e-5);
    const plain = await fit(request);
    expect(weighted.toOnnx('d')).not.toEqual(plain.toOnnx('d'));
  });

  test('doubling all weights is halving the penalty, and nothing else', async () => {
    const request = world(regression);
    const weights = Float64Array.from({ length: rows }, (_, row) => 0.5 + (row % 7));
    const single = await fit({ ...request, weights, settings: { ...settings, l2: 2 } });
    const double = await fit({
      ...request,
      weights: weights.map((weight) => 2 * weight),
      settings: { ...settings, l2: 4 },
    });
    expect(double.toOnnx('d')).toEqual(single.toOnnx('d'));
    expect(double.validationLoss).toBe(single.validationLoss);
  });

  test('rows of validation weigh the validation loss and nothing else', async () => {
    const request = world(regression, { treesMax: 1 });
    const { from, to } = everyRow(request);
    const weights = Float64Array.from({ length: rows }, (_, row) => (row >= from ? row % 2 : 1));
    const model = await fit({ ...request, weights });
    const answers = model.predict(request.columns, { from, to });
    let sum = 0;
    for (let row = from; row < to; row++)
      if (row % 2 === 1) sum += ((answers[row - from] ?? 0) - (request.labels[row] ?? 0)) ** 2;
    expect(model.validationLoss).toBeCloseTo(Math.sqrt(sum / ((to - from) / 2)), 9);
  });

  test.each(['training', 'validation'] as const)('%s in which nothing counts is refused', async (part) => {
    const request = world(regression);
    const range = request[part] ?? { from: 0, to: 0 };
    const weights = Float64Array.from({ length: rows }, (_, row) => (row >= range.from && row < range.to ? 0 : 1));
    await expect(fit({ ...request, weights })).rejects.toMatchObject({
      code: 'invalid_data',
      message: `every row of ${part} has the weight 0`,
    });
  });
});
