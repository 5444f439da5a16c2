import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../../domain/spec/signature.ts';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
import type { GbdtSpec } from '../../../domain/spec/trainer-spec.ts';
import { preprocessingFrom } from '../../../onnx/graphs/preprocessing.ts';
import { columnsOf, type FeatureColumn } from '../../../onnx/run/columns.ts';
import { loadModel } from '../../../onnx/run/run-model.ts';
import { fitRequest, lehmer } from '../../../../tests/worlds/fit-fixture.ts';
import { checkParity, goldenRows } from '../../judge/parity.ts';
import type { FitRequest, FittedModel } from '../../interface.ts';
import { codeRules, numberBins } from './bins.ts';
import { gbdtTrainer } from './gbdt.ts';
import { TreeGrower } from './grow-tree.ts';
import { referenceKernel } from './kernel/reference-kernel.ts';
import { readChampion } from './warm/read-champion.ts';

const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } };
const regression: TargetSpec = { task: 'regression', column: 'y', labelDelay: { rows: 0 } };

async function expectParity(bytes: Uint8Array, request: FitRequest<GbdtSpec>, model: FittedModel): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-gbdt-edges-'));
  try {
    const path = join(folder, 'model.onnx');
    await writeFile(path, bytes);
    const loaded = await loadModel(path);
    const golden = goldenRows(request.columns, { from: 0, to: request.columns.rows }, 200);
    const expected = model.predict(golden, { from: 0, to: golden.rows });
    await checkParity({ family: 'gbdt', expected }, loaded, request.signature, golden);
    await loaded.session.release();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

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

  it('knows each of 400 words by encodings of its own, in its file and in a fit that goes on from it', async () => {
    const random = lehmer(41);
    const rows = 24_000;
    const words = Array.from({ length: rows }, () => Math.floor(random() * 400));
    // Words that no order tells apart: a word is yes or no in itself.
    const labels = Float64Array.from(words, (word) => (random() < ((word * 7919) % 13 < 6 ? 0.9 : 0.1) ? 1 : 0));
    const texts = words.map((word) => `w${word}`);
    const request = fitRequest(binary, [{ name: 'shop', kind: 'category', texts }], labels, { treesMax: 40 });
    const model = await gbdtTrainer.fit(request);
    const asked = Array.from({ length: 400 }, (_, word) => `w${word}`);
    const columns = columnsOf(400, [{ name: 'shop', kind: 'category', texts: asked }]);
    const scores = model.predict(columns, { from: 0, to: 400 });
    const known = asked.filter((_, word) => (scores[word * 2 + 1] ?? 0) > 0.5 === (word * 7919) % 13 < 6);
    // With 254 codes a third of the words would be one.
    expect(known.length).toBeGreaterThan(390);
    expect(model.importance).toEqual([{ feature: 'shop', gain: 1 }]);

    const bytes = model.toOnnx('digest');
    await expectParity(bytes, request, model);
    const champion = readChampion(bytes, request.signature);
    const again = 'why' in champion ? expect.unreachable(champion.why) : champion;
    const on = await gbdtTrainer.fit({ ...request, warmStart: again, treesMax: 5 });
    await expectParity(on.toOnnx('digest'), request, on);
  });

  it('gives no code of its own to a word of fewer than ten rows beyond the first 253', () => {
    const signature = signatureOf({ features: [{ name: 'c', kind: 'category', missing: 'allow' }], target: binary });
    const codesWith = (rowsOf: (word: number) => number, count: number) => {
      const texts = Array.from({ length: count }, (_, word) => new Array<string>(rowsOf(word)).fill(`w${word}`)).flat();
      const columns = columnsOf(texts.length, [{ name: 'c', kind: 'category', texts }]);
      const { encodings } = preprocessingFrom(signature, columns, { from: 0, to: texts.length }, codeRules);
      return encodings.map((encoding) => ('codes' in encoding ? [encoding.codeCount, encoding.codes.size] : []));
    };
    expect(codesWith(() => 9, 254)).toEqual([[254, 254]]);
    expect(codesWith(() => 9, 400)).toEqual([[254, 400]]);
    expect(codesWith(() => 10, 400)).toEqual([
      [254, 254],
      [146, 146],
    ]);
    // 300 of their own, and 100 that share one more.
    expect(codesWith((word) => (word < 300 ? 12 : 3), 400)).toEqual([
      [254, 254],
      [47, 146],
    ]);
    expect(codesWith(() => 10, 2_032)).toHaveLength(8);
    expect(codesWith(() => 10, 3_000).at(-1)).toEqual([254, 253 + 3_000 - 2_031]);
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
    await expectParity(model.toOnnx('digest'), request, model);
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
