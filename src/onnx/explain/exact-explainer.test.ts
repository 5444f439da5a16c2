import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitRequest, lehmer } from '../../../tests/worlds/fit-fixture.ts';
import type { Expression } from '../../domain/features/expressions/expression.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import type { TargetSpec, TaskName } from '../../domain/spec/spec.ts';
import { noCodes, preprocessingWith } from '../graphs/preprocessing.ts';
import { treeEnsembleGraph, type EnsembleNode } from '../graphs/tree-ensemble.ts';
import { columnsOf, type FeatureColumn, type FeatureColumns } from '../run/columns.ts';
import { withDerived } from '../run/derive-columns.ts';
import { loadModel } from '../run/run-model.ts';
import { scoreColumns } from '../run/score-columns.ts';
import { gbdtTrainer } from '../../trainers/families/gbdt/gbdt.ts';
import { linearTrainer } from '../../trainers/families/linear/linear.ts';
import { exactExplainer } from './exact-explainer.ts';

const delay = { rows: 0 } as const;
const targets = {
  binary: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: delay },
  multiclass: { task: 'multiclass', column: 'y', classes: ['a', 'b', 'c'], labelDelay: delay },
  regression: { task: 'regression', column: 'y', labelDelay: delay },
} as const satisfies Record<TaskName, TargetSpec>;
const rows = 600;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-explain-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Every kind of feature, some of each missing, and one that the graph computes. */
function world(task: TaskName, seed: number) {
  const random = lehmer(seed);
  const sometimes = <T>(value: T, missing: T): T => (random() < 0.1 ? missing : value);
  const numbers = (of: () => number) => Float64Array.from({ length: rows }, () => sometimes(of(), Number.NaN));
  const amount = numbers(() => random() * 100);
  const words = Array.from({ length: rows }, () => sometimes<string | null>(`w${Math.floor(random() * 9)}`, null));
  const columns: FeatureColumn[] = [
    { name: 'amount', kind: 'number', numbers: amount },
    { name: 'word', kind: 'category', texts: words },
    { name: 'flag', kind: 'boolean', numbers: numbers(() => Math.round(random())) },
    { name: 'at', kind: 'time', numbers: numbers(() => 1_700_000_000_000 + Math.floor(random() * 1e9)) },
  ];
  const signal = Float64Array.from(amount, (value, row) => {
    const word = words[row] ?? '';
    return (Number.isNaN(value) ? 40 : value) / 50 - 1 + (word === 'w1' || word === 'w4' ? 1 : 0) + random() - 0.5;
  });
  const labels = signal.map((value) => {
    if (task === 'binary') return value > 0.2 ? 1 : 0;
    return task === 'multiclass' ? (value > 0.6 ? 2 : value > -0.2 ? 1 : 0) : value * 10;
  });
  const expression: Expression = {
    op: 'sum',
    of: [
      { op: 'column', name: 'amount' },
      { op: 'value', value: 1 },
    ],
  };
  const request = fitRequest(targets[task], columns, labels, { treesMax: 25 });
  const signature: Signature = {
    ...request.signature,
    derived: [{ name: 'more', kind: 'number', expression }],
  };
  return { request, signature, columns: columnsOf(rows, columns) };
}

function rowAt({ byName }: FeatureColumns, signature: Signature, row: number) {
  const numbers = new Float64Array(signature.numberCount);
  const texts = new Array<string | null>(signature.textCount).fill(null);
  for (const { name, index } of signature.columns) {
    const column = byName.get(name);
    if (column === undefined) continue;
    if ('texts' in column) texts[index] = column.texts[row] ?? null;
    else numbers[index] = column.numbers[row] ?? Number.NaN;
  }
  return { numbers, texts };
}

const families = { gbdt: gbdtTrainer, linear: linearTrainer };
const tasks: readonly TaskName[] = ['binary', 'multiclass', 'regression'];
const cases = tasks.flatMap((task) =>
  (['gbdt', 'linear'] as const).map((family): [TaskName, 'gbdt' | 'linear'] => [task, family]),
);

