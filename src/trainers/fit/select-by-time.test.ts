import { expect, test } from 'vitest';
import type { TargetSpec } from '../../domain/spec/spec.ts';
import { defaultTrainers, type OwnSpec } from '../../domain/spec/trainer-spec.ts';
import type { NumberColumn } from '../../onnx/run/columns.ts';
import { fitRequest, lehmer } from '../../../tests/worlds/fit-fixture.ts';
import { fixtureTargets } from '../../../tests/worlds/training-fixture.ts';
import { linearTrainer } from '../families/linear/linear.ts';
import { selectByTime } from './select-by-time.ts';
import { refitModel, selectModel, type FitContext } from './select-model.ts';

const gbdt: OwnSpec = { ...defaultTrainers.gbdt, treesMax: 60, learningRate: 0.1, historyShares: [1] };
const linear: OwnSpec = { ...defaultTrainers.linear, historyShares: [1] };
const delay = { rows: 50 };

interface World {
  readonly rows: number;
  readonly validationRows: number;
  readonly columns: Readonly<Record<string, (row: number) => number>>;
  readonly label: (row: number) => number;
  readonly target: TargetSpec;
}

/** The stages that were fitted, and what was chosen, with the label delay before validation. */
async function choose({ rows, validationRows, columns, label, target }: World, settings: OwnSpec) {
  const at = (valueAt: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => valueAt(row));
  const numbers = Object.entries(columns).map(([name, valueAt]): NumberColumn => ({
    name,
    kind: 'number',
    numbers: at(valueAt),
  }));
  const labels = at(label);
  const { signature, columns: all } = fitRequest(target, numbers, labels);
  const stages = new Set<string>();
  const context: FitContext = {
    signature,
    table: { rows, order: at((row) => row), eventTimeMs: null, labels, columns: all, amounts: new Map() },
    limits: [],
    settings,
    checkpoint: () => null,
    onProgress: async (stage) => void stages.add(stage),
  };
  const validation = { from: rows - validationRows, to: rows };
  const split = { training: { from: 0, to: validation.from - delay.rows }, validation };
  return { context, split, stages, ...(await selectByTime(context, split, delay)) };
}

const random = lehmer(5);
const rows = 3_000;
const [a, b, c, u] = Array.from({ length: 4 }, () => Float64Array.from({ length: rows }, () => random()));
const of = (values: Float64Array | undefined) => (row: number) => values?.[row] ?? 0;
const base = { rows, validationRows: 300, columns: { a: of(a), b: of(b) } } as const;
const signal = (row: number): number => 10 * of(a)(row) - 5 * of(b)(row) + of(c)(row);

test('a table without a clock is fitted as before, by the same stages and to the same bytes', async () => {
  const world: World = { ...base, label: signal, target: fixtureTargets.regression };
  const { context, split, selected, selection, stages, parts } = await choose(world, {
    ...gbdt,
    historyShares: [1, 0.5],
  });
  expect([...stages]).toEqual(['history-1', 'history-0.5']);
  expect({ selection, parts }).toEqual({ selection: null, parts: split });
  const alone = await selectModel(context, split.training, split.validation);
  expect(Buffer.from(selected.model.toOnnx('d')).equals(Buffer.from(alone.model.toOnnx('d')))).toBe(true);
});

/** Each stretch of 300 rows has a level of its own, that says nothing of the next one. */
const levels = [0, 9, -7, 12, -3, 8, -11, 4, 10, 0];
const dated: World = {
  ...base,
  columns: { ...base.columns, id: (row) => row },
  label: (row) => signal(row) + 3 * (levels[Math.floor(row / 300)] ?? 0),
  target: fixtureTargets.regression,
};

test('a clock that a model dates old rows by is not read, and stays an input', async () => {
  const { selected, selection } = await choose(dated, gbdt);
  expect(selection?.clocks).toMatchObject({ suspected: ['id'], withheld: ['id'] });
  expect(selection?.clocks?.lossWithout).toBeLessThan(selection?.clocks?.lossWith ?? 0);
  expect(selected.model.importance.find(({ feature }) => feature === 'id')).toEqual({ feature: 'id', gain: 0 });
  expect(Buffer.from(selected.model.toOnnx('d')).includes('id')).toBe(true);
});

test('a trend of the target is learnt by the clock, which is read and named', async () => {
  const world: World = {
    ...base,
    columns: { ...base.columns, day: (row) => Math.floor(row / 10) },
    label: (row) => signal(row) + row / 50,
    target: fixtureTargets.regression,
  };
  for (const settings of [gbdt, linear]) {
    // oxlint-disable-next-line no-await-in-loop -- two fits
    const { selected, selection } = await choose(world, settings);
    expect(selection?.clocks).toMatchObject({ suspected: ['day'], withheld: [] });
    expect(selected.model.importance[0]?.feature).toBe('day');
  }
});

