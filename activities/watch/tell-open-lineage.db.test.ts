import { createServer, type IncomingHttpHeaders } from 'node:http';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { sha256 } from '../../src/artifacts/digest.ts';
import { rootDir } from '../../src/config.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { installationIdOf } from '../../src/db/installation/installation.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { closeRun, openRun } from '../../src/db/runs/runs.ts';
import { noteFollower } from '../../src/db/open-lineage/run-events.ts';
import { openLineageFollower, runEvent, version } from '../../src/db/schema/index.ts';
import { connectSource } from '../../src/sources/registry.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { ingestSourceActivities } from '../ingest/ingest-source.ts';
import { tellOpenLineage, type OpenLineageSettings } from './tell-open-lineage.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;
const folder = await mkdtemp(path.join(tmpdir(), 'open-lineage-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Event {
  readonly eventType: string;
  readonly run: { readonly runId: string; readonly facets: Record<string, Record<string, unknown>> };
  readonly job: { readonly name: string };
  readonly inputs: readonly Dataset[];
  readonly outputs: readonly Dataset[];
}
interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Record<string, { readonly [member: string]: unknown }>;
  readonly inputFacets?: Record<string, unknown>;
  readonly outputFacets?: Record<string, unknown>;
}

/** The published schemas, and whether an event keeps them, facet by facet. */
const schemas = path.join(rootDir, 'tests', 'fixtures', 'open-lineage');
const ajv = new Ajv2020({ strict: false });
ajv.addFormat('date-time', (text: string) => !Number.isNaN(Date.parse(text)) && /^\d{4}-\d\d-\d\dT.*Z$/.test(text));
ajv.addFormat('uri', (text: string) => URL.canParse(text));
ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
for (const file of await readdir(schemas))
  if (file.endsWith('.json')) ajv.addSchema(JSON.parse(await readFile(path.join(schemas, file), 'utf8')) as object);

function problemsOf(event: Event): readonly string[] {
  const held = (schema: string, value: unknown) => {
    const check = ajv.getSchema(schema);
    if (check === undefined) return [`no schema ${schema}`];
    return check(value) === true ? [] : [`${schema}: ${ajv.errorsText(check.errors)}`];
  };
  const sets = [...event.inputs, ...event.outputs];
  const facets = [
    event.run.facets,
    event.job,
    ...sets.flatMap((one) => [one.facets, one.inputFacets, one.outputFacets]),
  ];
  return [
    ...held('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent', event),
    ...facets.flatMap((of) =>
      Object.values((of === event.job ? (event.job as { facets?: object }).facets : of) ?? {}).flatMap((one) =>
        held(String((one as { _schemaURL?: unknown })._schemaURL), one),
      ),
    ),
  ];
}

/** Receives as a store of lineage does, and refuses what the schemas do not allow. */
const taken: { readonly event: Event; readonly headers: IncomingHttpHeaders }[] = [];
const problems: string[] = [];
let answer: (event: Event) => number = () => 201;
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the schemas below say whether it is one
    const event = JSON.parse(body) as Event;
    problems.push(...problemsOf(event));
    const status = answer(event);
    if (status === 201) taken.push({ event, headers: request.headers });
    response.writeHead(status).end();
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

const warnings: string[] = [];
const settings: OpenLineageSettings = {
  url: `http://${host}/api/v1/lineage`,
  token: async () => 'a-secret',
  privateHostsAllowed: [host],
};
const tell = (more: Partial<OpenLineageSettings> = {}) =>
  tellOpenLineage({
    database,
    settings: { ...settings, ...more },
    warn: (fields, message) => warnings.push(`${message} ${String(fields['error'] ?? fields['err'] ?? '')}`),
  });
/** As if the back-off were over. */
const later = () => db.update(openLineageFollower).set({ nextAttemptAt: new Date(0) });

beforeEach(async () => {
  for (const list of [taken, problems, warnings]) list.length = 0;
  answer = () => 201;
  await db.delete(runEvent);
  await db.delete(openLineageFollower);
  await noteFollower(db);
});

const store = createArtifactStore(path.join(folder, 'store'));
const installationId = await installationIdOf(database, 'lineage');
const namespace = `perennial://${installationId}`;
const spec = { ...specOf('shop.orders'), source: { kind: 'file', path: 'orders.csv', format: 'csv' } as const };
await withTransaction(database, (tx) => storeSpec(tx, spec, 'ana'));
const { ingestSource } = ingestSourceActivities({
  database,
  store,
  workDir: path.join(folder, 'work'),
  connectSource: (source: typeof spec.source) => connectSource(source, { roots: [folder], store }),
} as unknown as ActivityDependencies);

