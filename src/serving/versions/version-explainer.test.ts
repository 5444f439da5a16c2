import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fitRequest } from '../../../tests/worlds/fit-fixture.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { TrainerInput } from '../../domain/spec/trainer-spec.ts';
import type { ReferenceProfile } from '../../domain/training/profile.ts';
import { defaultTrainers } from '../../domain/spec/trainer-spec.ts';
import { linearTrainer } from '../../trainers/families/linear/linear.ts';
import { openVersion } from './open-version.ts';

const target = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } } as const;
const specOf = (trainer: TrainerInput) =>
  completeSpec({
    name: 'm',
    about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
    features: [{ kind: 'number', name: 'x', missing: 'allow' }],
    target,
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
    trainer,
  });
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const routed = {
  version: 1,
  modelDigest: 'model',
  profileDigest: 'profile',
  correction: 'identity',
  threshold: null,
  specRevision: 1,
};
const cells = { kind: 'binned', edges: [0, 0.5], counts: [5, 5, 5], missing: 0 } as const;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'version-explainer-'));
  const rows = 400;
  const numbers = Float64Array.from({ length: rows }, (_, row) => (row % 20) / 20);
  const labels = Float64Array.from({ length: rows }, (_, row) => (((row % 20) + (row % 7)) / 20 > 0.6 ? 1 : 0));
  const request = fitRequest(target, [{ name: 'x', kind: 'number', numbers }], labels);
  const model = await linearTrainer.fit({ ...request, settings: defaultTrainers.linear });
  await writeFile(path.join(folder, 'model'), model.toOnnx('digest'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function opened(trainer: TrainerInput, profile: ReferenceProfile | null) {
  await writeFile(path.join(folder, 'profile'), JSON.stringify(profile));
  const { version } = await openVersion(
    {
      artifacts: { checkedPathOf: async (digest) => path.join(folder, digest) },
      log,
      source: { spec: async () => specOf(trainer), profileDigest: async () => (profile === null ? null : 'profile') },
    },
    'm',
    routed,
  );
  return version;
}
const profileOf = (rows: number): ReferenceProfile => ({
  formatVersion: 1,
  rows,
  features: [{ name: 'x', ...cells }],
  prediction: { name: 'yes', ...cells },
});
const row = { numbers: Float64Array.of(0.5), texts: [] };

test('a version of ours is explained from its file, and opened once', async () => {
  const version = await opened({ kind: 'linear' }, null);
  const explainer = await version.explainer();
  expect(explainer.method).toBe('linear');
  expect(await version.explainer()).toBe(explainer);
});

test('the file of somebody else is asked, by rows that its reference profile has', async () => {
  const exact = await (await opened({ kind: 'linear' }, null)).explainer();
  const imported = await opened({ kind: 'imported', process: 'shared' }, profileOf(15));
  const sampled = await imported.explainer();
  expect([sampled.method, sampled.features]).toEqual(['sampled', ['x']]);
  const [said] = await sampled.explain([{ row, output: 0 }]);
  const [known] = await exact.explain([{ row, output: 0 }]);
  expect(said?.score).toBeCloseTo(known?.score ?? Number.NaN, 4);
  // Cells stand for 0, 0.5 and 0.5: a third of the rows that were drawn is where the row is not.
  const [zero] = await exact.explain([{ row: { ...row, numbers: Float64Array.of(0) }, output: 0 }]);
  const truth = ((known?.score ?? 0) - (zero?.score ?? 0)) / 3;
  expect(Math.abs((said?.contributions[0] ?? Number.NaN) - truth)).toBeLessThan(4 * (said?.errors?.[0] ?? 0));
});

test('without a reference it says why it explains nothing, and asks again', async () => {
  const version = await opened({ kind: 'imported', process: 'shared' }, profileOf(0));
  await expect(version.explainer()).rejects.toMatchObject({
    code: 'unavailable',
    message: 'It is not known yet which rows are usual for this version.',
  });
  await writeFile(path.join(folder, 'profile'), JSON.stringify(profileOf(15)));
  expect((await version.explainer()).method).toBe('sampled');
});
