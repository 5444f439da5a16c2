import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testKey } from '../worlds/entity-names.ts';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import { acquireTemporalServer } from '../../src/embedded/temporal/build-temporal-server.ts';
import { acquireTemporal } from '../../src/embedded/temporal/acquire-temporal.ts';
import { freePort } from '../../src/embedded/process/free-port.ts';
import { startPostgres, type PostgresEngine } from '../../src/embedded/postgres/postgres.ts';
import {
  homeOf,
  makeImage,
  runInitScript,
  runService,
  startService,
  startTemporalServer,
  type Deployment,
  type Running,
} from '../worlds/deployed.ts';
import { readCompose } from '../worlds/compose-file.ts';
import { tinyTable, toCsv } from '../worlds/tiny-table.ts';
import { titled, type Missing } from '../worlds/tools.ts';
import { until } from '../worlds/wait.ts';

/**
 * The deployment as docker-compose.yml describes it, without a container engine: a real Temporal server on a real
 * Postgres, every process by its own command, from an empty database to predictions, a back-up, and back again.
 */
const buildLimitMs = 31 * 60_000;
const tools = await acquireTemporalServer(readConfig(), (line) => void process.stderr.write(`${line}\n`));
const missingServer: Missing | null = typeof tools === 'string' ? { tool: 'go', why: tools } : null;

const ports = { postgres: 0, temporal: 0, control: 0, inference: 0, replica: 0, worker: 0 };
const running: Running[] = [];
let folder: string;
let postgres: PostgresEngine | undefined;
let deployment: Deployment;
let secret = '';