const columns = [...spec.features.map(({ name }) => name), spec.target.column];
const text = [
  columns.join(','),
  ...Array.from({ length: 30 }, (_, i) => [...spec.features.map(() => `${i}`), i % 2 ? 'fraud' : 'genuine'].join(',')),
  '',
].join('\n');
const ingest = () =>
  inActivity(() =>
    ingestSource({
      model: 'shop.orders',
      specRevision: 1,
      sourceDigest: sha256(text),
      runId: 'ingest/shop.orders/1/1',
    }),
  );

test('an ingest that fails and then succeeds is two runs, whose events keep the published schemas', async () => {
  await expect(ingest()).rejects.toThrow();
  await writeFile(path.join(folder, 'orders.csv'), text);
  const { digest } = await ingest();
  await tell();
  expect(problems).toEqual([]);
  expect(taken.map(({ event }) => `${event.eventType} ${event.job.name}`)).toEqual([
    'START shop.orders.ingest',
    'FAIL shop.orders.ingest',
    'START shop.orders.ingest',
    'COMPLETE shop.orders.ingest',
  ]);
  const [first, failed, again, done] = taken.map(({ event }) => event);
  expect(first?.run.runId).toBe(failed?.run.runId);
  expect(again?.run.runId).toBe(done?.run.runId);
  expect(first?.run.runId).not.toBe(again?.run.runId);
  expect(failed?.run.facets['errorMessage']).toMatchObject({ message: expect.stringMatching(/orders\.csv/) });
  const source = { namespace: 'file', name: 'orders.csv', facets: { version: { datasetVersion: sha256(text) } } };
  expect(first).toMatchObject({ inputs: [source], outputs: [] });
  expect(done).toMatchObject({ inputs: [source], outputs: [{ namespace, name: 'snapshots.shop.orders.history' }] });
  const facets = done?.outputs[0]?.facets ?? {};
  expect(facets).toMatchObject({
    version: { datasetVersion: digest },
    schema: { fields: columns.map((name) => ({ name })) },
    dataQualityMetrics: { rowCount: 30, columnMetrics: { [columns[0] ?? '']: { nullCount: 0, count: 30 } } },
    columnLineage: {
      fields: { [columns[0] ?? '']: { inputFields: [{ namespace: 'file', name: 'orders.csv', field: columns[0] }] } },
    },
  });
  expect(taken[0]?.headers).toMatchObject({ authorization: 'Bearer a-secret', 'content-type': 'application/json' });
  expect(await db.$count(runEvent)).toBe(0);
});

test('a training names its snapshots and its version, and a rollout what it moved', async () => {
  const { rows } = await pool.query<{ digest: string }>(`select digest from snapshot where model = 'shop.orders'`);
  const train = { runId: 'train/shop.orders/1', model: 'shop.orders', kind: 'train', trigger: 'first' } as const;
  await openRun(db, { ...train, input: { specRevision: 1 } });
  await db.insert(version).values({
    model: 'shop.orders',
    version: 1,
    runId: train.runId,
    status: 'released',
    specRevision: 1,
    modelDigest: 'm',
    profileDigest: 'p',
    correction: 'identity',
    snapshots: rows.map(({ digest }) => digest),
    report: {} as never,
    labelledRows: 30,
    gateVerdict: 'pass',
  });
  await closeRun(db, train.runId, { status: 'completed', detail: 'v1', output: { version: 1 } });
  const rollout = { runId: 'rollout/shop.orders/1/1', model: 'shop.orders', kind: 'rollout', trigger: 'x' } as const;
  await openRun(db, { ...rollout, input: { version: 1, attempt: 1, baseVersion: null } });
  await closeRun(db, rollout.runId, { status: 'completed', detail: 'promoted', output: { status: 'promoted' } });
  await openRun(db, { ...train, runId: 'train/shop.orders/2', input: { specRevision: 1 } });
  await closeRun(db, 'train/shop.orders/2', { status: 'cancelled', detail: 'ana took it back' });
  await tell();
  expect(problems).toEqual([]);
  const told = new Map(taken.map(({ event }) => [`${event.eventType} ${event.job.name}`, event]));
  expect([...told.keys()]).toEqual([
    'START shop.orders.train',
    'COMPLETE shop.orders.train',
    'START shop.orders.rollout',
    'COMPLETE shop.orders.rollout',
    'ABORT shop.orders.train',
  ]);
  const trained = told.get('COMPLETE shop.orders.train');
  expect(trained?.inputs).toMatchObject([{ name: 'snapshots.shop.orders.history', inputFacets: {} }]);
  expect(trained?.outputs).toMatchObject([
    {
      name: 'models.shop.orders',
      facets: { version: { datasetVersion: 'v1' }, datasetType: { datasetType: 'MODEL' } },
    },
  ]);
  expect(trained?.outputs[0]?.facets['columnLineage']).toMatchObject({
    fields: { answer: { inputFields: spec.features.map(({ name: field }) => ({ field })) } },
  });
  expect(told.get('COMPLETE shop.orders.rollout')).toMatchObject({
    inputs: [{ name: 'models.shop.orders', facets: { version: { datasetVersion: 'v1' } } }],
    outputs: [{ name: 'models.shop.orders.champion', facets: { version: { datasetVersion: 'v1' } } }],
  });
  expect(told.get('ABORT shop.orders.train')?.run.facets['errorMessage']).toMatchObject({
    message: 'ana took it back',
  });
});

