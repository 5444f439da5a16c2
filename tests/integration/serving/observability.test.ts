import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createToken } from '../../../src/access/create-token.ts';
import { createApi } from '../../../src/create-api.ts';
import type { Api } from '../../../src/control/app.ts';
import { createGaugeReader } from '../../../src/db/installation/gauges.ts';
import { aliasMove, alert, freeze, rollout, window, windowQuality } from '../../../src/db/schema/index.ts';
import type { CommandBus } from '../../../src/domain/record/messages.ts';
import type { EntryPoint } from '../../../src/entry-point.ts';
import { createControlMetrics } from '../../../src/telemetry/control-metrics.ts';
import { metricRows } from '../../../src/telemetry/metric-rows.ts';
import { startTracing } from '../../../src/telemetry/start-tracing.ts';
import type { Tracer } from '../../../src/telemetry/tracer.ts';
import { anyPort } from '../../worlds/any-port.ts';
import { processArguments } from '../../worlds/process-arguments.ts';
import { createServingWorld, type ServingWorld } from '../../worlds/serving-world.ts';
import { eventually } from '../../worlds/wait.ts';

interface Exported {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Record<string, unknown>;
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

/** The real inference program with two workers, the control API, and a collector that keeps what it is sent. */
let world: ServingWorld;
let collector: Server;
let primary: ChildProcess;
let url: string;
let viewer: string;
let narrow: string;
let admin: string;
let api: Api;
let tracer: Tracer | undefined;
const spans: Exported[] = [];

beforeAll(async () => {
  world = await createServingWorld();
  await world.route({ champion: await world.addVersion(1, [0.75, 0.25]), stage: 'steady' });
  const db = world.database.db;
  viewer = (await createToken(db, { name: 'scraper', role: 'viewer', scope: '*', expiresAt: null })).secret;
  narrow = (await createToken(db, { name: 'team', role: 'viewer', scope: 'fraud', expiresAt: null })).secret;
  admin = (await createToken(db, { name: 'admin', role: 'admin', scope: '*', expiresAt: null })).secret;
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/v1/traces') spans.push(...readSpans(JSON.parse(Buffer.concat(chunks).toString())));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const collectorPort = await listening(collector);
  tracer = await startTracing({ otlpEndpoint: `http://127.0.0.1:${collectorPort}`, serviceName: undefined }, 'control');
  const bus = {
    deliver: async () => ({ accepted: true, text: 'received' }),
    ensureModel: async () => undefined,
    uiUrl: (id: string) => id,
  } as unknown as CommandBus;
  const log = { info: () => undefined, error: () => undefined };
  api = createApi({
    sourceRoots: [{ scope: '*', path: '/data' }],
    database: world.database,
    bus,
    log,
    metrics: createControlMetrics(createGaugeReader(world.database)),
    ...(tracer === undefined ? {} : { tracer }),
  });
  const port = await anyPort();
  url = `http://127.0.0.1:${port}`;
  primary = await start({
    PERENNIAL_INFERENCE_PORT: String(port),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
  await eventually(async () => expect(sum(await scrape(), 'perennial_inference_ready_processes')).toBe(2), 60_000);
});

afterAll(async () => {
  primary.kill('SIGKILL');
  await tracer?.stop();
  collector.closeAllConnections();
  collector.close();
  await world.close();
});

describe('metrics of inference', () => {
  test('one scrape tells of all processes, and nothing is lost when one is replaced', async () => {
    for (let request = 0; request < 20; request++)
      expect(await predict({ rows: [{ amount: 1 }, { amount: 2 }] })).toBe(200);
    expect(await predict({ rows: [{ amount: 'much' }] })).toBe(400);
    await eventually(async () => {
      const text = await scrape();
      expect(sum(text, 'perennial_inference_requests_total', 'route="/v1/models/{name}/predict",status="200"')).toBe(
        20,
      );
      expect(sum(text, 'perennial_inference_rows_total', 'model="fraud",arm="champion"')).toBe(40);
      expect(sum(text, 'perennial_inference_refusals_total', 'code="invalid_request"')).toBe(1);
      expect(sum(text, 'perennial_inference_loaded_versions')).toBe(1);
      expect(sum(text, 'perennial_spool_segments_total', 'outcome="stored"')).toBeGreaterThan(0);
    });
    // Another version is loaded by fresh processes; the old ones take their counts with them only if nobody keeps them.
    const revision = await world.route({ champion: await world.addVersion(2, [0.5, 0.5]) });
    await eventually(async () => expect((await predicted()).version).toBe(2));
    expect(revision).toBeGreaterThan(1);
    await eventually(
      async () =>
        expect(sum(await scrape(), 'perennial_inference_process_ends_total', 'how="clean"')).toBeGreaterThanOrEqual(2),
      30_000,
    );
    expect(
      sum(await scrape(), 'perennial_inference_rows_total', 'model="fraud",arm="champion"'),
    ).toBeGreaterThanOrEqual(41);
  });

  test('they take a token for all models, and every row of the table is there', async () => {
    for (const [token, status] of [
      [viewer, 200],
      [narrow, 403],
      [world.token, 403],
      ['prn_nobody', 401],
    ] as const) {
      expect((await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(status);
      expect((await api.request('/metrics', { headers: { authorization: `Bearer ${token}` } })).status).toBe(status);
    }
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const inference = await scrape();
    const control = await controlMetrics();
    for (const row of metricRows) {
      if (row.place !== 'worker')
        expect(row.place === 'inference' ? inference : control).toContain(`# TYPE ${row.name} ${row.type}`);
    }
  });
});

test('metrics of control tell what needs a person', async () => {
  const db = world.database.db;
  const hourAgo = new Date(Date.now() - 3_600_000);
  await db.insert(aliasMove).values({
    model: 'fraud',
    alias: 'champion',
    fromVersion: null,
    toVersion: 1,
    actor: 'rollout',
    why: 'first',
    routingRevision: 2,
    movedAt: hourAgo,
  });
  await db.insert(alert).values(
    [1, 2].map((n): typeof alert.$inferInsert => ({
      model: 'fraud',
      kind: 'drift',
      subject: `f${n}`,
      severity: 'critical' as const,
      title: 't',
      body: 'b',
    })),
  );
  await db.insert(rollout).values({
    model: 'fraud',
    version: 3,
    attempt: 1,
    status: 'held',
    specRevision: 1,
    salt: 's',
    baseVersion: 2,
    heldSince: hourAgo,
  });
  await db
    .insert(window)
    .values({ model: 'fraud', number: 900, rows: 10, firstSeq: 1, lastSeq: 10, openedAt: hourAgo, closedAt: hourAgo });
  await db.insert(windowQuality).values({ model: 'fraud', windowNumber: 900, rows: 200, labelledRows: 50 });
  await db.insert(freeze).values({ model: '*', kind: 'kill', actor: 'ana', reason: 'test' });
  // A reader of its own: the one of the API may hold what it read before.
  const text = await createControlMetrics(createGaugeReader(world.database)).text();
  expect(sum(text, 'perennial_open_alerts', 'model="fraud",severity="critical"')).toBe(2);
  expect(sum(text, 'perennial_open_rollouts', 'model="fraud",status="held"')).toBe(1);
  expect(sum(text, 'perennial_held_since_seconds', 'model="fraud"')).toBeGreaterThanOrEqual(3_600);
  expect(sum(text, 'perennial_champion_age_seconds', 'model="fraud"')).toBeGreaterThanOrEqual(3_600);
  expect(sum(text, 'perennial_champion_version', 'model="fraud"')).toBe(2);
  expect(sum(text, 'perennial_unjudged_windows', 'model="fraud"')).toBeGreaterThanOrEqual(1);
  expect(sum(text, 'perennial_label_coverage_ratio', 'model="fraud"')).toBe(0.25);
  expect(sum(text, 'perennial_stopped', 'model="*",how="killed"')).toBe(1);
  expect(
    sum(await controlMetrics(), 'perennial_control_requests_total', 'method="GET",route="/metrics",status="403"'),
  ).toBeGreaterThan(0);
});

test('a worker tells its own figures and those of Temporal', async () => {
  const port = await anyPort();
  // Activities alone: nothing needs to be bundled.
  const worker = await start(
    {
      TEMPORAL_ADDRESS: process.env['TEMPORAL_ADDRESS'] ?? '',
      PERENNIAL_WORKER_METRICS_PORT: String(port),
      PERENNIAL_STATE_DIR: world.artifactDir,
    },
    'main-worker',
    ['--queues', 'perennial-cpu'],
  );
  try {
    const ask = (token: string) =>
      fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    const text = await eventually(async () => {
      const body = await (await ask(viewer)).text();
      expect(body).toContain('temporal_');
      return body;
    });
    for (const row of metricRows) if (row.place === 'worker') expect(text).toContain(`# TYPE ${row.name} ${row.type}`);
    expect((await ask(narrow)).status).toBe(401);
  } finally {
    worker.kill('SIGKILL');
  }
});

describe('traces', () => {
  test('a prediction is a span of the trace that its caller named, with model, version and arm', async () => {
    await predict({ rows: [{ amount: 1 }] }, { traceparent });
    const span = await found((one) => one.service === 'perennial-inference' && one.traceId === traceId);
    expect(span).toMatchObject({
      name: 'POST /v1/models/{name}/predict',
      parentSpanId: '00f067aa0ba902b7',
      attributes: {
        'perennial.model': 'fraud',
        'perennial.version': 2,
        'perennial.arm': 'champion',
        'perennial.rows': 1,
        'http.response.status_code': 200,
      },
    });
  });

  test('a command is a span inside its request', async () => {
    const response = await api.request('/v1/models/fraud/retrain', {
      method: 'POST',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json', traceparent },
      body: JSON.stringify({ reason: 'new pricing' }),
    });
    expect(response.status).toBe(200);
    await tracer?.stop();
    const request = await found(
      (one) => one.service === 'perennial-control' && one.name === 'POST /v1/models/{name}/retrain',
    );
    const command = await found((one) => one.name === 'command retrain');
    expect(request).toMatchObject({
      traceId,
      parentSpanId: '00f067aa0ba902b7',
      attributes: { 'http.response.status_code': 200 },
    });
    expect(command).toMatchObject({
      traceId,
      parentSpanId: request.spanId,
      attributes: { 'perennial.model': 'fraud', 'perennial.command': 'retrain' },
    });
  });
});

async function scrape(): Promise<string> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${viewer}` } }).catch(() => null);
  return response === null ? '' : response.text();
}

async function controlMetrics(): Promise<string> {
  return (await api.request('/metrics', { headers: { authorization: `Bearer ${viewer}` } })).text();
}

async function predict(body: unknown, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${url}/v1/models/fraud/predict`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}`, ...headers },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
}

async function predicted(): Promise<{ readonly version: number }> {
  const response = await fetch(`${url}/v1/models/fraud/predict`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}` },
    body: JSON.stringify({ rows: [{ amount: 1 }] }),
  });
  const body = (await response.json()) as { predictions: { version: number }[] };
  return body.predictions[0] ?? { version: 0 };
}

