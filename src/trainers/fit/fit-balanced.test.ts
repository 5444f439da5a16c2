import { expect, test } from 'vitest';
import { answersOf } from '../../../tests/worlds/answers-of.ts';
import { fitRequest, lehmer } from '../../../tests/worlds/fit-fixture.ts';
import { fixtureTargets } from '../../../tests/worlds/training-fixture.ts';
import { defaultTrainers, imbalances, type OwnSpec } from '../../domain/spec/trainer-spec.ts';
import { logLossRows, mean } from '../../statistics/samples/losses.ts';
import { balance } from '../calibrate/balance.ts';
import { fitBalanced } from './fit-balanced.ts';

const rows = 60_000;
const random = lehmer(9);
const x = Float64Array.from({ length: rows }, () => random());
const y = Float64Array.from({ length: rows }, () => random());
/** One row in two hundred. */
const labels = x.map((value) => (random() < 0.015 * value * value ? 1 : 0));
const request = fitRequest(
  fixtureTargets.binary,
  [
    { name: 'x', kind: 'number', numbers: x },
    { name: 'y', kind: 'number', numbers: y },
  ],
  labels,
);
const { columns } = request;
const validation = request.validation ?? request.training;
const base = labels.reduce((sum, label) => sum + label, 0) / rows;
const positives = (answers: ArrayLike<number>) =>
  Float64Array.from({ length: answers.length / 2 }, (_, row) => answers[row * 2 + 1] ?? Number.NaN);
const settingsOf = (kind: 'gbdt' | 'linear', imbalance?: (typeof imbalances)[number]): OwnSpec => ({
  ...(kind === 'gbdt' ? { ...defaultTrainers.gbdt, learningRate: 0.1, treesMax: 40 } : defaultTrainers.linear),
  ...(imbalance === undefined ? {} : { imbalance }),
});

test.each(imbalances.flatMap((imbalance) => (['gbdt', 'linear'] as const).map((kind) => ({ imbalance, kind }))))(
  'answers of a $kind by $imbalance are those of the rows as they are',
  async ({ imbalance, kind }) => {
    expect(base).toBeGreaterThan(0.004);
    expect(base).toBeLessThan(0.006);
    const plain = await fitBalanced(settingsOf(kind), request);
    const balanced = await fitBalanced(settingsOf(kind, imbalance), request);
    const answers = balanced.predict(columns, validation);
    const own = labels.subarray(validation.from, validation.to);
    const share = own.reduce((sum, label) => sum + label, 0) / own.length;
    // Three standard errors of a share of so many rows.
    expect(Math.abs(mean(positives(answers)) - share)).toBeLessThan(3 * Math.sqrt(base / own.length) + 0.1 * base);
    expect(balanced.validationLoss).toBeCloseTo(mean(logLossRows(answers, 2, own)), 10);
    expect(balanced.validationLoss).toBeLessThan((plain.validationLoss ?? 0) * 1.05);
    const file = await answersOf(balanced, columns);
    const all = balanced.predict(columns, { from: 0, to: rows });
    expect(Math.max(...all.map((value, cell) => Math.abs(value - (file[cell] ?? Infinity))))).toBeLessThan(1e-5);
    const again = await fitBalanced(settingsOf(kind, imbalance), request);
    expect(Buffer.from(again.toOnnx('d')).equals(Buffer.from(balanced.toOnnx('d')))).toBe(true);
  },
);

test('a fit of few rows of the frequent class takes less processor time', async () => {
  const timeOf = async (settings: OwnSpec): Promise<number> => {
    const began = process.cpuUsage();
    await fitBalanced({ ...settings, earlyStoppingTrees: 1_000 } as OwnSpec, { ...request, validation: null });
    return process.cpuUsage(began).user;
  };
  await timeOf(settingsOf('gbdt'));
  expect(await timeOf(settingsOf('gbdt', 'undersample'))).toBeLessThan(0.7 * (await timeOf(settingsOf('gbdt'))));
});

test('what is drawn hangs on the seed and the row, and the odds are taken back by what was drawn', () => {
  const drawn = balance('undersample', request, 2, 1);
  const { training } = request;
  const counts = [0, 0];
  for (let row = training.from; row < training.to; row++)
    if ((drawn?.weights[row] ?? 0) > 0) counts[labels[row] ?? 0] = (counts[labels[row] ?? 0] ?? 0) + 1;
  const [many = 0, few = 0] = counts;
  expect(few).toBe(labels.subarray(training.from, training.to).reduce((sum, label) => sum + label, 0));
  expect(many / few).toBeGreaterThan(3.2);
  expect(many / few).toBeLessThan(4.8);
  const shareKept = many / (training.to - training.from - few);
  expect(drawn?.map.by).toEqual([-Math.log(shareKept), -0]);
  expect(balance('undersample', request, 2, 1)).toEqual(drawn);
  expect(balance('undersample', request, 2, 2)?.weights).not.toEqual(drawn?.weights);
});

test('classes that are not rare, and a class without rows, change nothing', () => {
  const half = { ...request, labels: labels.map((_, row) => row % 2) };
  expect(balance('undersample', half, 2, 1)).toBeNull();
  expect(balance('weights', half, 2, 1)).toBeNull();
  expect(balance('weights', { ...request, labels: labels.map(() => 0) }, 2, 1)).toBeNull();
});
