import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelSpec } from '../domain/spec/spec.ts';
import { featuresThat } from '../domain/training/selection/feature-selection.ts';
import { parseProfile } from '../domain/training/profile.ts';
import { inspectModel } from '../../tests/worlds/inspect-model.ts';
import { noisySpec, writeNoisyRows, type NoisyTrainer } from '../../tests/worlds/noisy-world.ts';
import { fixtureJob } from '../../tests/worlds/training-fixture.ts';
import { runTrain } from './run-train.ts';

let folder = '';
let data = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-selection-'));
  data = join(folder, 'rows.parquet');
  await writeNoisyRows(data, 1_500);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function train(spec: ModelSpec, name: string) {
  const job = fixtureJob(spec, folder, data, name);
  const notes: string[] = [];
  const report = await runTrain(job, async ({ note }) => void notes.push(note ?? ''));
  const bytes = await readFile(join(job.folder, report.release.modelFile));
  return { report, notes, at: job.folder, digest: createHash('sha256').update(bytes).digest('hex') };
}

const families: readonly (readonly [string, NoisyTrainer])[] = [
  ['trees', {}],
  ['linear', { kind: 'linear' }],
];

test.each(families)('%s do not read what says nothing, and read what does', async (name, trainer) => {
  const { report, notes, at } = await train(noisySpec({ ...trainer, featureSelection: {} }), name);
  const found = report.selection?.features;
  expect(found).toMatchObject({ nulls: 5, folds: 4 });
  const dropped = found === undefined ? [] : featuresThat('dropped', found);
  expect(dropped.length).toBeGreaterThanOrEqual(8);
  expect(dropped).not.toContain('strong');
  expect(dropped).not.toContain('weak');
  // Each was held against the fit with all features, and was no worse.
  const taken = found?.tries.filter(({ isTaken }) => isTaken).at(-1);
  expect(taken).toMatchObject({ without: dropped.length, folds: 4 });
  expect(taken?.difference).toBeLessThanOrEqual(0);
  expect(notes.join(' ')).toContain(`The model does not read ${dropped.length} features of 14`);
  // The file takes them from whoever asks, and rests on none of them; neither does its baseline.
  const inspected = await inspectModel(join(at, report.release.modelFile));
  expect(inspected.inputs).toHaveLength(14);
  expect(report.importance.filter(({ feature, gain }) => dropped.includes(feature) && gain > 0)).toEqual([]);
  const baselines: unknown = JSON.parse(await readFile(join(at, 'baselines.json'), 'utf8'));
  expect(baselines).toMatchObject({
    models: [{}, { importance: expect.arrayContaining([{ feature: dropped[0], gain: 0 }]) }],
  });
  const profile = parseProfile(await readFile(join(at, report.releaseProfileFile), 'utf8'));
  expect(profile.features).toHaveLength(14);
  expect(profile.unread?.toSorted()).toEqual(dropped.toSorted());
});

test('equal rows give equal bytes; what the definition keeps is read', async () => {
  const keep = ['noise 1', 'noise 2'];
  const monotone = { 'noise 3': 'increasing' } as const;
  const spec = noisySpec({ kind: 'gbdt', monotone, featureSelection: { keep } });
  const once = await train(spec, 'once');
  // In another folder from nothing, and in the same folder from the checkpoints that are left there.
  for (const name of ['again', 'once']) {
    // oxlint-disable-next-line no-await-in-loop -- the same folder twice
    const again = await train(spec, name);
    expect(again.digest).toBe(once.digest);
    expect(again.report.selection).toEqual(once.report.selection);
  }
  const found = once.report.selection?.features;
  const dropped = found === undefined ? [] : featuresThat('dropped', found);
  expect(dropped.length).toBeGreaterThan(4);
  expect([...keep, 'noise 3'].filter((name) => dropped.includes(name))).toEqual([]);
});

test('a selection that finds nothing to drop changes no byte of the file', async () => {
  const features = noisySpec({}).features.slice(0, 2);
  const plain = await train(noisySpec({}, { features }), 'plain');
  const selected = await train(noisySpec({ featureSelection: {} }, { features }), 'selected');
  expect(selected.report.selection?.features?.tries).toEqual([]);
  expect(selected.digest).toBe(plain.digest);
  expect(plain.report.selection).toBeUndefined();
  const profile = parseProfile(await readFile(join(selected.at, selected.report.releaseProfileFile), 'utf8'));
  expect(profile.unread).toBeUndefined();
});

test('of one feature, and of too few rows, nothing is looked for', async () => {
  const one = noisySpec({ featureSelection: {} }, { features: noisySpec({}).features.slice(0, 1) });
  const { report } = await train(one, 'one');
  expect(report.selection?.features).toMatchObject({ skipped: 'there is only one to read', features: [] });
  const few = join(folder, 'few.parquet');
  await writeNoisyRows(few, 300);
  const job = fixtureJob(noisySpec({ kind: 'linear', featureSelection: {} }), folder, few, 'few');
  const { selection } = await runTrain(job, async () => undefined);
  expect(selection?.features?.skipped).toContain('it takes 200 training and 100 validation rows');
});
