import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createArtifactStore } from '../src/artifacts/artifact-store.ts';
import { completeSpec } from '../src/domain/spec/default-spec.ts';
import type { RoutingEntry } from '../src/domain/rollout/routing.ts';
import { signatureOf } from '../src/domain/spec/signature.ts';
import { metadataOf } from '../src/onnx/graphs/metadata.ts';
import { priorGraph } from '../src/onnx/graphs/prior-graph.ts';
import { createInferenceApp } from '../src/serving/http/app.ts';
import { createModelTable } from '../src/serving/versions/model-table.ts';
import type { RoutingSource } from '../src/serving/ports.ts';
import type { Log } from '../src/telemetry/log.ts';
import type { Serving } from '../src/serving/serving.ts';
import { createSpool } from '../src/serving/spool/spool.ts';
import { createVersionHost } from '../src/serving/versions/version-host.ts';
import { createInferenceMetrics } from '../src/telemetry/inference-metrics.ts';
import { testEntities } from '../tests/worlds/entity-names.ts';

/**
 * CPU of one prediction with metrics over one without, from request to answer in one process, without the socket (which
 * would only make the share smaller). Batches of both in turn, so that a machine that slows down slows down both.
 */
const rounds = 61;
const requestsPerRound = 300;
const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const folder = await mkdtemp(path.join(tmpdir(), 'perennial-bench-'));
const spec = completeSpec({
  name: 'fraud',
  about: { owner: 'bench', useCase: 'bench', successCriterion: 'bench' },
  features: [
    { kind: 'number', name: 'amount', missing: 'refuse' },
    { kind: 'category', name: 'merchant', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
});
const artifacts = createArtifactStore(path.join(folder, 'artifacts'));
const signature = signatureOf(spec);
const modelDigest = await artifacts.putBytes(priorGraph(signature, [0.75, 0.25], metadataOf('prior', signature, '1')));
const champion = {
  version: 1,
  modelDigest,
  profileDigest: modelDigest,
  correction: 'identity',
  threshold: 0.5,
  specRevision: 1,
};
const entry: RoutingEntry = {
  model: 'fraud',
  revision: 1,
  specRevision: 1,
  champion,
  challenger: null,
  stage: 'steady',
  rollout: null,
  challengerWeight: 0,
  salt: 's',
  leaseUntilMs: null,
};
const source: Pick<RoutingSource, 'read' | 'spec' | 'profileDigest'> = {
  profileDigest: () => Promise.resolve(null),
  read: () => Promise.resolve([entry]),
  spec: () => Promise.resolve(spec),
};
const table = createModelTable({
  source,
  host: createVersionHost({ source, artifacts, log }),
  excluded: new Set(),
  log,
});
await table.refresh({ shouldLoad: true });
const spool = createSpool({
  dir: path.join(folder, 'spool'),
  processId: randomUUID(),
  flushMs: 100,
  log,
  bytesMax: Number.MAX_SAFE_INTEGER,
  recordsMax: Number.MAX_SAFE_INTEGER,
});
const serving: Serving = {
  table,
  membership: { isMember: () => true },
  spool,
  tokens: { authorise: () => Promise.resolve('allowed') },
  entities: testEntities,
  log,
  isDraining: () => false,
};
const door = { productVersion: 'bench' };
const without = createInferenceApp(serving, door);
const withMetrics = createInferenceApp({ ...serving, metrics: createInferenceMetrics() }, door);
const body = JSON.stringify({ rows: [{ amount: 12.5, merchant: 'food' }] });

async function cpuPerRequest(app: typeof without): Promise<number> {
  const before = process.cpuUsage();
  for (let request = 0; request < requestsPerRound; request++) {
    const response = await app.fetch(
      new Request('http://a/v1/models/fraud/predict', {
        method: 'POST',
        body,
        headers: { authorization: 'Bearer prn_x', 'content-length': String(body.length) },
      }),
    );
    if (response.status !== 200) throw new Error(await response.text());
    await response.text();
  }
  const used = process.cpuUsage(before);
  return (used.user + used.system) / requestsPerRound;
}

await cpuPerRequest(without);
await cpuPerRequest(withMetrics);
const pairs: { readonly without: number; readonly with: number }[] = [];
for (let round = 0; round < rounds; round++)
  pairs.push({ without: await cpuPerRequest(without), with: await cpuPerRequest(withMetrics) });
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const result = {
  bench: 'metrics-overhead',
  cpuUsPerRequestWithout: Number(median(pairs.map((pair) => pair.without)).toFixed(1)),
  cpuUsPerRequestWith: Number(median(pairs.map((pair) => pair.with)).toFixed(1)),
  ratio: Number(median(pairs.map((pair) => pair.with / pair.without)).toFixed(4)),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
await spool.close();
await rm(folder, { recursive: true, force: true });