describe.skipIf(missingServer !== null)(titled('a deployment', missingServer), { timeout: 120_000 }, () => {
  beforeAll(async () => {
    if (typeof tools === 'string') return;
    folder = await mkdtemp(path.join(tmpdir(), 'perennial-deploy-'));
    await givePorts();
    postgres = await startPostgres({
      stateDir: path.join(folder, 'engine'),
      logFile: path.join(folder, 'postgres.log'),
      port: ports.postgres,
    });
    const password = new URL(postgres.url).password;
    const secrets = {
      POSTGRES_PASSWORD: password,
      TEMPORAL_POSTGRES_PASSWORD: 'of-temporal-alone',
      PERENNIAL_APP_PASSWORD: 'of-the-processes',
      PERENNIAL_PAGES_PASSWORD: 'of-the-pages',
      PERENNIAL_INSTALLATION_KEY_FILE: path.join(folder, 'installation.key'),
    };
    await writeFile(secrets.PERENNIAL_INSTALLATION_KEY_FILE, testKey, { mode: 0o400 });
    await runInitScript(postgres.url, secrets);
    deployment = await makeDeployment(secrets, tools);
    await writeFile(path.join(folder, 'data', 'tiny.csv'), toCsv(tinyTable({ seed: 'deploy', rows: 600 })));
  }, buildLimitMs);

  afterAll(async () => {
    await stopAll();
    await postgres?.process.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  // What the processes said is all that there is to see of a failure.
  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => {
      for (const { name, output } of running) process.stderr.write(`--- ${name}\n${output().slice(-4_000)}\n`);
    });
  });

  test('Temporal: schema (twice), server, namespace (twice)', async () => {
    for (let time = 0; time < 2; time++)
      expect(await runService(deployment, 'temporal-schema')).toContain('the schema of Temporal is up to date');
    running.push(startTemporalServer(deployment, await temporalPorts()));
    await runService(deployment, 'temporal-namespace');
    expect(await runService(deployment, 'temporal-namespace')).toContain('the namespace perennial is there');
  });

  test('migrate; then one first token, and no second', async () => {
    expect(await runService(deployment, 'migrate')).toContain('Applied 0000_first');
    expect(await runService(deployment, 'migrate')).toContain('The database has the newest schema.');
    secret = lastLine(await runService(deployment, 'cli', ['first-token']));
    expect(secret).toMatch(/^prn_/);
    expect(await runService(deployment, 'cli', ['first-token'], 1)).toContain('Tokens were made here already');
  });

  test('control, two replicas of inference on one spool, a worker: a model becomes champion and answers', async () => {
    running.push(startService(deployment, 'control'), startService(deployment, 'inference'));
    running.push(
      startService(deployment, 'inference', { env: { PERENNIAL_INFERENCE_PORT: String(ports.replica) } }),
      startService(deployment, 'worker-cpu'),
    );
    await until('control answers', () => isWell(`http://127.0.0.1:${ports.control}/health/ready`));
    for (const port of [ports.inference, ports.replica])
      await until('inference is ready', () => isWell(`http://127.0.0.1:${port}/health/ready`));
    await writeFile(
      path.join(folder, 'data', 'tiny.json'),
      JSON.stringify({ ...tinySpec, source: { ...tinySpec.source, path: path.join(folder, 'data', 'tiny.csv') } }),
    );
    expect(await cli(['apply', '/data/tiny.json'])).toContain('tiny');
    await until('v1 is champion', async () => (await cli(['status', 'tiny'])).includes('v1 since'), 90_000);
    const first = await until('it answers', () => predict(ports.inference));
    expect(first).toMatchObject({ version: 1, arm: 'champion' });
    expect(scoresOf(await until('the replica answers', () => predict(ports.replica)))).toEqual(scoresOf(first));
    await until('both predictions reached Postgres', async () =>
      (await cli(['status', 'tiny'])).includes('2 predictions'),
    );
  });

  test('every health check is well, and none is when its process is not there', async () => {
    for (const name of ['control', 'inference', 'worker-cpu']) expect(await healthOf(name), name).toBe(0);
    const wrong = {
      ...deployment,
      places: new Map([...deployment.places, ['http://127.0.0.1:8081', `http://127.0.0.1:${ports.control + 1_000}`]]),
    };
    expect(await healthOf('control', wrong)).toBe(1);
  });

  test('nothing was written outside what is mounted', async () => {
    const mounted = ['artifacts', 'spool', 'train'];
    // A worker has its own scratch volume; control and inference have none.
    const scratch = ['build', 'work'];
    expect(
      (await readdir(path.join(folder, 'state'))).filter((name) => ![...mounted, ...scratch].includes(name)),
    ).toEqual([]);
    for (const name of ['migrate', 'control', 'inference', 'cli'])
      expect({ name, home: await readdir(homeOf(deployment, name)).catch(() => []) }).toEqual({ name, home: [] });
  });

  test('a back-up restores into an empty database, and the champion answers the same, bit for bit', async () => {
    const before = scoresOf(await predict(ports.inference));
    await until('it reached Postgres', async () => (await cli(['status', 'tiny'])).includes('3 predictions'));
    expect(await cli(['backup', '--to', '/backups'])).toMatch(/rows of \d+ tables, \d+ artifacts/);
    await stopAll(['control', 'inference', 'worker-cpu']);
    const restored = await moveToNewDatabase();
    await runService(deployment, 'cli', ['restore', '--from', '/backups'], 1);
    const said = await runService(restored, 'cli', ['restore', '--from', '/backups']);
    expect(said).toContain('restored');
    expect(said).toContain('Its entities are hashed under the installation key in');
    await endWorkflow('model/tiny');
    running.push(
      startService(restored, 'control'),
      startService(restored, 'inference'),
      startService(restored, 'worker-cpu'),
    );
    await until('inference is ready', () => isWell(`http://127.0.0.1:${ports.inference}/health/ready`));
    expect(scoresOf(await until('it answers', () => predict(ports.inference)))).toEqual(before);
    await until('the entity runs again', async () => (await stateOf('model/tiny')) === 'RUNNING', 90_000);
    expect(await cliOf(restored, ['history', 'tiny'])).toContain('v1');
  });

  test('SIGTERM ends every process cleanly within its grace, and none is left', async () => {
    expect(stillRunning().length).toBeGreaterThan(3);
    const codes = await stopAll(['control', 'inference', 'worker-cpu', 'temporal']);
    expect(codes).toEqual({ control: 0, inference: 0, 'worker-cpu': 0, temporal: 0 });
    expect(stillRunning()).toEqual([]);
  });
});

