import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signatureOf } from '../domain/spec/signature.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import { saySelection } from '../domain/training/selection/say-selection.ts';
import { parseProfile } from '../domain/training/profile.ts';
import { exactExplainer } from '../onnx/explain/exact-explainer.ts';
import { sliceColumns } from '../onnx/run/columns.ts';
import { encodeColumns } from '../onnx/run/encode-columns.ts';
import { cellOf } from '../serving/answer/explained-cell.ts';
import { inspectModel } from '../../tests/worlds/inspect-model.ts';
import { noisySpec, writeNoisyRows } from '../../tests/worlds/noisy-world.ts';
import { ratioSpec, writeRatioRows } from '../../tests/worlds/ratio-world.ts';
import { fixtureJob } from '../../tests/worlds/training-fixture.ts';
import { readChampion } from './families/gbdt/warm/read-champion.ts';
import { readFolder } from './prepare/read-folder.ts';
import { runTrain } from './run-train.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-proposed-'));
  await writeRatioRows(join(folder, 'orders.parquet'), 3_000);
  await writeNoisyRows(join(folder, 'noisy.parquet'), 1_500);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function train(spec: ModelSpec, rows: string, name: string) {
  const job = fixtureJob(spec, folder, join(folder, `${rows}.parquet`), name);
  return { report: await runTrain(job, async () => undefined), at: job.folder };
}

const fewTrees = { kind: 'gbdt', treesMax: 10, leavesMax: 3, learningRate: 0.4, historyShares: [1] } as const;

test('a ratio that decides is found, proven, computed by the file, and explained under its name', async () => {
  const plain = await train(ratioSpec('orders', false, fewTrees), 'orders', 'plain');
  const spec = ratioSpec('orders', false, { ...fewTrees, featureSelection: { propose: true } });
  const { report, at } = await train(spec, 'orders', 'proposing');
  const found = report.selection?.features;
  const kept = found?.proposals?.tries.filter(({ isKept }) => isKept) ?? [];
  const [first] = kept;
  expect(['ratio(amount, items)', 'ratio(items, amount)']).toContain(first?.name);
  expect(first?.pValue).toBeLessThanOrEqual(0.05 / (found?.proposals?.proposed ?? 0));
  expect(saySelection(report.selection ?? {}).join(' ')).toContain(`It computes ${first?.name}: the mean loss falls`);
  const lossOf = (of: typeof report) => of.candidate.testMetrics.logLoss ?? Number.NaN;
  expect(lossOf(report)).toBeLessThan(0.9 * lossOf(plain.report));
  expect(report.importance[0]?.feature).toBe(first?.name);
  expect(report.parity.labelMismatches).toBe(0);
  // Whoever asks sends what the definition says, and drift watches that.
  const file = join(at, report.release.modelFile);
  const inputs = spec.features.map(({ name }) => name);
  expect((await inspectModel(file)).inputs.map(({ name }) => name)).toEqual(inputs);
  const profile = parseProfile(await readFile(join(at, report.releaseProfileFile), 'utf8'));
  expect(profile.features.map(({ name }) => name)).toEqual(inputs);
  const explainer = await exactExplainer(await readFile(file), signatureOf(spec));
  expect(explainer?.method).toBe('tree-shap');
  expect(explainer?.features).toEqual([...inputs, ...kept.map(({ name }) => name)]);
  const { table } = await readFolder(at);
  const [row] = encodeColumns(signatureOf(spec), sliceColumns(table.columns, 10, 11));
  const shown = row === undefined ? null : cellOf(explainer?.signature ?? signatureOf(spec), row, first?.name ?? '');
  expect(shown).toEqual(expect.any(Number));
  await explainer?.close();
  // A later definition that warms up begins from nothing: its trees would not read this feature.
  expect(readChampion(await readFile(file), signatureOf(spec))).toHaveProperty('why');
});

test('of numbers that help by themselves, nothing computed is kept', async () => {
  const features = noisySpec({}).features.slice(0, 4);
  const spec = noisySpec({ kind: 'linear', featureSelection: { propose: true } }, { features });
  const { report } = await train(spec, 'noisy', 'nothing');
  expect(report.selection?.features?.proposals?.proposed).toBeGreaterThanOrEqual(4);
  expect(report.selection?.features?.proposals?.tries.filter(({ isKept }) => isKept)).toEqual([]);
  const notes = saySelection(report.selection ?? {}).join(' ');
  expect(notes).toContain('were tried, and none was proven to help');
});