describe('exact explanations', () => {
  it.each(cases)('of a %s by %s add up to what ONNX Runtime answers', async (task, family) => {
    const { request, signature, columns } = world(task, 5);
    const derived = await withDerived(signature, columns);
    const model = await families[family].fit({ ...request, signature, columns: derived });
    const bytes = model.toOnnx('digest');
    const path = join(folder, `${task}-${family}.onnx`);
    await writeFile(path, bytes);
    const loaded = await loadModel(path);
    const scores = await scoreColumns(loaded.session, signature, columns);
    await loaded.session.release();
    const explainer = await exactExplainer(bytes, signature);
    expect(explainer?.method).toBe(family === 'gbdt' ? 'tree-shap' : 'linear');
    expect(explainer?.features).toEqual(['amount', 'word', 'flag', 'at', 'more']);
    const outputs = task === 'multiclass' ? 3 : 1;
    const asked = Array.from({ length: 40 }, (_, row) => row).flatMap((row) =>
      Array.from({ length: outputs }, (_, output) => ({ row: rowAt(columns, signature, row), output })),
    );
    const reasons = (await explainer?.explain(asked)) ?? [];
    expect(reasons).toHaveLength(asked.length);
    for (const { base, score, contributions } of reasons)
      expect(Math.abs(base + contributions.reduce((sum, value) => sum + value, 0) - score)).toBeLessThan(1e-9);
    for (let row = 0; row < 40; row++) {
      const sums = reasons.slice(row * outputs, (row + 1) * outputs).map(({ score }) => score);
      const answers = answersOf(task, sums);
      const width = answers.length;
      for (const [at, answer] of answers.entries())
        expect(Math.abs(answer - (scores[row * width + at] ?? Number.NaN)), `row ${row}`).toBeLessThan(
          1e-6 * Math.max(1, Math.abs(answer)),
        );
    }
  });

  it('give no part to any feature where every row is answered alike', async () => {
    const { request } = world('binary', 7);
    const model = await gbdtTrainer.fit({ ...request, labels: request.labels.map(() => 1) });
    expect(model.trees).toBe(0);
    const explainer = await exactExplainer(model.toOnnx('digest'), request.signature);
    expect(explainer?.method).toBe('constant');
    const row = rowAt(request.columns, request.signature, 0);
    const [reasons] = (await explainer?.explain([{ row, output: 0 }])) ?? [];
    expect(reasons?.score).toBeGreaterThan(3);
    expect([...(reasons?.contributions ?? [])]).toEqual([0, 0, 0, 0]);
  });

  it('say nothing of trees that would hold up everybody for long', async () => {
    const { signature } = world('regression', 8).request;
    const chain = (depth: number): EnsembleNode =>
      depth === 0
        ? { leaf: 1, rows: 1 }
        : { feature: 0, cut: depth, missingLeft: true, left: { leaf: depth, rows: 1 }, right: chain(depth - 1) };
    const preprocessing = preprocessingWith(signature, () => [noCodes]);
    const fileOf = (depth: number) => treeEnsembleGraph(preprocessing, [{ target: 0, root: chain(depth) }], [0], {});
    expect((await exactExplainer(fileOf(200), signature))?.method).toBe('tree-shap');
    // 251 leaves, 250 deep: 1.6e7 steps.
    expect(await exactExplainer(fileOf(250), signature)).toBeNull();
  });

  it('say nothing of a file that does not count its rows', async () => {
    const { request } = world('binary', 6);
    const model = await gbdtTrainer.fit(request);
    const bytes = Buffer.from(model.toOnnx('digest'));
    const key = bytes.indexOf('perennial.explain.1');
    expect(key).toBeGreaterThan(0);
    bytes.write('x', key);
    expect(await exactExplainer(bytes, request.signature)).toBeNull();
  });
});

function answersOf(task: TaskName, sums: readonly number[]): readonly number[] {
  if (task === 'regression') return sums;
  if (task === 'binary') return sums.flatMap((sum) => [1 / (1 + Math.exp(sum)), 1 / (1 + Math.exp(-sum))]);
  const total = sums.reduce((sum, value) => sum + Math.exp(value), 0);
  return sums.map((sum) => Math.exp(sum) / total);
}
