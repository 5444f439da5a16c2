import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withDuck } from '../../data/duck/connect.ts';
import { literal } from '../../data/duck/sql.ts';
import { checkSpec } from '../../domain/spec/check-spec.ts';
import { completeSpec, type ModelSpecInput } from '../../domain/spec/default-spec.ts';
import { tinySpec } from '../../../tests/worlds/loop-world.ts';
import { readPredictions } from '../judge/read-predictions.ts';
import { runTrain } from '../run-train.ts';
import { files, parts } from './folder.ts';
import { prepare } from './prepare.ts';
import { readFolder } from './read-folder.ts';

const dir = await mkdtemp(path.join(tmpdir(), 'perennial-groups-'));
afterAll(() => rm(dir, { recursive: true, force: true }));
const file = path.join(dir, 'rows.parquet');
// 120 customers of ten rows each; a tenth of the rows is of nobody.
await withDuck({}, (duck) =>
  duck.run(`COPY (SELECT ((i * 37) % 101)::DOUBLE AS height, ((i * 11) % 13)::DOUBLE AS width,
    CASE WHEN i % 3 = 0 THEN 'red' ELSE 'blue' END AS colour,
    CASE WHEN i % 10 = 0 THEN NULL ELSE 'c' || (i % 120) END AS customer,
    CASE WHEN (i * 37) % 101 + (i * 29) % 53 > 75 THEN 'yes' ELSE 'no' END AS y, i AS _order
    FROM range(1200) AS r(i)) TO ${literal(file)} (FORMAT parquet)`),
);

function specWith(change: Partial<ModelSpecInput> = {}) {
  const split = { group: { column: 'customer', seed: 1 } };
  return completeSpec({ ...tinySpec('groups', file), entity: { column: 'customer' }, split, ...change });
}

async function prepared(name: string, spec = specWith()) {
  const folder = path.join(dir, name);
  await mkdir(folder, { recursive: true });
  await prepare({ spec, dataPaths: [file], folder }, async () => undefined);
  return { folder, ...(await readFolder(folder)) };
}

async function ordersOf(folder: string, part: (typeof parts)[number]): Promise<readonly number[]> {
  const rows = await withDuck({}, (duck) =>
    duck.rows(`SELECT "_order"::DOUBLE AS o FROM read_parquet(${literal(path.join(folder, files[part]))})`),
  );
  return rows.map((row) => Number(row['o']));
}

const customerOf = (order: number): string => (order % 10 === 0 ? `row ${order}` : `c${order % 120}`);

test('no group is in two parts, each part is in time order, and ranges say where it lies', async () => {
  const { folder, table, split } = await prepared('whole');
  const of = await Promise.all(parts.map((part) => ordersOf(folder, part)));
  const [training = [], validation = [], test_ = [], gap = []] = of;
  expect(of.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1_200 }, (_, i) => i));
  const groups = [training, validation, test_].map((orders) => new Set(orders.map(customerOf)));
  for (const [at, one] of groups.entries())
    for (const other of groups.slice(at + 1)) expect([...one].filter((name) => other.has(name))).toEqual([]);
  for (const orders of of) expect(orders).toEqual(orders.toSorted((a, b) => a - b));
  expect(Array.from(table.order)).toEqual([...training, ...validation, ...test_, ...gap]);
  expect([split.training.to, split.validation.to, split.test.to]).toEqual([
    training.length,
    training.length + validation.length,
    1_200,
  ]);
  for (const part of [validation, test_]) expect(Math.abs(part.length - 180)).toBeLessThan(100);
});

test('a group keeps its part when rows come, and is dealt anew by another seed', async () => {
  const { folder } = await prepared('first');
  const later = await prepared(
    'later',
    specWith({ split: { group: { column: 'customer', seed: 1 }, testRowsMax: 60 } }),
  );
  const test_ = await ordersOf(folder, 'test');
  expect(await ordersOf(later.folder, 'test')).toEqual(test_.slice(-60));
  expect(await ordersOf(later.folder, 'gap')).toEqual(test_.slice(0, -60));
  const other = await prepared('other', specWith({ split: { group: { column: 'customer', seed: 2 } } }));
  expect(await ordersOf(other.folder, 'test')).not.toEqual(test_);
});

test('is trained and judged on them, and every row finds its own answer', async () => {
  const folder = path.join(dir, 'trained');
  const spec = specWith();
  const none = { championModelPath: null, championThreshold: null, championTrainedThroughOrder: null };
  const report = await runTrain({ job: 'train', spec, dataPaths: [file], folder, ...none }, async () => undefined);
  expect(report.trainedThroughOrder).toBe(1_199);
  expect(report.release.modelFile).toBe(report.candidate.modelFile);
  expect(report.candidate.testMetrics.auroc).toBeGreaterThan(0.9);
  expect(report.parity.labelMismatches).toBe(0);
  const { table, split } = await readFolder(folder);
  const held = table.order.subarray(split.validation.from);
  const candidate = { family: 'gbdt', predictionsFile: 'candidate.predictions.parquet', hasMissingRow: true };
  const said = await readPredictions(folder, candidate, held, 2);
  expect(said).toHaveLength(2 * (held.length + 1));
});

test('a definition must not refit on the groups of its test, and the column must be there', () => {
  expect(checkSpec(specWith())).toEqual([]);
  expect(checkSpec(specWith({ trainer: { refit: true } }))).toMatchObject([{ path: 'trainer.refit' }]);
  expect(checkSpec(specWith({ split: { group: { column: 'shop', seed: 1 } } }))).toMatchObject([
    { path: 'split.group.column' },
  ]);
});

test('too few groups are refused with their numbers', async () => {
  const one = specWith({ entity: null, split: { group: { column: 'colour', seed: 1 } } });
  await expect(prepared('few', one)).rejects.toMatchObject({ code: 'invalid_data', path: 'split.group' });
});