test('a clock does not take the column beside it that jumped, and is told apart from it', async () => {
  const jump = (row: number): number => (row < rows - 350 ? of(c)(row) : 1.5 + of(c)(row));
  const world: World = {
    ...base,
    columns: { ...base.columns, id: (row) => row, jump },
    // What grew with time has ended.
    label: (row) => signal(row) + 20 * jump(row) + (row < 2_400 ? row / 100 : 0),
    target: fixtureTargets.regression,
  };
  const { selection } = await choose(world, linear);
  expect(selection?.clocks?.suspected).toEqual(['id', 'jump']);
  expect(selection?.clocks?.withheld).toEqual(['id']);
});

/** What was said of `a` is turned round at `change`. */
const turned = (change: number): World['label'] => {
  return (row) => (of(u)(row) < 1 / (1 + Math.exp((row < change ? -6 : 6) * (of(a)(row) - 0.5))) ? 1 : 0);
};

test('soon after a change the rows before it are in the way, and shorter memories are tried', async () => {
  const change = rows - 300 - 50 - 150;
  const world: World = { ...base, label: turned(change), target: fixtureTargets.binary };
  const { selected, selection, stages } = await choose(world, gbdt);
  expect([...stages].slice(0, 2)).toEqual(['history-1', 'young-history-1-half-life-0.1']);
  expect(selected.model.trees).toBeGreaterThan(0);
  expect(selection?.halfLife).toBeLessThanOrEqual(0.1);
  expect(selection?.newestRows).toBeUndefined();
});

test('where the change lies behind all training rows, older validation rows teach and the newest choose', async () => {
  const world: World = {
    ...base,
    validationRows: 600,
    label: turned(rows - 640),
    target: fixtureTargets.binary,
  };
  const { selected, selection, parts, split } = await choose(world, gbdt);
  expect(selection?.newestRows).toBe(200);
  expect(parts.validation).toEqual({ from: rows - 200, to: rows });
  // What is learnt from was labelled when the first row that chooses was asked.
  expect(parts.training).toEqual({ from: 0, to: rows - 200 - delay.rows });
  expect(parts.training.to).toBeGreaterThan(split.training.to);
  expect(selected.fittedOn).toEqual(parts.training);
  expect(selected.model.validationLoss).toBeLessThan(Math.log(2));
});

test('where nothing is better than the prior, the candidate is the prior, and this is said', async () => {
  const world: World = {
    ...base,
    label: (row) => (of(u)(row) < 0.3 ? 1 : 0),
    target: fixtureTargets.binary,
  };
  const trees = await choose(world, gbdt);
  const line = await choose(world, linear);
  expect(trees.selection).toEqual({ isPrior: true });
  expect(trees.selected.model).toMatchObject({ family: 'gbdt', trees: 0 });
  expect(line.selection).toEqual({ isPrior: true });
  expect(line.selected.model.family).toBe('prior');
  const fitted = await linearTrainer.fit({
    ...fitRequest(fixtureTargets.binary, [], line.context.table.labels),
    columns: line.context.table.columns,
    signature: line.context.signature,
    ...line.split,
  });
  expect(line.selected.model.validationLoss).toBeLessThanOrEqual(fitted.validationLoss ?? 0);
  // Two declared fits at most, and the five more that are stated.
  expect(trees.stages.size).toBeLessThanOrEqual(6);
});

test('a declared half-life is taken where it is proven to gain, and not by luck', async () => {
  const declared: OwnSpec = { ...gbdt, halfLives: [0.1, 0.5] };
  const steady = await choose({ ...base, label: turned(-1), target: fixtureTargets.binary }, declared);
  expect([...steady.stages]).toEqual(['history-1', 'history-1-half-life-0.5', 'history-1-half-life-0.1']);
  expect(steady.selection).toBeNull();
  expect(steady.selected.way.halfLife).toBeNull();
  // What changed long enough ago that trees of all rows are still better than the prior.
  const moved = await choose({ ...base, label: turned(rows - 1_600), target: fixtureTargets.binary }, declared);
  expect(moved.selection).toEqual({ halfLife: 0.1 });
});

test('what is not read, and how rows age, is kept by the refit', async () => {
  const { context, selected, parts } = await choose(dated, gbdt);
  const aged = { ...selected, way: { ...selected.way, halfLife: 0.1 } };
  const { model, way, fittedOn } = await refitModel(context, aged, parts.training);
  expect({ way, fittedOn }).toEqual({ way: aged.way, fittedOn: { from: 0, to: rows } });
  expect(model.importance.find(({ feature }) => feature === 'id')).toEqual({ feature: 'id', gain: 0 });
  const alike = await refitModel(context, selected, parts.training);
  expect(Buffer.from(model.toOnnx('d')).equals(Buffer.from(alike.model.toOnnx('d')))).toBe(false);
});