const tinySpec = completeSpec({
  name: 'tiny',
  about: { owner: 'ops', useCase: 'Try a deployment.', successCriterion: 'It answers.' },
  features: [
    { kind: 'number', name: 'height', missing: 'allow' },
    { kind: 'number', name: 'width', missing: 'refuse' },
    { kind: 'category', name: 'colour', missing: 'refuse' },
  ],
  target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
  source: { kind: 'file', path: '/data/tiny.csv', format: 'csv' },
});

async function givePorts(): Promise<void> {
  const taken = new Set<number>();
  // Temporal keeps its ports in a smallint: none above 32,767.
  let next = 20_000 + (process.pid % 10_000);
  for (const name of ['postgres', 'temporal', 'control', 'inference', 'replica', 'worker'] as const) {
    next = await freePort(next + 1, '127.0.0.1', taken);
    ports[name] = next;
    taken.add(next);
  }
}

/** The server's own ports; only that of its frontend is known to others. */
async function temporalPorts(): Promise<Readonly<Record<string, string>>> {
  const names = [
    'FRONTEND_HTTP_PORT',
    'FRONTEND_MEMBERSHIP_PORT',
    'HISTORY_GRPC_PORT',
    'HISTORY_MEMBERSHIP_PORT',
    'MATCHING_GRPC_PORT',
    'MATCHING_MEMBERSHIP_PORT',
    'WORKER_GRPC_PORT',
    'WORKER_MEMBERSHIP_PORT',
  ];
  const given: Record<string, string> = { FRONTEND_GRPC_PORT: String(ports.temporal) };
  let next = Math.max(...Object.values(ports));
  for (const name of names) {
    next = await freePort(next + 1);
    given[name] = String(next);
  }
  return given;
}

async function makeDeployment(
  secrets: Readonly<Record<string, string>>,
  found: Exclude<typeof tools, string>,
): Promise<Deployment> {
  const toolsDir = path.join(folder, 'bin');
  for (const name of ['bin', 'image', 'state', 'data', 'backups'])
    await mkdir(path.join(folder, name), { recursive: true });
  const { file: temporalCli } = await acquireTemporal(readConfig(), () => undefined);
  await symlink(temporalCli, path.join(toolsDir, 'temporal'));
  for (const name of ['temporal-server', 'temporal-sql-tool'])
    await symlink(path.join(found.binDir, name), path.join(toolsDir, name));
  const deployDir = path.join(readConfig().rootDir, 'deploy', 'temporal');
  const state = path.join(folder, 'state');
  return {
    compose: readCompose(secrets),
    imageDir: await makeImage(path.join(folder, 'image')),
    stateDir: state,
    toolsDir,
    schemaDir: found.schemaDir,
    places: new Map([
      ['postgres', '127.0.0.1'],
      ['5432', String(ports.postgres)],
      ['@postgres:5432/', `@127.0.0.1:${ports.postgres}/`],
      ['temporal:7233', `127.0.0.1:${ports.temporal}`],
      ['0.0.0.0', '127.0.0.1'],
      ['8081', String(ports.control)],
      ['8080', String(ports.inference)],
      ['9464', String(ports.worker)],
      ['http://127.0.0.1:9464', `http://127.0.0.1:${ports.worker}`],
      ['http://127.0.0.1:8081', `http://127.0.0.1:${ports.control}`],
      ['http://127.0.0.1:8080', `http://127.0.0.1:${ports.inference}`],
      ['http://control:8081', `http://127.0.0.1:${ports.control}`],
      ['http://inference:8080', `http://127.0.0.1:${ports.inference}`],
      ['/var/lib/perennial', state],
      ['/run/secrets/installation-key', path.join(folder, 'installation.key')],
      ['/deploy/', `${deployDir}/`],
      ['/data/', `${path.join(folder, 'data')}/`],
      ['/backups', path.join(folder, 'backups')],
      ['/tmp/cache', path.join(folder, 'cache')],
    ]),
  };
}

