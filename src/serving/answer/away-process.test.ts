import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callWith, servedInMemory, servingInMemory } from '../../../tests/worlds/serving-in-memory.ts';
import { silentLog } from '../../../tests/worlds/serving-world.ts';
import { until } from '../../../tests/worlds/wait.ts';
import type { SpoolRecord } from '../../domain/record/records.ts';
import { completeSpec, type ModelSpecInput } from '../../domain/spec/default-spec.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import { metadataOf } from '../../onnx/graphs/metadata.ts';
import { priorGraph } from '../../onnx/graphs/prior-graph.ts';
import { answerWith } from '../../sdk/declare/fallback.ts';
import { createInferenceMetrics } from '../../telemetry/inference-metrics.ts';
import { deferred } from '../model-process/deferred.ts';
import type { ServedModel } from '../versions/model-table.ts';
import { createVersionHost, type VersionHost } from '../versions/version-host.ts';
import { modelReady } from './describe-model.ts';
import { health } from './health.ts';
import { predict } from './predict.ts';

const declared: ModelSpecInput = {
  name: 'foreign',
  about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
  features: [{ kind: 'number', name: 'x', missing: 'allow' }],
  target: { task: 'binary', column: 'label', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: '(imported)', format: 'csv' },
  trainer: { kind: 'imported', process: 'own', memoryBytesMax: 512 * 1024 ** 2 },
};
const spec = completeSpec(declared);
const plain = servedInMemory(completeSpec({ ...declared, name: 'plain', trainer: { kind: 'gbdt' } }), {
  score: () => [0.25, 0.75],
});

let folder: string;
/** Holds its next start up, so that what is true meanwhile can be looked at. */
let mayStart = Promise.resolve();
let host: VersionHost;
let foreign: ServedModel;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-away-'));
  const file = path.join(folder, 'model.onnx');
  const signature = signatureOf(spec);
  await writeFile(file, priorGraph(signature, [0.5, 0.5], metadataOf('imported', signature, '1')));
  host = createVersionHost({
    source: { spec: () => Promise.resolve(spec), profileDigest: () => Promise.resolve(null) },
    artifacts: { checkedPathOf: () => mayStart.then(() => file) },
    log: silentLog,
    onProcessEnd: (model, how) => metrics.modelProcessEnded(model, how),
  });
  const served = servedInMemory(spec, { score: () => null });
  const champion = served.champion;
  if (champion === null) throw new Error('a world without a champion');
  expect(await host.load('foreign', champion.routed)).toBe(true);
  foreign = { ...served, champion: { ...champion, ...host.get('foreign', champion.routed) } };
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

const metrics = createInferenceMetrics();
const nothingSeen = {
  loadedVersions: 0,
  servedModels: 0,
  isReady: true,
  spoolBytes: 0,
  spoolOldestSeconds: 0,
  pushedBytes: 0,
};
const ask = (model: string) => ({
  model,
  readBody: () => Promise.resolve({ rows: [{ x: 1 }, { x: 2 }] }),
});

/** Ends the process, and holds its next start up until it is let go. */
function end(): { letGo(): void } {
  const held = deferred<void>();
  mayStart = held.promise;
  process.kill(host.processes[0]?.pid ?? 0, 'SIGKILL');
  return { letGo: () => held.resolve() };
}

const failed = (records: readonly SpoolRecord[]): readonly boolean[] =>
  records.map(({ record }) => 'failed' in record && record.failed);

test('while its process is away its rows fail with one sentence, another model answers; it comes back', async () => {
  const { serving, records } = servingInMemory([foreign, plain]);
  const answers = async (model: string): Promise<boolean> =>
    (await predict(serving, callWith('t'), ask(model))).predictions.every((one) => 'label' in one);
  expect(await answers('foreign')).toBe(true);
  expect(records.splice(0)).toHaveLength(2);
  const { letGo } = end();
  await expect(predict(serving, callWith('t'), ask('foreign'))).rejects.toMatchObject({
    code: 'unavailable',
    message: 'foreign v1 does not answer: it ended (SIGKILL); its process is started again',
  });
  expect(failed(records)).toEqual([true, true]);
  expect(await answers('plain')).toBe(true);
  expect(health(serving)).toMatchObject({ status: 'ready', modelsAway: 1 });
  await expect(modelReady(serving, callWith('t'), { model: 'foreign' })).rejects.toMatchObject({ code: 'unavailable' });
  letGo();
  await until('it is back', () => answers('foreign'));
  expect(health(serving)).not.toHaveProperty('modelsAway');
});

test('a declared fallback answers meanwhile, its rows count as failed, and the metrics say it is away', async () => {
  const { serving, records } = servingInMemory([{ ...foreign, latestSpec: { ...spec, fallback: answerWith('no') } }]);
  metrics.observe(() => ({ ...nothingSeen, modelProcesses: host.processes }));
  expect(await metrics.text()).toContain('perennial_inference_model_processes{model="foreign",state="up"} 1');
  const { letGo } = end();
  const { predictions } = await predict(serving, callWith('t'), ask('foreign'));
  expect(predictions).toMatchObject([1, 2].map(() => ({ version: null, arm: 'fallback', label: 'no' })));
  expect(failed(records)).toEqual([true, true]);
  const text = await metrics.text();
  expect(text).toContain('perennial_inference_model_processes{model="foreign",state="away"} 1');
  expect(text).toContain('perennial_inference_model_process_ends_total{model="foreign",how="crashed"} 2');
  letGo();
});
