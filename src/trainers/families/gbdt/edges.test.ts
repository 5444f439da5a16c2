import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
import { columnsOf, type FeatureColumn } from '../../../onnx/run/columns.ts';
import { loadModel } from '../../../onnx/run/run-model.ts';
import { fitRequest, lehmer } from '../../../../tests/worlds/fit-fixture.ts';
import { checkParity, goldenRows } from '../../judge/parity.ts';
import { numberBins } from './bins.ts';
import { gbdtTrainer } from './gbdt.ts';
import { TreeGrower } from './grow-tree.ts';
import { referenceKernel } from './kernel/reference-kernel.ts';

const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } };
const regression: TargetSpec = { task: 'regression', column: 'y', labelDelay: { rows: 0 } };

describe('gbdt at its edges', () => {
  it('takes all categories beyond the 253 most frequent as one, which is neither missing nor unseen', async () => {
    const random = lehmer(23);
    const rows = 6_000;
    // 253 frequent ones, whose label is a coin, and 300 rare ones, which are almost always yes.
    const texts = Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? `r${(row / 3) % 300}` : `f${row % 253}`));
    const labels = Float64Array.from(texts, (text) => (random() < (text.startsWith('r') ? 0.95 : 0.5) ? 1 : 0));
    const request = fitRequest(binary, [{ name: 'shop', kind: 'category', texts }], labels);
    const model = await gbdtTrainer.fit(request);
    const asked = ['r0', 'r7', 'r299', 'f1', 'never seen', null];
    const columns = columnsOf(asked.length, [{ name: 'shop', kind: 'category', texts: asked }]);
    const scores = model.predict(columns, { from: 0, to: asked.length });
    const [r0 = 0, r7, r299, frequent = 0, unseen, missing] = asked.map((_, row) => scores[row * 2 + 1]);
    expect([r7, r299]).toEqual([r0, r0]);
    expect(r0).toBeGreaterThan(0.9);
    expect(frequent).toBeLessThan(0.7);
    expect(unseen).toBe(missing);
    expect(unseen).not.toBe(r0);
  });

  it('finds the two that matter among 1,100 features, and agrees with its ONNX file', async () => {
    const random = lehmer(29);
    const rows = 600;
    const columns = Array.from({ length: 1_100 }, (_, f): FeatureColumn => {
      return { name: `f${f}`, kind: 'number', numbers: Float64Array.from({ length: rows }, () => random()) };
    });
    const value = (f: number, row: number): number => {
      const column = columns[f];
      return column !== undefined && 'numbers' in column ? (column.numbers[row] ?? 0) : 0;
    };
    const labels = Float64Array.from({ length: rows }, (_, row) => 10 * value(1_098, row) + 5 * value(3, row));
    const request = fitRequest(regression, columns, labels, { treesMax: 20 });
    const model = await gbdtTrainer.fit(request);
    expect(model.importance.slice(0, 2).map(({ feature }) => feature)).toEqual(['f1098', 'f3']);
    const folder = await mkdtemp(join(tmpdir(), 'perennial-gbdt-wide-'));
    try {
      const path = join(folder, 'model.onnx');
      await writeFile(path, model.toOnnx('digest'));
      const loaded = await loadModel(path);
      const golden = goldenRows(request.columns, { from: 0, to: rows }, 200);
      const expected = model.predict(golden, { from: 0, to: golden.rows });
      await checkParity({ family: 'gbdt', expected }, loaded, request.signature, golden);
      await loaded.session.release();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    expect(model.trees).toBeGreaterThan(0);
  });

  it('learns what a target follows although one of its values is a million times larger', async () => {
    const random = lehmer(31);
    const rows = 4_000;
    const x = Float64Array.from({ length: rows }, () => random());
    const labels = x.map((value) => 3 * Math.sin(6 * value) + 0.2 * (random() - 0.5));
    labels[1_000] = 3_000_000;
    const column: FeatureColumn = { name: 'x', kind: 'number', numbers: x };
    // Without early stopping: validation rows beside that value would end the fit before its first tree.
    const request = fitRequest(regression, [column], labels, { treesMax: 150, validation: null });
    const model = await gbdtTrainer.fit(request);
    const held = model.predict(request.columns, { from: 3_000, to: rows });
    const errors = held.map((value, row) => Math.abs(value - (labels[3_000 + row] ?? 0))).toSorted();
    expect(errors[500]).toBeLessThan(0.15);
  });

  it('grows the same tree where histograms are kept and where each is built anew', () => {
    const random = lehmer(37);
    const size = { rows: 3_000, features: 6 };
    const columns = Array.from({ length: size.features }, () => Float32Array.from({ length: size.rows }, random));
    const grow = (histogramBytesMax?: number) => {
      const kernel = referenceKernel(size);
      const bins = columns.map((values, f) => {
        const bin = numberBins(values);
        kernel.bin(f, bin, values);
        return bin;
      });
      kernel.gradients.hessian.fill(1);
      for (let row = 0; row < size.rows; row++)
        kernel.gradients.gradient[row] = Math.sin(9 * (columns[0]?.[row] ?? 0)) * (columns[1]?.[row] ?? 0);
      const grower = new TreeGrower(kernel, bins, histogramBytesMax);
      const rules = { l2: 1, rowsMin: 5, leavesMax: 40, leafFactor: 0.1 };
      return grower.grow(rules, new Float64Array(size.rows));
    };
    const tree = grow();
    expect(tree.leaves).toHaveLength(40);
    expect(grow(0)).toEqual(tree);
    expect(grow(200_000)).toEqual(tree);
  });
});
