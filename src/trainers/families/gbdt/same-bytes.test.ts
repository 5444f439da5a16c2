import { describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
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
  it.each(Object.keys(targets))('%s: on every kernel, at once and resumed at any tree', async (task) => {
    const { target, label } = targets[task] ?? expect.unreachable('a task of the table');
    const { columns, scores } = world();
    let grown: readonly unknown[] = [];
    const request = fitRequest(target, columns, scores.map(label), {
      treesMax: 26,
      checkpoint: {
        load: async () => null,
        save: async (state) => {
          const kept: unknown = structuredClone(Reflect.get(Object(state), 'rounds'));
          if (Array.isArray(kept)) grown = kept;
        },
      },
    });
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
});
