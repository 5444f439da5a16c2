import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { createToken } from '../../src/access/create-token.ts';
import { createTokenSource } from '../../src/access/token-source.ts';
import { createArtifactStore, type ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { createRoutingSource } from '../../src/db/routing/routing-source.ts';
import { routing, specRevision, model as modelTable, version as versionTable } from '../../src/db/schema/index.ts';
import { createSegmentSink } from '../../src/db/traffic/store/store-segment.ts';
import { completeSpec, type ModelSpecInput } from '../../src/domain/spec/default-spec.ts';
import type { ReferenceProfile } from '../../src/domain/training/profile.ts';
import type { RoutedVersion, RoutingEntry } from '../../src/domain/rollout/routing.ts';
import { signatureOf } from '../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { metadataOf } from '../../src/onnx/graphs/metadata.ts';
import { priorGraph } from '../../src/onnx/graphs/prior-graph.ts';
import { startInferenceProcess, type InferenceProcess } from '../../src/serving/inference-process.ts';
import type { RoutingSource, SegmentSink } from '../../src/serving/ports.ts';
import type { Log } from '../../src/telemetry/log.ts';
import { createProfileCache } from '../../src/serving/versions/profile-cache.ts';
import { startShipper, type Shipper } from '../../src/serving/spool/shipper.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { testEntities, testKey } from './entity-names.ts';

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The members of all answers together; a test looks at those that its answer should have. */
export interface Body {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string;
  readonly error: string;
  readonly id: string;
  readonly model_name: string;
  readonly model_version: string;
  readonly outputs: readonly unknown[];
  readonly predictions: readonly { readonly predictionId: string; readonly version: number; readonly arm: string }[];
}

export interface Reply {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** One database, one artifact folder, one spool, and (when asked for) one inference process in this process. */
export interface ServingWorld {
  readonly database: Database;
  readonly testDatabase: TestDatabase;
  readonly artifacts: ArtifactStore;
  readonly source: RoutingSource;
  readonly sink: SegmentSink;
  readonly spec: ModelSpec;
  readonly token: string;
  readonly spoolDir: string;
  readonly artifactDir: string;
  /** Holds the key of this installation, for processes of its own. */
  readonly keyFile: string;
  /** Writes a version that gives every row the same answer; NaN makes one that fails on every row. */
  addVersion(number: number, answer: readonly number[]): Promise<RoutedVersion>;
  /** Replaces the routing entry of `fraud` under the next revision. */
  route(change: Partial<RoutingEntry>): Promise<number>;
  serve(): Promise<InferenceProcess>;
  port(): number;
  request(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** Puts everything answered so far into Postgres. */
  ship(): Promise<void>;
  close(): Promise<void>;
}

export const worldSpec: ModelSpecInput = {
  name: 'fraud',
  about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
  entity: { column: 'card' },
  eventTime: { column: 'at' },
  features: [
    { kind: 'number', name: 'amount', missing: 'refuse' },
    { kind: 'category', name: 'merchant', missing: 'allow' },
    { kind: 'boolean', name: 'night', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'label', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
  watch: {
    window: { rows: 10 },
    proxies: [{ name: 'call', meaning: 'the cardholder called', better: 'lower' }],
  },
};

const profile: ReferenceProfile = {
  formatVersion: 1,
  rows: 100,
  features: [
    { name: 'amount', kind: 'binned', edges: [10, 20], counts: [30, 30, 40], missing: 0 },
    { name: 'merchant', kind: 'category', values: ['a', 'b'], counts: [50, 40], other: 10, missing: 0 },
    { name: 'long gone', kind: 'binned', edges: [1], counts: [50, 50], missing: 0 },
  ],
  prediction: { name: 'prediction', kind: 'binned', edges: [0.5], counts: [90, 10], missing: 0 },
};

/** `place` is a migrated database; without it the world makes one of its own. */
export async function createServingWorld(place?: TestDatabase): Promise<ServingWorld> {
  const testDatabase = place ?? (await createTestDatabase());
  const database = createDatabase(testDatabase.url);
  const dir = await mkdtemp(join(tmpdir(), 'perennial-serving-'));
  const artifactDir = join(dir, 'artifacts');
  const spoolDir = join(dir, 'spool');
  const keyFile = join(dir, 'installation.key');
  await writeFile(keyFile, testKey, { mode: 0o600 });
  const artifacts = createArtifactStore(artifactDir);
  const source = createRoutingSource(database, silentLog);
  const sink = createSegmentSink({
    entities: testEntities,
    database,
    profileOf: createProfileCache(source, artifacts, silentLog),
    specOf: (name, revision) => source.spec(name, revision),
  });
  const spec = completeSpec(worldSpec);
  const { secret: token } = await createToken(database.db, {
    name: 'test',
    role: 'predictor',
    scope: 'fraud',
    expiresAt: null,
  });
  const entry: RoutingEntry = {
    model: 'fraud',
    revision: 1,
    specRevision: 1,
    champion: null,
    challenger: null,
    stage: 'empty',
    rollout: null,
    challengerWeight: 0,
    salt: 'salt',
    leaseUntilMs: null,
  };
  await database.db.insert(modelTable).values({ name: 'fraud', specRevision: 1 });
  await database.db.insert(specRevision).values({ model: 'fraud', revision: 1, digest: 'd', spec, actor: 'test' });
  await database.db.insert(routing).values({ model: 'fraud', revision: 1, entry });
  const profileDigest = await artifacts.putBytes(JSON.stringify(profile));
  let current = entry;
  let inference: InferenceProcess | undefined;
  let shipper: Shipper | undefined;

  const request: ServingWorld['request'] = async (path, body, headers = {}) => {
    const response = await fetch(`http://127.0.0.1:${inference?.port}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()), headers: response.headers };
  };

  return {
    database,
    testDatabase,
    artifacts,
    source,
    sink,
    spec,
    token,
    spoolDir,
    artifactDir,
    keyFile,
    async addVersion(number, answer) {
      const signature = signatureOf(spec);
      const modelDigest = await artifacts.putBytes(
        priorGraph(signature, answer, metadataOf('prior', signature, String(number))),
      );
      await database.db.insert(versionTable).values({
        model: 'fraud',
        version: number,
        runId: `train/fraud/${number}`,
        status: 'released',
        specRevision: 1,
        modelDigest,
        profileDigest,
        correction: 'identity',
        threshold: 0.5,
        snapshots: [],
        report: {} as never,
        labelledRows: 0,
        throughWindow: null,
        gateVerdict: 'pass',
      });
      return { version: number, modelDigest, profileDigest, correction: 'identity', threshold: 0.5, specRevision: 1 };
    },
    async route(change) {
      current = { ...current, ...change, revision: current.revision + 1, leaseUntilMs: null };
      const leaseUntil = current.challenger === null ? null : new Date(Date.now() + 60_000);
      await database.db
        .update(routing)
        .set({ revision: current.revision, entry: current, leaseUntil })
        .where(eq(routing.model, 'fraud'));
      await database.pool.query("select pg_notify('perennial_routing', '{}')");
      return current.revision;
    },
    async serve() {
      inference = await startInferenceProcess({
        source,
        tokens: createTokenSource(database),
        artifacts,
        entities: testEntities,
        log: silentLog,
        processId: randomUUID(),
        productVersion: 'test',
        host: '127.0.0.1',
        port: 0,
        spoolDir,
        flushMs: 20,
        shouldLoadInPlace: true,
      });
      return inference;
    },
    port: () => inference?.port ?? 0,
    request,
    async ship() {
      shipper ??= startShipper({ dir: spoolDir, sink, log: silentLog, intervalMs: 60_000 });
      // A label's answer means that everything before it is on disk; an unknown prediction's label is as good as any.
      await request('/v1/labels', {
        model: 'fraud',
        labels: [{ labelId: `barrier-${randomUUID()}`, predictionId: 'nobody', label: 'fine' }],
      });
      if (!(await shipper.shipOnce())) throw new Error('the segments could not be stored');
    },
    async close() {
      await inference?.stop(0);
      await shipper?.stop();
      await source.close();
      await database.close();
      await testDatabase.drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
