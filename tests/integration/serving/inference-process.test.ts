import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAcknowledged } from '../../../src/db/routing/routing.ts';
import type { RoutedVersion } from '../../../src/domain/rollout/routing.ts';
import { anyPort } from '../../worlds/any-port.ts';
import { processArguments } from '../../worlds/process-arguments.ts';
import { createServingWorld, type Body, type ServingWorld } from '../../worlds/serving-world.ts';
import { eventually } from '../../worlds/wait.ts';

/** The real program: a primary and one worker, as they run in production. */
let world: ServingWorld;
let v1: RoutedVersion;
let v2: RoutedVersion;
let port: number;
let primary: ChildProcess | undefined;
let inference: readonly string[];
const output: string[] = [];
const answeredIds = new Set<string>();

beforeAll(async () => {
  world = await createServingWorld();
  v1 = await world.addVersion(1, [0.75, 0.25]);
  v2 = await world.addVersion(2, [0.25, 0.75]);
  await world.route({ champion: v1, stage: 'steady' });
  port = await anyPort();
  inference = await processArguments('main-inference');
  primary = start();
  await ready();
});

afterAll(async () => {
  primary?.kill('SIGKILL');
  await world.close();
});

function start(env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, inference, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: world.database.url,
      PERENNIAL_INFERENCE_PORT: String(port),
      PERENNIAL_SPOOL_DIR: world.spoolDir,
      PERENNIAL_ARTIFACT_DIR: world.artifactDir,
      PERENNIAL_FLUSH_MS: '20',
      PERENNIAL_INSTALLATION_KEY_FILE: world.keyFile,
      ...env,
    },
  });
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  return child;
}

function exitOf(child: ChildProcess | undefined): Promise<number | null> {
  return new Promise((resolve) => child?.once('exit', resolve));
}

async function ready(): Promise<void> {
  await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200), 60_000);
}

async function predict(predictionId: string): Promise<Body['predictions'][number] | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/models/fraud/predict`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}` },
    body: JSON.stringify({ rows: [{ amount: 1, card: predictionId }], predictionIds: [predictionId] }),
  });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  answeredIds.add(predictionId);
  return ((await response.json()) as Body).predictions[0];
}

/** Asks without a pause on a few connections until it is stopped. Returns what failed. */
function traffic(prefix: string, connections: number): { stop(): Promise<{ failures: string[]; answered: number }> } {
  let on = true;
  let answered = 0;
  const failures: string[] = [];
  const run = async (connection: number): Promise<void> => {
    for (let turn = 0; on; turn++) {
      await predict(`${prefix}-${connection}-${turn}`).then(
        () => answered++,
        (error: unknown) =>
          failures.push(error instanceof Error ? `${error.message} ${String(error.cause)}` : String(error)),
      );
    }
  };
  const runs = Array.from({ length: connections }, (_, connection) => run(connection));
  return {
    async stop() {
      on = false;
      await Promise.all(runs);
      return { failures, answered };
    },
  };
}

const acknowledged = (revision: number): Promise<void> =>
  eventually(async () => expect(await isAcknowledged(world.database.db, 'fraud', revision)).toBe(true));

async function everythingStored(): Promise<void> {
  await eventually(async () => {
    const { rows } = await world.database.pool.query<{ id: string }>('select prediction_id as id from prediction');
    const stored = new Set(rows.map((row) => row.id));
    expect([...answeredIds].filter((id) => !stored.has(id))).toEqual([]);
  });
}

/** Asks on a connection of its own, and resolves when the other side has ended it. */
function hungUp(): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /health/ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'),
    );
    socket.on('error', () => undefined).on('close', () => resolve());
    socket.resume();
  });
}

async function workerPids(): Promise<number[]> {
  const pids = await readdir('/proc').catch(() => []);
  const found: number[] = [];
  for (const pid of pids.filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) !== primary?.pid) continue;
    // The loader's transpiler is a child as well while its cache is cold.
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('main-inference')) found.push(Number(pid));
  }
  return found;
}

test('a new version is swapped in under traffic without a failed request', async () => {
  const flow = traffic('swap', 8);
  await acknowledged(
    await world.route({ challenger: v2, stage: 'shadow', rollout: { model: 'fraud', version: 2, attempt: 1 } }),
  );
  await acknowledged(await world.route({ champion: v2, challenger: null, stage: 'steady', rollout: null }));
  // A connection that was open before may still be answered by the process that drains: its rows carry the older
  // revision.
  let asked = 0;
  await eventually(async () => expect(await predict(`after-swap-${asked++}`)).toMatchObject({ version: 2 }));
  const { failures, answered } = await flow.stop();
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThan(50);
  await everythingStored();
});

