import { createDatabase } from '../src/db/base/connect.ts';
import { seedLookedAbTest } from '../tests/worlds/seed-ab-test.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { routeRules } from '../src/access/permissions.ts';
import { readTokensFile } from '../src/access/tokens-file.ts';
import { serverBundle } from '../src/stack/server-bundle.ts';
import { startStack } from '../src/stack/start-stack.ts';
import { type Config } from '../src/config.ts';
import { startArguments } from '../src/entry-point.ts';
import { PerennialError } from '../src/domain/words/errors.ts';
import { startEngines } from '../src/embedded/engines.ts';
import { superviseProcesses } from '../src/embedded/process/supervisor.ts';
import { withFreePorts } from '../src/embedded/process/with-free-ports.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { configOfOwnEngines } from './own-engines.ts';
import { playTemplate } from './pages-template.ts';
import { largestModel, multiply } from './pages-world.ts';
import { familyCpuMsOf } from '../src/embedded/process/processor-time.ts';
import { spreadOf } from './spread.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';

const help = `npm run bench:pages [-- --json] [-- --models 200 --windows 2000 --predictions 1000000 --fetches 15]

Plays one real model on engines of its own, copies it until there are 200 models, 2,000 windows and 1,000,000
predictions, signs in and fetches every page. Per page, in milliseconds: wall time as the client sees it (median and
95th percentile), and the mean CPU of the control process and of Postgres. The limit is 100 ms of both together: unlike
wall time, it is the same on a busy machine.`;

