import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { derive } from '../domain/features/expressions/evaluate.ts';
import { signatureOf } from '../domain/spec/signature.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import type { TrainerInput } from '../domain/spec/trainer-spec.ts';
import { parseProfile } from '../domain/training/profile.ts';
import { columnFrom, columnsOf } from '../onnx/run/columns.ts';
import { withDerived } from '../onnx/run/derive-columns.ts';
import { loadModel, openSession, runModel } from '../onnx/run/run-model.ts';
import { inspectModel } from '../../tests/worlds/inspect-model.ts';
import { perItem, ratioSpec, writeRatioRows } from '../../tests/worlds/ratio-world.ts';
import { fixtureJob } from '../../tests/worlds/training-fixture.ts';
import { readFolder } from './prepare/read-folder.ts';
import { runTrain } from './run-train.ts';

let folder = '';
let data = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-derived-'));
  data = join(folder, 'orders.parquet');
  await writeRatioRows(data, 1_500);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function train(spec: ModelSpec, name: string) {
  const job = fixtureJob(spec, folder, data, name);
  return { report: await runTrain(job, async () => undefined), at: job.folder };
}

const families: readonly (readonly [string, TrainerInput])[] = [
  ['trees', {}],
  ['linear', { kind: 'linear' }],
];

test.each(families)('%s see a ratio that their inputs do not show', async (name, trainer) => {
  const input = name === 'linear' ? { kind: 'linear' as const } : trainer;
  const without = await train(plainTrainer(ratioSpec('orders', false), input), `${name}-without`);
  const having = await train(plainTrainer(ratioSpec('orders', true), input), `${name}-with`);
  const lossOf = ({ report }: typeof having) => report.candidate.testMetrics.logLoss ?? Number.NaN;
  expect(lossOf(having)).toBeLessThan(lossOf(without) * 0.8);
  expect(having.report.importance[0]?.feature).toBe('perItem');
  // What is an input alone is no feature.
  expect(having.report.importance.map(({ feature }) => feature)).not.toContain('amount');
  expect(having.report.parity.labelMismatches).toBe(0);
});

/** A linear model of this world sees the logarithm best, whatever the ratio is. */
function plainTrainer(spec: ModelSpec, trainer: TrainerInput): ModelSpec {
  if (trainer.kind !== 'linear') return spec;
  const { trainer: linear } = ratioSpec('orders', true, { kind: 'linear' });
  const derived = spec.derived?.map((one) =>
    one.name === 'perItem' ? { ...one, expression: { op: 'log1p' as const, of: [perItem] } } : one,
  );
  return { ...spec, trainer: linear, ...(derived === undefined ? {} : { derived }) };
}

test('the file takes the raw columns alone, and answers a row as the training saw it', async () => {
  const spec = ratioSpec('orders', true);
  const { report, at } = await train(spec, 'served');
  const inspected = await inspectModel(join(at, report.release.modelFile));
  expect(inspected.inputs.map(({ name }) => name)).toEqual(['amount', 'items', 'shop', 'channel']);
  const { session } = await loadModel(join(at, report.release.modelFile));
  const cells = (amount: number | null, items: number) =>
    columnsOf(
      1,
      spec.features.map((feature) =>
        columnFrom(feature, [
          new Map<string, string | number | null>([
            ['amount', amount],
            ['items', items],
            ['shop', 'a'],
            ['channel', 'app'],
          ]).get(feature.name) ?? null,
        ]),
      ),
    );
  try {
    const dear = await runModel(session, cells(5_000, 2));
    const cheap = await runModel(session, cells(5_000, 900));
    expect(dear.scores[1]).toBeGreaterThan(0.7);
    expect(cheap.scores[1]).toBeLessThan(0.3);
    // No items and no amount are one: the ratio is missing.
    expect((await runModel(session, cells(5_000, 0))).labels).toHaveLength(1);
  } finally {
    await session.release();
  }
});

test('the profile watches inputs and derived features; a fit of somebody else finds what computes them', async () => {
  const spec = ratioSpec('orders', true);
  const { report, at } = await train(spec, 'watched');
  const profile = parseProfile(await readFile(join(at, report.releaseProfileFile), 'utf8'));
  const names = ['amount', 'items', 'shop', 'channel', 'perItem', 'shopChannel', 'hasAmount'];
  expect(profile.features.map(({ name }) => name)).toEqual(names);
  expect(profile.answers?.counts).toHaveLength(names.length);
  const session = await openSession(await readFile(join(at, 'derived.onnx')));
  expect(session.inputNames).toEqual(['amount', 'items', 'shop', 'channel']);
  expect(session.outputNames).toEqual(['perItem', 'shopChannel', 'hasAmount']);
  await session.release();
  const { table } = await readFolder(at);
  const raw = await withDerived(signatureOf(ratioSpec('orders', false)), table.columns);
  const computed = table.columns.byName.get('perItem');
  const [amount, items] = ['amount', 'items'].map((name) => raw.byName.get(name));
  for (let row = 0; row < table.rows; row++) {
    const own = derive(perItem, (name) => {
      const column = name === 'amount' ? amount : items;
      return column !== undefined && 'numbers' in column ? (column.numbers[row] ?? NaN) : null;
    });
    expect(computed !== undefined && 'numbers' in computed ? computed.numbers[row] : null).toBe(own);
  }
});