/** The value of the samples with these labels, in whatever order they are written; 0 when there is none. */
function sum(text: string, name: string, labels = ''): number {
  const wanted = labels === '' ? [] : (labels.match(/\w+="[^"]*"/g) ?? []);
  const lines = text
    .split('\n')
    .filter(
      (line) =>
        (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && wanted.every((label) => line.includes(label)),
    );
  return lines.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

async function found(is: (span: Exported) => boolean): Promise<Exported> {
  return eventually(() => {
    const span = spans.find(is);
    if (span === undefined)
      throw new Error(`no such span among ${spans.map(({ service, name }) => `${service} ${name}`).join(', ')}`);
    return span;
  });
}

/** OTLP in JSON. */
function readSpans(body: {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: { name: string; traceId: string; spanId: string; parentSpanId?: string; attributes: Attribute[] }[];
    }[];
  }[];
}): Exported[] {
  return body.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(attributesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans: given }) =>
      given.map(({ attributes, parentSpanId = '', ...span }) => ({
        ...span,
        service,
        parentSpanId,
        attributes: attributesOf(attributes),
      })),
    );
  });
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

function attributesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      'intValue' in value ? Number(value['intValue']) : Object.values(value)[0],
    ]),
  );
}

async function start(
  env: Record<string, string>,
  name: EntryPoint = 'main-inference',
  args: readonly string[] = [],
): Promise<ChildProcess> {
  return spawn(process.execPath, [...(await processArguments(name)), ...args], {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: world.database.url,
      PERENNIAL_SPOOL_DIR: world.spoolDir,
      PERENNIAL_ARTIFACT_DIR: world.artifactDir,
      PERENNIAL_FLUSH_MS: '20',
      PERENNIAL_INSTALLATION_KEY_FILE: world.keyFile,
      PERENNIAL_INFERENCE_PROCESSES: '2',
      ...env,
    },
  });
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
