import { expect, test } from 'vitest';
import { answersOf } from '../../../tests/worlds/answers-of.ts';
import { fitRequest, lehmer } from '../../../tests/worlds/fit-fixture.ts';
import { fixtureTargets } from '../../../tests/worlds/training-fixture.ts';
import { defaultTrainers } from '../../domain/spec/trainer-spec.ts';
import { columnsOf, type FeatureColumn } from '../../onnx/run/columns.ts';
import { gbdtTrainer } from '../families/gbdt/gbdt.ts';
import { linearTrainer } from '../families/linear/linear.ts';
import { averageModel } from './average-model.ts';

const random = lehmer(5);
const rows = 600;
const x = Float64Array.from({ length: rows }, (_, row) => (row % 9 === 0 ? Number.NaN : 6 * random() - 3));
const wild = [Number.NaN, Infinity, -Infinity, 1e30, -1e30, 0];
const columnsWith = (numbers: Float64Array): readonly FeatureColumn[] => [
  { name: 'x', kind: 'number', numbers },
  { name: 'at', kind: 'time', numbers: numbers.map((value) => (Number.isFinite(value) ? value * 1e8 : Number.NaN)) },
  {
    name: 'word',
    kind: 'category',
    texts: Array.from(numbers, (value) => (value > 1 ? 'a' : value < -1 ? null : 'b')),
  },
];
const noisy = x.map((value) => value + 2 * random() - 1);
const labels = {
  binary: noisy.map((value) => (value > -0.5 ? 1 : 0)),
  multiclass: noisy.map((value) => (value > 1 ? 2 : value > -1 ? 1 : 0)),
  regression: noisy.map((value) => (Number.isNaN(value) ? 3 : 40 + 5 * value)),
};
const asked = columnsOf(rows + wild.length, columnsWith(Float64Array.from([...x, ...wild])));
const one = columnsOf(1, columnsWith(Float64Array.of(Number.NaN)));

test.each([
  ['binary', {}],
  ['multiclass', {}],
  ['regression', {}],
  ['regression', { objective: 'poisson' }],
] as const)('one file of %s answers as the mean of its members (%o)', async (task, objective) => {
  const request = fitRequest(fixtureTargets[task], columnsWith(x), labels[task]);
  const settings = { ...defaultTrainers.gbdt, learningRate: 0.1, ...objective };
  const members = [
    { model: await gbdtTrainer.fit({ ...request, settings }), weight: 0.5 },
    { model: await gbdtTrainer.fit({ ...request, settings: { ...settings, leavesMax: 4 } }), weight: 0.3 },
    { model: await linearTrainer.fit(request), weight: 0.1 },
    // No tree at all.
    { model: await gbdtTrainer.fit({ ...request, settings, treesMax: 0 }), weight: 0.1 },
  ];
  const mean = averageModel(request.signature, members);
  const expected = mean.predict(asked, { from: 0, to: asked.rows });
  const answers = await answersOf(mean, asked);
  expect(answers).toHaveLength(expected.length);
  const scale = task === 'regression' ? 50 : 1;
  const differences = Array.from(expected, (value, cell) => Math.abs(value - (answers[cell] ?? Infinity)) / scale);
  expect(Math.max(...differences)).toBeLessThan(1e-5);
  const width = expected.length / asked.rows;
  expect(Array.from(await answersOf(mean, one))).toEqual(Array.from(answers).slice(rows * width, (rows + 1) * width));
  // What both trees read is encoded once; the file is the same whenever it is made.
  const bytes = Buffer.from(mean.toOnnx('d'));
  const apart = members.reduce((sum, { model }) => sum + model.toOnnx('d').length, 0);
  expect(bytes.length).toBeLessThan(apart);
  expect(bytes.equals(Buffer.from(averageModel(request.signature, members).toOnnx('d')))).toBe(true);
  expect(bytes.toString('latin1').split('LabelEncoder')).toHaveLength(2);
  expect(mean.importance.reduce((sum, { gain }) => sum + gain, 0)).toBeCloseTo(0.9, 6);
});

test('a mean of one is that one', async () => {
  const request = fitRequest(fixtureTargets.binary, columnsWith(x), labels.binary);
  const model = await gbdtTrainer.fit(request);
  const alone = averageModel(request.signature, [{ model, weight: 1 }]).predict(asked, { from: 0, to: asked.rows });
  const own = model.predict(asked, { from: 0, to: asked.rows });
  expect(Math.max(...alone.map((value, cell) => Math.abs(value - (own[cell] ?? 0))))).toBeLessThan(1e-12);
});