/** Another database on the same server and another artifact folder, as on another machine. */
async function moveToNewDatabase(): Promise<Deployment> {
  const client = new pg.Client({ connectionString: postgres?.url });
  await client.connect();
  await client.query('create database restored');
  await client.end();
  const state = path.join(folder, 'restored');
  await mkdir(state);
  const places = new Map([
    ...deployment.places,
    ['@postgres:5432/perennial', `@127.0.0.1:${ports.postgres}/restored`],
    ['/var/lib/perennial', state],
  ]);
  return { ...deployment, stateDir: state, places };
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
const cliOf = (on: Deployment, args: readonly string[]): Promise<string> =>
  runService(on, 'cli', args, 0, { PERENNIAL_TOKEN: secret });
const cli = (args: readonly string[]): Promise<string> => cliOf(deployment, args);

async function isWell(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).status === 200;
}

interface Answer {
  readonly version: number;
  readonly arm: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

async function predict(port: number): Promise<Answer | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/models/tiny/predict`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rows: [{ height: 0.73, width: -1.1, colour: 'red' }] }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  const { predictions }: { predictions: readonly Answer[] } = JSON.parse(text);
  return predictions[0];
}

const scoresOf = (answer: Answer | undefined) => answer?.probabilities;

async function healthOf(name: string, on: Deployment = deployment): Promise<number | null> {
  const [, , ...args] = on.compose.services[name]?.healthcheck?.test ?? [];
  const withCheck = { ...on, compose: { ...on.compose, services: { ...on.compose.services } } };
  const service = withCheck.compose.services[name];
  if (service === undefined) return null;
  withCheck.compose.services[name] = { ...service, entrypoint: ['node', ...args], command: [] };
  return startService(withCheck, name).ended;
}

/** SIGTERM, and the exit code of each, if it came within the grace of its service. */
async function stopAll(
  names: readonly string[] = ['control', 'inference', 'worker-cpu', 'temporal'],
): Promise<Record<string, number | null>> {
  const codes: Record<string, number | null> = {};
  const chosen = running.filter(({ name }) => names.includes(name));
  for (const name of names) {
    const graceMs = Number.parseInt(deployment.compose.services[name]?.stop_grace_period ?? '10', 10) * 1_000;
    for (const process of chosen.filter((each) => each.name === name)) {
      process.child.kill('SIGTERM');
      const late = setTimeout(() => process.child.kill('SIGKILL'), graceMs);
      codes[name] = await process.ended;
      clearTimeout(late);
      running.splice(running.indexOf(process), 1);
    }
  }
  return codes;
}

async function withTemporal<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: `127.0.0.1:${ports.temporal}` });
  try {
    return await work(new Client({ connection, namespace: 'perennial' }));
  } finally {
    await connection.close();
  }
}

/** Command lines of processes that were given our folders, children of children included. */
function stillRunning(): readonly string[] {
  const of = (pid: string, what: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, 'utf8').replaceAll('\0', ' ');
    } catch {
      // Gone meanwhile.
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && of(pid, 'environ').includes(`=${folder}/`))
    .map((pid) => of(pid, 'cmdline'));
}

const endWorkflow = (id: string): Promise<unknown> =>
  withTemporal((client) => client.workflow.getHandle(id).terminate('as if its server were new'));
const stateOf = (id: string): Promise<string> =>
  withTemporal(async (client) => (await client.workflow.getHandle(id).describe()).status.name);