const limitMs = 100;
const { values } = readOptions({
  options: {
    json: { type: 'boolean', default: false },
    models: { type: 'string', default: '200' },
    windows: { type: 'string', default: '2000' },
    predictions: { type: 'string', default: '1000000' },
    fetches: { type: 'string', default: '15' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

interface Measured {
  readonly page: string;
  readonly status: number;
  readonly bytes: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly cpuMs: number;
  readonly databaseCpuMs: number;
}

const size = {
  models: wholeOption('models', values.models),
  windows: wholeOption('windows', values.windows),
  predictions: wholeOption('predictions', values.predictions),
};
const fetches = wholeOption('fetches', values.fetches);
if (values.help) process.stdout.write(`${help}\n`);
else await bench().catch((error: unknown) => fail(error));

async function bench(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-bench-'));
  const config = configOfOwnEngines(folder);
  try {
    const options = { log: createLogger('bench', 'silent'), onProgress: say, onFatal: fail };
    const stack = await startStack(config, options);
    try {
      say('one real model');
      await playTemplate(stack, folder);
    } finally {
      await stack.stop();
    }
    // Neither worker nor inference from here on: nothing may happen to the copies while they are looked at.
    const engines = await startEngines(config, options);
    try {
      await multiply(engines.databaseUrl, size, say);
      await testLargest(engines.databaseUrl);
      report(await measure(config, engines.databaseUrl, engines.env, engines.pids()['postgres'] ?? 0));
    } finally {
      await engines.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An A/B test of the largest model, as its last look found it. */
async function testLargest(databaseUrl: string): Promise<void> {
  const database = createDatabase(databaseUrl);
  try {
    await seedLookedAbTest(database, largestModel, 2);
  } finally {
    await database.close();
  }
}

async function measure(
  config: Config,
  databaseUrl: string,
  env: Readonly<Record<string, string>>,
  postgresPid: number,
): Promise<readonly Measured[]> {
  const tokens = await readTokensFile(path.join(config.stateDir, 'tokens.json'));
  if (tokens === null) throw new Error('there are no tokens');
  const pages = await pagePaths(databaseUrl);
  return withFreePorts([config.controlPort], async ([port = 0]) => {
    const url = `http://${config.host}:${port}`;
    const own = superviseProcesses(
      [
        {
          name: 'control',
          args: startArguments('main-control', await serverBundle(config.rootDir)),
          env: { ...env, PERENNIAL_CONTROL_PORT: String(port), PERENNIAL_CONTROL_URL: url },
          readyUrl: `${url}/health/live`,
        },
      ],
      {
        log: createLogger('bench', 'silent'),
        logDir: config.logDir,
        stateDir: config.stateDir,
        onProgress: () => undefined,
      },
    );
    try {
      await own.ready(60_000);
      const headers = { cookie: await signIn(url, tokens.admin), authorization: `Bearer ${tokens.admin}` };
      const measured: Measured[] = [];
      for (const page of pages)
        measured.push(
          await measurePage(url, page, headers, { control: own.pids()['control'] ?? 0, postgres: postgresPid }),
        );
      return measured;
    } finally {
      await own.stop();
    }
  });
}

async function signIn(url: string, token: string): Promise<string> {
  const response = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token }),
  });
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  if (cookies.length === 0) throw new Error(`signing in answered ${response.status} without a cookie`);
  return cookies.join('; ');
}

async function measurePage(
  url: string,
  page: string,
  headers: Readonly<Record<string, string>>,
  pids: { readonly control: number; readonly postgres: number },
): Promise<Measured> {
  const sent = page.startsWith('/v1/')
    ? { authorization: headers['authorization'] ?? '' }
    : { cookie: headers['cookie'] ?? '' };
  const fetchOnce = async (): Promise<{ readonly status: number; readonly bytes: number; readonly ms: number }> => {
    const startedMs = performance.now();
    const response = await fetch(`${url}${page}`, { headers: sent, redirect: 'manual' });
    const { byteLength } = await response.arrayBuffer();
    return { status: response.status, bytes: byteLength, ms: performance.now() - startedMs };
  };
  // The first look fills caches of the server and of Postgres; it is told by nobody.
  await fetchOnce();
  const before = { control: await familyCpuMsOf(pids.control), postgres: await familyCpuMsOf(pids.postgres) };
  const seen: { readonly status: number; readonly bytes: number; readonly ms: number }[] = [];
  for (let i = 0; i < fetches; i++) seen.push(await fetchOnce());
  const cpuMs = ((await familyCpuMsOf(pids.control)) - before.control) / fetches;
  const databaseCpuMs = ((await familyCpuMsOf(pids.postgres)) - before.postgres) / fetches;
  const times = seen.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const round = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    page,
    status: Math.max(...seen.map(({ status }) => status)),
    bytes: seen[0]?.bytes ?? 0,
    medianMs: round(spreadOf(times).median),
    p95Ms: round(times[Math.min(times.length - 1, Math.ceil(0.95 * times.length) - 1)] ?? 0),
    cpuMs: round(cpuMs),
    databaseCpuMs: round(databaseCpuMs),
  };
}

/**
 * Every page that there is, on the model with the most of everything. A page that nobody filled in is a mistake of this
 * list.
 */
async function pagePaths(databaseUrl: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ digest: string; evidence: string }>(
    `select (select digest from snapshot where model = $1 order by created_at desc limit 1) as digest, (select
      evidence_id from evidence where model = $1 and kind = 'window' limit 1) as evidence`,
    [largestModel],
  );
  await client.end();
  const parts: Readonly<Record<string, string>> = {
    name: largestModel,
    version: '2',
    attempt: '1',
    number: '1',
    digest: rows[0]?.digest ?? '',
  };
  const queries: Readonly<Record<string, readonly string[]>> = {
    '/': ['', '?show=all', '?sort=name&show=all'],
    '/runs': ['', `?model=${largestModel}`],
    '/runs/view': [`?id=train/${largestModel}/2`],
    '/runs/compare': [`?a=train/${largestModel}/1&b=train/${largestModel}/2`],
    '/audit': ['', `?model=${largestModel}`],
    '/audit/evidence': [`?id=${rows[0]?.evidence ?? ''}`],
  };
  const isPage = (route: string): boolean =>
    !/^\/(v1|docs|assets|health|metrics|openapi|sign-in)/.test(route) &&
    !route.includes('export') &&
    !route.includes('onnx');
  const pages = Object.keys(routeRules).flatMap((key) => {
    const [method = '', route = ''] = key.split(' ');
    if (method !== 'GET' || !isPage(route)) return [];
    const filled = route.replaceAll(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? fillIn(route));
    return (queries[route] ?? ['']).map((query) => `${filled}${query}`);
  });
  return [...pages, '/v1/models', `/v1/models/${largestModel}`, '/v1/portfolio', `/v1/events?model=${largestModel}`];
}

function fillIn(route: string): never {
  throw new PerennialError('internal', `bench/pages.ts does not know what to fill into ${route}.`);
}

function report(measured: readonly Measured[]): void {
  // The limit is that of pages; lists of the API are told beside them.
  const over = measured.filter(
    (row) => row.status !== 200 || (!row.page.startsWith('/v1/') && row.cpuMs + row.databaseCpuMs > limitMs),
  );
  if (values.json) {
    const result = {
      limitMs,
      isWithin: over.length === 0,
      ...size,
      pages: measured,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } else {
    const line = (row: Measured): string =>
      `${row.page.padEnd(60)} ${String(row.status)} ${row.medianMs.toFixed(1).padStart(8)} ` +
      `${row.p95Ms.toFixed(1).padStart(8)} ${row.cpuMs.toFixed(1).padStart(8)} ` +
      `${row.databaseCpuMs.toFixed(1).padStart(8)} ` +
      `${String(row.bytes).padStart(9)}${over.includes(row) ? '  over' : ''}`;
    const head = ['page'.padEnd(60), 'code', 'median ms', 'p95 ms', 'CPU ms', 'database CPU ms', 'bytes'].join('  ');
    const verdict =
      over.length === 0 ? `every page within ${limitMs} ms` : `${over.length} beyond ${limitMs} ms or not answered`;
    process.stdout.write(`${head}\n${measured.map(line).join('\n')}\n${verdict}\n`);
  }
  if (over.length > 0) process.exitCode = 1;
}

function say(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(
    error instanceof PerennialError
      ? `error: ${error.message}\nhint: ${error.hint}\n`
      : `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
}
