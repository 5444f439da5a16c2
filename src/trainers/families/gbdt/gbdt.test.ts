import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
import type { GbdtSpec } from '../../../domain/spec/trainer-spec.ts';
import type { FeatureColumn, NumberColumn } from '../../../onnx/run/columns.ts';
import { loadModel } from '../../../onnx/run/run-model.ts';
import { fitRequest, lehmer } from '../../../../tests/worlds/fit-fixture.ts';
import type { FitRequest, FittedModel } from '../../interface.ts';
import { checkParity, goldenRows } from '../../judge/parity.ts';
import { gbdtTrainer } from './gbdt.ts';

const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } };
const regression: TargetSpec = { task: 'regression', column: 'y', labelDelay: { rows: 0 } };
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-gbdt-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function expectParity(model: FittedModel, request: FitRequest<GbdtSpec>): Promise<void> {
  const path = join(folder, 'model.onnx');
  await writeFile(path, model.toOnnx('digest'));
  const loaded = await loadModel(path);
  try {
    const golden = goldenRows(request.columns, { from: 0, to: request.labels.length }, 2_000);
    const expected = model.predict(golden, { from: 0, to: golden.rows });
    await checkParity({ family: model.family, expected }, loaded, request.signature, golden);
  } finally {
    await loaded.session.release();
  }
}

const numbers = (name: string, rows: number, of: (row: number) => number): NumberColumn => ({
  name,
  kind: 'number',
  numbers: Float64Array.from({ length: rows }, (_, row) => of(row)),
});

describe('gbdt', () => {
  it('learns from 2,000 categories, of which frequent ones have their own code, and agrees with its file', async () => {
    const random = lehmer(7);
    const rows = 8_000;
    // Zipf-like: low numbers are frequent; parity of the number decides the label.
    const ids = Array.from({ length: rows }, () => Math.floor(random() * random() * 2_000));
    const labels = Float64Array.from(ids, (id) => (random() < (id % 2 === 0 ? 0.9 : 0.1) ? 1 : 0));
    const request = fitRequest(
      binary,
      [{ name: 'merchant', kind: 'category', texts: ids.map((id) => `m${id}`) }],
      labels,
    );
    const model = await gbdtTrainer.fit(request);
    // Knowing nothing costs 0.693; most of the rarer half cannot be known from three rows each.
    expect(model.validationLoss).toBeLessThan(0.65);
    await expectParity(model, request);
  });

  it('learns which side missing values belong to, and sends them with the majority where it saw none', async () => {
    const rows = 1_000;
    const withMissing = numbers('x', rows, (row) => (row % 4 === 0 ? NaN : row % 4));
    const labels = Float64Array.from({ length: rows }, (_, row) => (row % 4 === 0 || row % 4 === 3 ? 1 : 0));
    const request = fitRequest(binary, [withMissing], labels);
    const model = await gbdtTrainer.fit(request);
    const scores = model.predict(request.columns, { from: 0, to: 4 });
    expect([1, 3, 5, 7].map((i) => (scores[i] ?? 0) > 0.9)).toEqual([true, false, false, true]);
    await expectParity(model, request);

    const full = fitRequest(
      binary,
      [numbers('x', rows, (row) => (row % 10 === 0 ? 5 : 1))],
      Float64Array.from({ length: rows }, (_, row) => (row % 10 === 0 ? 1 : 0)),
    );
    const seen = await gbdtTrainer.fit(full);
    const missing = seen.predict({ rows: 1, byName: new Map([['x', numbers('x', 1, () => NaN)]]) }, { from: 0, to: 1 });
    expect(missing[1]).toBeLessThan(0.1);
    await expectParity(seen, full);
  });

  it('separates "missing" from every value there is, also infinite ones', async () => {
    const rows = 400;
    const request = fitRequest(
      binary,
      [numbers('x', rows, (row) => (row % 2 === 0 ? NaN : row % 7 === 0 ? Infinity : row % 5))],
      Float64Array.from({ length: rows }, (_, row) => row % 2),
    );
    const model = await gbdtTrainer.fit(request);
    expect(model.validationLoss).toBeLessThan(0.05);
    await expectParity(model, request);
  });

  it('copes with constant and empty columns, one feature, and no signal at all', async () => {
    const rows = 60;
    const labels = Float64Array.from({ length: rows }, (_, row) => row % 2);
    const useless: FeatureColumn[] = [
      numbers('constant', rows, () => 3),
      numbers('empty', rows, () => NaN),
      { name: 'no text', kind: 'category', texts: new Array<string | null>(rows).fill(null) },
    ];
    const request = fitRequest(binary, useless, labels);
    const model = await gbdtTrainer.fit(request);
    expect(model.trees).toBe(0);
    expect(model.importance.every(({ gain }) => gain === 0)).toBe(true);
    await expectParity(model, request);
    const one = fitRequest(binary, [numbers('x', rows, (row) => row % 2)], labels);
    const learnt = await gbdtTrainer.fit(one);
    expect(learnt.validationLoss).toBeLessThan(0.2);
    await expectParity(learnt, one);
  });

  it('fits more than 100 features and a regression far from zero', async () => {
    const random = lehmer(11);
    const rows = 1_200;
    const columns = Array.from({ length: 120 }, (_, f) => numbers(`f${f}`, rows, () => random() * 10));
    const signal = columns[77];
    const labels = Float64Array.from({ length: rows }, (_, row) => 5_000_000 + (signal?.numbers[row] ?? 0) * 300);
    const request = fitRequest(regression, columns, labels, { treesMax: 60 });
    const model = await gbdtTrainer.fit(request);
    expect(model.importance[0]).toMatchObject({ feature: 'f77' });
    expect(model.importance[0]?.gain).toBeGreaterThan(0.95);
    expect(model.validationLoss).toBeLessThan(100);
    await expectParity(model, request);
  });

  it('gives the same bytes when it resumes from any round, and ignores a checkpoint that is none', async () => {
    const random = lehmer(3);
    const rows = 900;
    const x = numbers('x', rows, () => random());
    const labels = Float64Array.from({ length: rows }, (_, row) => Math.floor((x.numbers[row] ?? 0) * 2 + random()));
    const target: TargetSpec = { task: 'multiclass', column: 'y', classes: ['a', 'b', 'c'], labelDelay: { rows: 0 } };
    const saved: unknown[] = [];
    const settings = fitRequest(target, [x], labels).settings;
    const request = fitRequest(target, [x], labels, {
      settings: { ...settings, earlyStoppingTrees: 100 },
      treesMax: 60,
      checkpoint: { load: async () => null, save: async (state) => void saved.push(structuredClone(state)) },
    });
    const model = await gbdtTrainer.fit(request);
    const bytes = Buffer.from(model.toOnnx('d'));
    expect(saved).toHaveLength(2);
    for (const state of [...saved, { rounds: 'broken' }, 7]) {
      let newRounds = 0;
      // oxlint-disable-next-line no-await-in-loop -- one fit at a time
      const resumed = await gbdtTrainer.fit({
        ...request,
        checkpoint: { load: async () => JSON.parse(JSON.stringify(state)), save: async () => void newRounds++ },
      });
      expect(bytes.equals(resumed.toOnnx('d'))).toBe(true);
      expect(newRounds).toBe(2 - Math.max(0, saved.indexOf(state) + 1));
    }
  });
});
