import { describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
import type { GbdtSpec } from '../../../domain/spec/trainer-spec.ts';
import type { FeatureColumn } from '../../../onnx/run/columns.ts';
import { fitRequest, lehmer } from '../../../../tests/worlds/fit-fixture.ts';
import type { FittedModel } from '../../interface.ts';
import { gbdtOn, gbdtTrainer } from './gbdt.ts';
import type { MakeKernel } from './kernel/kernel.ts';
import { referenceKernel } from './kernel/reference-kernel.ts';
import { wasmKernel } from './kernel/wasm-kernel.ts';

const rows = 1_600;
const targets: Record<string, { readonly target: TargetSpec; readonly label: (score: number) => number }> = {
  binary: {
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } },
    label: (score) => (score > 0.3 ? 1 : 0),
  },
  multiclass: {
    target: { task: 'multiclass', column: 'y', classes: ['a', 'b', 'c'], labelDelay: { rows: 0 } },
    label: (score) => (score < -0.3 ? 0 : score < 0.5 ? 1 : 2),
  },
  regression: {
    target: { task: 'regression', column: 'y', labelDelay: { rows: 0 } },
    label: (score) => 40 + 1_000 * score,
  },
};

/** What changes how a tree is grown, and each task with nothing of it. */
const ways: readonly (readonly [task: string, settings: Partial<GbdtSpec>])[] = [
  ['binary', {}],
  ['multiclass', {}],
  ['regression', {}],
  ['binary', { rowShare: 0.6, columnShare: 0.5, monotone: { n0: 'increasing', n2: 'decreasing' } }],
  ['multiclass', { rowShare: 0.7 }],
  ['regression', { objective: 'absolute', rowShare: 0.8 }],
  ['regression', { objective: 'huber', huberDelta: 200, columnShare: 0.6, monotone: { n2: 'increasing' } }],
];

const kernels: Record<string, MakeKernel> = {
  reference: referenceKernel,
  wasm: (size) => wasmKernel(size) ?? expect.unreachable('a small table fits'),
};

/** Numbers and categories, some of them missing, and a score that follows from all of them. */
function world(): { columns: FeatureColumn[]; scores: Float64Array } {
  const random = lehmer(17);
  const scores = new Float64Array(rows);
  const numbers = Array.from({ length: 5 }, () => Float64Array.from({ length: rows }, () => random() * 2 - 1));
  const codes = [4, 60].map((values) => Array.from({ length: rows }, () => Math.floor(values * random() ** 2)));
  for (let row = 0; row < rows; row++) {
    const [a = 0, b = 0, c = 0] = numbers.map((column) => column[row] ?? 0);
    const known = a * b + 0.5 * c + 0.3 * Math.sin(7 * (codes[1]?.[row] ?? 0)) + (codes[0]?.[row] === 2 ? 0.4 : 0);
    scores[row] = known + 0.2 * (random() - 0.5);
    const [, first, , fourth] = numbers;
    if (first !== undefined && random() < 0.2) first[row] = NaN;
    if (fourth !== undefined && row % 11 === 0) fourth[row] = row % 2 === 0 ? Infinity : -Infinity;
  }
  const columns = [
    ...numbers.map((column, f): FeatureColumn => ({ name: `n${f}`, kind: 'number', numbers: column })),
    ...codes.map((column, f): FeatureColumn => ({
      name: `c${f}`,
      kind: 'category',
      texts: column.map((code, row) => (row % 13 === 0 ? null : `v${code}`)),
    })),
  ];
  return { columns, scores };
}

const bytesOf = (model: FittedModel) => Buffer.from(model.toOnnx('digest'));

describe('the same rows give the same bytes of a model', () => {
  it.each(ways)('%s %j: on every kernel, at once and resumed at any tree', async (task, settings) => {
    const { target, label } = targets[task] ?? expect.unreachable('a task of the table');
    const { columns, scores } = world();
    let grown: readonly unknown[] = [];
    const usual = fitRequest(target, columns, scores.map(label));
    const request = {
      ...usual,
      settings: { ...usual.settings, ...settings },
      // Every third row counts twice, where weights are tried.
      weights: settings.rowShare === undefined ? null : Float64Array.from(scores, (_, row) => (row % 3 === 0 ? 2 : 1)),
      treesMax: 26,
      checkpoint: {
        load: async () => null,
        save: async (state: unknown) => {
          const kept: unknown = structuredClone(Reflect.get(Object(state), 'rounds'));
          if (Array.isArray(kept)) grown = kept;
        },
      },
    };
    const model = await gbdtTrainer.fit(request);
    const bytes = bytesOf(model);
    expect(model.trees).toBe(26);
    expect(grown).toHaveLength(25);
    for (const [name, kernel] of Object.entries(kernels)) {
      for (let trees = 0; trees <= grown.length; trees += name === 'wasm' ? 1 : 5) {
        const state = JSON.parse(JSON.stringify({ rounds: grown.slice(0, trees) }));
        // oxlint-disable-next-line no-await-in-loop -- one fit at a time
        const resumed = await gbdtOn(kernel).fit({
          ...request,
          checkpoint: { load: async () => state, save: async () => undefined },
        });
        expect(bytes.equals(bytesOf(resumed)), `${name}, resumed at ${trees}`).toBe(true);
      }
    }
  });

  it.each([
    ['binary', { rowShare: 0.5, columnShare: 0.6, monotone: { n0: 'increasing', n1: 'decreasing' } }],
    ['multiclass', { rowShare: 0.7 }],
    ['regression', { objective: 'quantile', quantile: 0.8, rowShare: 0.9 }],
    ['regression', { objective: 'poisson', columnShare: 0.5, monotone: { n0: 'increasing' } }],
  ] as const)('%s with %j and weights: on every kernel', async (task, settings) => {
    const { target, label } = targets[task] ?? expect.unreachable('a task of the table');
    const { columns, scores } = world();
    const labels = scores.map(label).map((value) => Math.max(0, value));
    const usual = fitRequest(target, columns, labels);
    const request = {
      ...usual,
      settings: { ...usual.settings, ...settings },
      weights: Float64Array.from({ length: rows }, (_, row) => (row % 5) / 2),
      treesMax: 26,
    };
    const bytes: string[] = [];
    for (const kernel of Object.values(kernels))
      // oxlint-disable-next-line no-await-in-loop -- one fit at a time
      bytes.push(bytesOf(await gbdtOn(kernel).fit(request)).toString('base64'));
    expect(bytes).toHaveLength(2);
    expect(new Set(bytes).size).toBe(1);
  });
});
