import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ErasureView } from '../../../src/contracts/http/erasures.ts';
import type { SnapshotVerified } from '../../../src/contracts/http/data/snapshots.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { filesWith, tablesWith } from '../../worlds/find-marker.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { tinyTable } from '../../worlds/tiny-table.ts';
import { until } from '../../worlds/wait.ts';
import { ended } from '../../worlds/workflow-ends.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';

const marker = 'zebra-4711';
let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

const control = () => ({ url: world.stack.controlUrl, token: world.stack.tokens.admin });
const inference = () => ({ url: world.stack.inferenceUrl, token: world.stack.tokens.predictor });

/** The history of a model whose rows are about somebody; two are about the one who asks to be forgotten. */
async function begin(name: string): Promise<void> {
  const spec = await world.define(name, { entity: { column: 'who' } });
  const [head = '', ...rows] = (await readFile(world.historyFile(name), 'utf8')).trimEnd().split('\n');
  const named = rows.map((row, i) => `${i === 7 ? marker : `w${i % 40}`},${row}`);
  await writeFile(world.historyFile(name), [`who,${head}`, ...named, `${marker},high,1,red,no`, ''].join('\n'));
  await world.apply(spec);
  await until(`${name} has a champion`, async () => {
    const view = await world.settled(name);
    return view.championVersion === 1 && view.isSettled;
  });
}

async function answer(model: string, predictionId: string, who: string): Promise<void> {
  const before = await world.settled(model);
  const [row] = tinyTable({ seed: predictionId, rows: 1 });
  await requestJson(inference(), 'POST', `/v1/models/${model}/predict`, {
    rows: [{ ...row?.cells, who }],
    predictionIds: [predictionId],
  });
  await requestJson(inference(), 'POST', '/v1/labels', {
    model,
    labels: [{ labelId: predictionId, predictionId, label: row?.label }],
  });
  await until('it is stored', async () => (await world.settled(model)).labels > before.labels);
}

const isOurs = (file: string): boolean => !file.startsWith(path.join(world.stack.config.stateDir, 'postgres'));
const traces = async () => [
  ...(await filesWith(world.stack.config.stateDir, marker, isOurs)),
  ...(await tablesWith(world.stack.database.pool, marker)),
];

async function histories(): Promise<string> {
  const texts: string[] = [];
  for await (const { workflowId, runId } of world.client.workflow.list()) {
    const history = await world.client.workflow.getHandle(workflowId, runId).fetchHistory();
    texts.push(
      JSON.stringify(history, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value)),
    );
  }
  return texts.join('\n');
}

test('what is known of somebody goes, although the worker is killed, and what learnt from it is named', async () => {
  await begin('shop');
  await answer('shop', 'kept-1', 'w3');
  await answer('shop', 'gone-1', marker);
  expect((await traces()).length).toBeGreaterThan(1);
  const { erasureId } = await requestJson<{ erasureId: string }>(control(), 'POST', '/v1/erasures', {
    entity: marker,
    model: 'shop',
    reason: 'request 88',
  });
  process.kill(world.stack.pids()['worker'] ?? 0, 'SIGKILL');
  const done = await until('the erasure has ended', async () => {
    const view = await requestJson<ErasureView>(control(), 'GET', `/v1/erasures/${erasureId}`);
    return view.status === 'done' ? view : undefined;
  });
  expect(done.notReached).toEqual([]);
  expect(done.trainedOn).toEqual([
    { model: 'shop', version: 1, isChampion: true, retrain: expect.stringContaining('perennial retrain shop') },
  ]);
  const counts = Object.fromEntries(done.counts.map(({ place, rows }) => [place, rows]));
  expect(counts).toMatchObject({ predictions: 1, labels: 1, snapshots: 1, quarantine: 1, spool: 2 });
  expect(await traces()).toEqual([]);
  const told = await histories();
  expect(told).toContain(erasureId);
  expect(told).not.toContain(marker);
  const { rows } = await world.stack.database.pool.query('select prediction_id from prediction');
  expect(rows).toEqual([{ prediction_id: 'kept-1' }]);
});

test('the dataset says that rows were erased, is whole, and a training learns from it under its old name', async () => {
  const { rows } = await world.stack.database.pool.query<{ snapshots: string[] }>(
    "select snapshots from version where model = 'shop'",
  );
  const digest = rows[0]?.snapshots[0] ?? '';
  const verified = await requestJson<SnapshotVerified>(control(), 'GET', `/v1/snapshots/${digest}/verify`);
  expect(verified).toMatchObject({ isWhole: true, wrongManifests: [], erased: [{ digest, rows: 2 }] });
  await world.retrain('shop', { reason: 'without what was erased', rollout: false });
  await ended(world, workflowIds.train('shop', 2));
  const { rows: versions } = await world.stack.database.pool.query<{ snapshots: string[] }>(
    "select snapshots from version where model = 'shop' and version = 2",
  );
  expect(versions[0]?.snapshots).toContain(digest);
  expect(await traces()).toEqual([]);
});
