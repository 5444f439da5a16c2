import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../../tests/worlds/training-fixture.ts';
import type { GbdtSpec } from '../domain/spec/trainer-spec.ts';
import { exactExplainer } from '../onnx/explain/exact-explainer.ts';
import { units } from '../onnx/explain/units.ts';
import { sliceColumns } from '../onnx/run/columns.ts';
import { encodeColumns } from '../onnx/run/encode-columns.ts';
import { loadModel, runModel } from '../onnx/run/run-model.ts';
import { files } from './prepare/folder.ts';
import { readFolder } from './prepare/read-folder.ts';
import { runStep, runTrain } from './run-train.ts';

const quiet = async () => undefined;
let folder = '';
/** Far too unsure of itself: eight small steps from the shares of the classes know the order of rows, and not more. */
const unsure = {
  kind: 'gbdt',
  historyShares: [1],
  treesMax: 8,
  learningRate: 0.1,
} as const satisfies Partial<GbdtSpec>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-calibration-'));
  for (const task of ['binary', 'multiclass'] as const)
    // oxlint-disable-next-line no-await-in-loop -- two files
    await writeFixture(join(folder, `${task}.parquet`), task, 4_000);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function train(name: string, trainer: Partial<GbdtSpec>, task: 'binary' | 'multiclass' = 'binary') {
  const spec = fixtureSpec(fixtureTargets[task], {}, { ...unsure, ...trainer });
  const job = fixtureJob(spec, folder, join(folder, `${task}.parquet`), name);
  const report = await runTrain(job, quiet);
  return { report, job, bytes: await readFile(join(job.folder, report.release.modelFile)) };
}

test.each([
  ['binary', 'platt'],
  ['binary', 'isotonic'],
  ['multiclass', 'temperature'],
  ['multiclass', 'isotonic'],
] as const)('a model of %s that is too unsure answers honestly by %s', async (task, calibration) => {
  const [plain, calibrated, again] = [
    await train(`${task}-plain`, {}, task),
    await train(`${task}-${calibration}`, { calibration }, task),
    await train(`${task}-${calibration}-again`, { calibration }, task),
  ];
  expect(calibrated.report.calibration).toMatchObject({ method: calibration, isTaken: true });
  expect(plain.report.calibration).toBeUndefined();
  // Held against rows that neither the fit nor its calibration has seen.
  const metrics = [plain, calibrated].map(({ report }) => report.candidate.testMetrics);
  expect(metrics[1]?.logLoss).toBeLessThan((metrics[0]?.logLoss ?? 0) - 0.05);
  expect(metrics[1]?.calibrationError).toBeLessThan(metrics[0]?.calibrationError ?? 0);
  expect(calibrated.report.candidate.trees).toBe(plain.report.candidate.trees);
  expect(calibrated.bytes.equals(again.bytes)).toBe(true);
  expect(calibrated.bytes.equals(plain.bytes)).toBe(false);
});

test.each(['platt', 'temperature'] as const)('reasons add up to what is answered by %s', async (calibration) => {
  const { report, job, bytes } = await train(`reasons-${calibration}`, { calibration });
  expect(report.calibration?.isTaken).toBe(true);
  const { signature, table } = await readFolder(job.folder);
  const columns = sliceColumns(table.columns, 0, 20);
  const explainer = await exactExplainer(bytes, signature);
  const { session } = await loadModel(join(job.folder, report.release.modelFile));
  const { scores } = await runModel(session, columns);
  const reasons = await explainer?.explain(encodeColumns(signature, columns).map((row) => ({ row, output: 0 })));
  await Promise.all([session.release(), explainer?.close()]);
  expect(explainer?.method).toBe('tree-shap');
  expect(reasons).toHaveLength(20);
  for (const [row, { base, score, contributions }] of (reasons ?? []).entries()) {
    expect(score).toBeCloseTo(units.binary(scores.slice(row * 2, row * 2 + 2), 0), 3);
    expect(base + contributions.reduce((sum, term) => sum + term, 0)).toBeCloseTo(score, 6);
  }
});

test('an isotonic file is explained by asking it, as a file of somebody else is', async () => {
  const { report, job, bytes } = await train('reasons-isotonic', { calibration: 'isotonic' });
  const { signature } = await readFolder(job.folder);
  expect(await exactExplainer(bytes, signature)).toBeNull();
  expect(report.contributions).toBeUndefined();
});

test('a warm start goes on from the sums of a calibrated champion, and calibrates its own', async () => {
  const champion = await train('champion', { calibration: 'platt', refit: false });
  const spec = fixtureSpec(fixtureTargets.binary, {}, { ...unsure, calibration: 'platt', warmStart: true });
  const goOn = async (name: string, from: Awaited<ReturnType<typeof train>>) => {
    const job = fixtureJob(spec, folder, join(folder, 'binary.parquet'), name);
    await mkdir(job.folder, { recursive: true });
    const file = join(from.job.folder, from.report.release.modelFile);
    await copyFile(file, join(job.folder, files.champion));
    const given = { version: 1, threshold: null, trainedThroughOrder: 1_500 };
    return runTrain({ ...job, champion: given, championModelPath: file, championTrainedThroughOrder: 1_500 }, quiet);
  };
  const warm = await goOn('warm', champion);
  expect(warm.warmStart?.from?.trees).toBe(champion.report.release.trees);
  expect(warm.calibration).toMatchObject({ method: 'platt', rows: expect.any(Number) });
  // The same trees without a calibration are gone on from alike.
  const other = await goOn('warm-from-plain', await train('champion-plain', { refit: false }));
  expect(other.candidate.testMetrics).toEqual(warm.candidate.testMetrics);
});

test('a trial is compared by what it would answer', async () => {
  const prepared = async (name: string, trainer: Partial<GbdtSpec>) => {
    const spec = fixtureSpec(fixtureTargets.binary, {}, { ...unsure, ...trainer });
    const job = fixtureJob(spec, folder, join(folder, 'binary.parquet'), name);
    await runStep('prepare', { ...job, job: 'prepare' }, quiet);
    const settings = spec.trainer as GbdtSpec;
    return runStep('trial', { job: 'trial', folder: job.folder, number: 1, rung: 0, share: 1, settings }, quiet);
  };
  const [plain, calibrated] = [await prepared('trial', {}), await prepared('trial-platt', { calibration: 'platt' })];
  expect(calibrated.loss).toBeLessThan(plain.loss - 0.05);
  expect(calibrated.trees).toBe(plain.trees);
});