test('while the database is away rows are answered, labels accepted, and all is stored when it is back', async () => {
  const name = new URL(world.database.url).pathname.slice(1);
  const admin = async (text: string): Promise<void> => {
    const url = new URL(world.database.url);
    url.pathname = '/postgres';
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: url.toString() });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };
  world.database.pool.on('error', () => undefined);
  await admin(`alter database ${name} allow_connections false`);
  await admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  for (let index = 0; index < 20; index++) await predict(`away-${index}`);
  const labels = await fetch(`http://127.0.0.1:${port}/v1/labels`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}` },
    body: JSON.stringify({
      model: 'fraud',
      labels: [{ predictionId: 'away-1', label: 'fraud', labelId: 'away-label' }],
    }),
  });
  expect(labels.status).toBe(202);
  await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(503));
  await admin(`alter database ${name} allow_connections true`);
  await ready();
  await everythingStored();
  // It may lie in a later segment than the rows.
  const label = () => world.database.pool.query("select 1 from label where label_id = 'away-label'");
  await eventually(async () => expect((await label()).rowCount).toBe(1));
});

test('a worker that a model holds up for good is found by its silence and replaced', async () => {
  // The one that was swapped out may still be draining.
  await eventually(async () => expect(await workerPids()).toHaveLength(2));
  // The spare was forked after the one that serves. Stopped, its event loop turns as little as under an endless run.
  const serving = Math.min(...(await workerPids()));
  process.kill(serving, 'SIGSTOP');
  // The first is being handed over when the process dies; a client without a time-out must hear of it.
  const asked = [hungUp(), hungUp()];
  await eventually(async () => expect(await workerPids()).not.toContain(serving));
  await Promise.all(asked);
  await ready();
  expect(await predict('after-silence')).toMatchObject({ version: 2 });
  await everythingStored();
});

test('kill -9 of worker and spare: it is replaced, and what was answered a flush ago is stored', async () => {
  await predict('before-kill');
  await everythingStored();
  // The one that was swapped out may still be draining.
  await eventually(async () => expect(await workerPids()).toHaveLength(2));
  const pids = await workerPids();
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await eventually(async () => expect((await workerPids()).filter((pid) => pids.includes(pid))).toEqual([]));
  await ready();
  expect(await predict('after-kill')).toMatchObject({ version: 2 });
  await everythingStored();
});

test('kill -9 of the primary: its workers end, and the next start ships what they left', async () => {
  await predict('before-primary-kill');
  const pids = await workerPids();
  const ended = exitOf(primary);
  primary?.kill('SIGKILL');
  await ended;
  await eventually(() => {
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
  primary = start();
  await ready();
  await everythingStored();
});

test('SIGTERM: everything answered is stored before the process ends, and it ends well', async () => {
  for (let index = 0; index < 10; index++) await predict(`last-${index}`);
  const members = async (): Promise<number | null> =>
    (await world.database.pool.query('select 1 from serving_member where lease_until > now()')).rowCount;
  // The lease of the worker that went with its primary runs out by itself.
  await eventually(async () => expect(await members()).toBe(1));
  const ended = exitOf(primary);
  primary?.kill('SIGTERM');
  expect(await ended).toBe(0);
  await everythingStored();
  // The worker that went with its primary may have left a half-written file; its records were written again as a whole
  // one.
  expect((await readdir(world.spoolDir)).filter((name) => !name.endsWith('.tmp'))).toEqual([
    'place',
    'pushes',
    'shipped',
  ]);
  expect(await readdir(path.join(world.spoolDir, 'pushes'))).toEqual([]);
  expect(await members()).toBe(0);
});

test('a port that is taken is one sentence and exit code 1', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => {
    blocker.listen(port, '127.0.0.1', resolve);
  });
  output.length = 0;
  primary = start();
  expect(await exitOf(primary)).toBe(1);
  expect(output.join('')).toContain(`Inference cannot listen on 127.0.0.1:${port}`);
  await new Promise((resolve) => blocker.close(resolve));
});

test('without the key of the installation, or with another, it ends with one sentence', async () => {
  const other = path.join(world.artifactDir, 'other.key');
  await writeFile(other, 'ab'.repeat(32));
  for (const [file, sentence] of [
    [path.join(world.artifactDir, 'none.key'), /^There is no installation key: \S+ is missing\.\nMake one with .*\n$/],
    [other, /^The entities of this database are hashed under installation key \w{8}, and this .*\.\nGive it .*\n$/],
  ] as const) {
    output.length = 0;
    primary = start({ PERENNIAL_INSTALLATION_KEY_FILE: file });
    expect(await exitOf(primary)).toBe(1);
    expect(output.join('')).toMatch(sentence);
  }
});
