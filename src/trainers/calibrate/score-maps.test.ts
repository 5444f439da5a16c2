import { expect, test } from 'vitest';
import { answersOf } from '../../../tests/worlds/answers-of.ts';
import { fitRequest, lehmer } from '../../../tests/worlds/fit-fixture.ts';
import { fixtureTargets } from '../../../tests/worlds/training-fixture.ts';
import { applyScoreMaps, type ScoreMap } from '../../domain/training/calibration/score-map.ts';
import { columnsOf, type FeatureColumn } from '../../onnx/run/columns.ts';
import { gbdtTrainer } from '../families/gbdt/gbdt.ts';
import { linearTrainer } from '../families/linear/linear.ts';
import { priorTrainer } from '../families/prior/prior.ts';
import { withMaps } from './with-maps.ts';

const curve = { scores: [-2, -0.5, -0.499, 1, 4], values: [-6, -1, 0.5, 0.5, 7] };
const binaryMaps: Readonly<Record<string, readonly ScoreMap[]>> = {
  shift: [{ kind: 'shift', by: [0, -3] }],
  platt: [{ kind: 'platt', slope: 0.4, intercept: -1 }],
  'a steep line': [{ kind: 'platt', slope: 20, intercept: 0 }],
  temperature: [{ kind: 'temperature', temperature: 2.5 }],
  isotonic: [{ kind: 'isotonic', curves: [curve] }],
  'one knot': [{ kind: 'isotonic', curves: [{ scores: [0], values: [-1.5] }] }],
  'shift and isotonic': [
    { kind: 'shift', by: [0.5, -2] },
    { kind: 'isotonic', curves: [curve] },
  ],
};
const severalMaps: Readonly<Record<string, readonly ScoreMap[]>> = {
  shift: [{ kind: 'shift', by: [0, -3, 2] }],
  temperature: [{ kind: 'temperature', temperature: 0.4 }],
  isotonic: [{ kind: 'isotonic', curves: [curve, { scores: [0], values: [-4] }, curve] }],
  'shift and temperature': [
    { kind: 'shift', by: [1, -3, 2] },
    { kind: 'temperature', temperature: 3 },
  ],
};

const families = {
  gbdt: gbdtTrainer.fit,
  linear: linearTrainer.fit,
  prior: priorTrainer.fit,
} as const;
const random = lehmer(11);
const rows = 800;
const x = Float64Array.from({ length: rows }, (_, row) => (row % 9 === 0 ? Number.NaN : 6 * random() - 3));
const wild = [Number.NaN, Infinity, -Infinity, 1e30, -1e30, 0];
const columns: readonly FeatureColumn[] = [
  { name: 'x', kind: 'number', numbers: x },
  { name: 'word', kind: 'category', texts: Array.from(x, (value) => (value > 1 ? 'a' : value < -1 ? null : 'b')) },
];
/** Nearly certain rows as well: there float32 tells least apart. */
const labels = {
  binary: x.map((value) => (value > -0.5 + 0.3 * random() ? 1 : 0)),
  multiclass: x.map((value) => (value > 1 ? 2 : value > -1 + random() ? 1 : 0)),
};
const asked = [...columns].map((column): FeatureColumn =>
  'texts' in column
    ? { ...column, texts: [...column.texts, ...wild.map(() => 'never seen')] }
    : { ...column, numbers: Float64Array.from([...column.numbers, ...wild]) },
);
const askedOf = (from: number, to: number) =>
  columnsOf(
    to - from,
    asked.map((column): FeatureColumn =>
      'texts' in column
        ? { ...column, texts: column.texts.slice(from, to) }
        : { ...column, numbers: column.numbers.slice(from, to) },
    ),
  );

const cases = [
  ...Object.entries(binaryMaps).map(([name, maps]) => ({ task: 'binary' as const, name, maps })),
  ...Object.entries(severalMaps).map(([name, maps]) => ({ task: 'multiclass' as const, name, maps })),
].flatMap((each) => (['gbdt', 'linear', 'prior'] as const).map((family) => ({ ...each, family })));

test.each(cases)(
  'the file of a $family of $task answers by $name as the trainer does',
  async ({ task, maps, family }) => {
    const request = fitRequest(fixtureTargets[task], columns, labels[task]);
    const model = await families[family](request);
    const mapped = withMaps(request.signature, model, maps);
    const all = askedOf(0, rows + wild.length);
    const expected = mapped.predict(all, { from: 0, to: all.rows });
    const answers = await answersOf(mapped, all);
    expect(answers).toHaveLength(expected.length);
    expect(Math.max(...expected.map((value, cell) => Math.abs(value - (answers[cell] ?? Infinity))))).toBeLessThan(
      1e-5,
    );
    expect(Math.min(...expected)).toBeGreaterThan(0);
    const width = expected.length / all.rows;
    const sums = Array.from({ length: all.rows }, (_, row) =>
      expected.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0),
    );
    expect(Math.max(...sums.map((sum) => Math.abs(sum - 1)))).toBeLessThan(1e-9);
    // One row alone is answered as among others.
    const alone = await answersOf(mapped, askedOf(rows, rows + 1));
    expect(Array.from(alone)).toEqual(Array.from(answers).slice(rows * width, (rows + 1) * width));
  },
);

test('a model without maps keeps its bytes', async () => {
  const request = fitRequest(fixtureTargets.binary, columns, labels.binary);
  const model = await gbdtTrainer.fit(request);
  expect(withMaps(request.signature, model, [])).toBe(model);
  expect(Buffer.from(model.toOnnx('d', [])).equals(Buffer.from(model.toOnnx('d')))).toBe(true);
});

test('answers of 0 and 1 are mapped as far as they can be told apart', () => {
  const answers = Float64Array.of(0, 1, 1, 0, 1e-320, 1);
  for (const maps of Object.values(binaryMaps)) {
    const mapped = applyScoreMaps('binary', 2, answers, maps);
    expect(mapped.every((value) => value > 0 && value < 1)).toBe(true);
  }
  const several = applyScoreMaps('multiclass', 3, Float64Array.of(1, 0, 0), severalMaps['isotonic'] ?? []);
  expect(several.every((value) => value > 0 && value < 1)).toBe(true);
});