const begin = (n: number) =>
  openRun(db, { runId: `train/shop.orders/1${n}`, model: 'shop.orders', kind: 'train', trigger: 'x', input: {} });

test('a receiver that is away is left alone for a while, and finds everything in order when it is back', async () => {
  await begin(1);
  await begin(2);
  answer = () => 503;
  await tell();
  await tell();
  expect(problems).toHaveLength(0);
  expect(warnings).toEqual(['lineage was not taken the receiver answered 503']);
  expect(await db.select().from(openLineageFollower)).toMatchObject([
    { attempts: 1, lastError: 'the receiver answered 503' },
  ]);
  answer = () => 201;
  await later();
  await tell({ url: 'http://127.0.0.1:1/' });
  expect(warnings[1]).toMatch(/private address/);
  await later();
  await tell();
  expect(taken.map(({ event }) => event.eventType)).toEqual(['START', 'START']);
  expect(await db.select().from(openLineageFollower)).toMatchObject([{ attempts: 0, delivered: 2, refused: 0 }]);
});

test('nothing that stands in a definition as a secret, a query or a value stands in an event', async () => {
  const source = { kind: 'postgres', secret: 'warehouse-url', query: `select 'topsecret' as x` } as const;
  await withTransaction(database, (tx) => storeSpec(tx, { ...specOf('shop.orders'), source }, 'ana'));
  await openRun(db, {
    runId: 'ingest/shop.orders/2/2',
    model: 'shop.orders',
    kind: 'ingest',
    trigger: null,
    input: { specRevision: 2, sourceDigest: 'd' },
  });
  await tell();
  expect(taken).toHaveLength(1);
  expect(taken[0]?.event.inputs).toMatchObject([{ namespace, name: 'databases.warehouse-url.shop.orders' }]);
  expect(JSON.stringify(taken[0]?.event)).not.toMatch(/topsecret|select|a-secret/);
});

test('runs leave no event where there is no receiver, or has been none for a week', async () => {
  await db.delete(openLineageFollower);
  await begin(5);
  expect(await db.$count(runEvent)).toBe(0);
  await tell();
  await begin(6);
  expect(await db.$count(runEvent)).toBe(1);
  await tell();
  await db.update(openLineageFollower).set({ nextAttemptAt: new Date(Date.now() - 8 * 86_400_000) });
  await begin(7);
  expect(await db.$count(runEvent)).toBe(0);
  await tell();
  await begin(8);
  expect(await db.$count(runEvent)).toBe(1);
});

test('a run of which no event can be made is let go, and those behind it are told', async () => {
  const run = { runId: 'train/shop.orders/30', model: 'shop.orders', kind: 'train', trigger: 'x' } as const;
  await pool.query(`update snapshot set manifest = '{}' where model = 'shop.orders'`);
  await openRun(db, { ...run, input: {} });
  await closeRun(db, run.runId, { status: 'completed', detail: 'v1', output: { version: 1 } });
  await begin(9);
  await tell();
  expect(warnings[0]).toContain('no event of lineage can be made of this run');
  expect(taken).toHaveLength(1);
  expect(await db.select().from(openLineageFollower)).toMatchObject([{ delivered: 1, refused: 2 }]);
});
