import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createToken } from '../src/access/create-token.ts';
import { createTokenSource } from '../src/access/token-source.ts';
import { createArtifactStore } from '../src/artifacts/artifact-store.ts';
import { createDatabase, type Database } from '../src/db/base/connect.ts';
import { migrate } from '../src/db/base/migrate.ts';
import { storeSpec } from '../src/db/models/specs.ts';
import { createPushPorts } from '../src/db/pushes/push-ports.ts';
import { createPushSink } from '../src/db/pushes/store-pushes.ts';
import { createRoutingSource } from '../src/db/routing/routing-source.ts';
import { routing } from '../src/db/schema/index.ts';
import { completeSpec } from '../src/domain/spec/default-spec.ts';
import { freePort } from '../src/embedded/process/free-port.ts';
import { startPostgres } from '../src/embedded/postgres/postgres.ts';
import { startInferenceProcess } from '../src/serving/inference-process.ts';
import { startPushShipper } from '../src/serving/push/ship-pushes.ts';
import { declareView, onlineOf, startWorker, viewRowOf, watchFreshness } from './push-view.ts';
import { familyCpuMsOf } from '../src/embedded/process/processor-time.ts';
import { readOptions, wholeOption } from '../tools/options.mjs';

/** A view that is further behind does not hold its rate. */
const heldMs = 2_000;

const help = `npm run bench:push [-- --json] [-- --rows 50000 --rate 5000 --batch 500] [-- --view [--entities 10000]]

Pushes rows at a paced rate to an inference process over HTTP, which spools them and stores them in a Postgres of its
own. Prints rows per second, CPU of that process per row in microseconds (door, contract, spool and shipping; not
Postgres, not the client), the median and longest answer, and the lag: from the last answer until all rows are stored.

With --view the rows are those of a feature view with five windows, and the part of the worker that brings them into
history and online store runs in a process of its own. online.lagMs is the time from the last answer until all rows are
served, online.lagMsMax how old the newest row that was served got to be while rows came, online.lostRows what is
missing in the history, and online.hotShare which share of the updates of entities wrote no index. held says whether
rows came as fast as --rate asks, none was lost, and no lag was above ${heldMs} ms. allCpuUsPerRow is the processor time
of inference, worker, Postgres and client together.`;

const model = 'bench';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Client {
  readonly url: string;
  readonly token: string;
  readonly rows: number;
  readonly rate: number;
  readonly batch: number;
  /** Rows of a view, about so many entities; null for rows of a model. */
  readonly entities: number | null;
}

/** Handed to the process that pushes: its CPU is its own. */
const clientVariable = 'BENCH_PUSH_CLIENT';
// oxlint-disable-next-line no-process-env -- so the child is told what to push
const told = process.env[clientVariable];
if (told === undefined) await main();
else await pushAll(JSON.parse(told) as Client);

async function main(): Promise<void> {
  const { values } = readOptions({
    options: {
      json: { type: 'boolean', default: false },
      rows: { type: 'string', default: '50000' },
      rate: { type: 'string', default: '5000' },
      batch: { type: 'string', default: '500' },
      view: { type: 'boolean', default: false },
      entities: { type: 'string', default: '10000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${help}\n`);
  const asked = {
    rows: wholeOption('rows', values.rows),
    rate: wholeOption('rate', values.rate),
    batch: wholeOption('batch', values.batch),
    entities: values.view ? wholeOption('entities', values.entities) : null,
  };
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-push-'));
  const postgres = await startPostgres({
    stateDir: folder,
    logFile: path.join(folder, 'postgres.log'),
    port: await freePort(54_900),
  });
  const database = createDatabase(postgres.url, { onIdleError: () => undefined });
  try {
    await migrate(database);
    const found = await measure(database, folder, { ...asked, postgresPid: postgres.process.pid ?? 0 });
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ ...asked, ...found })}\n`
        : `${found.rowsPerSecond} rows/s, ${found.cpuUsPerRow} us of CPU per row, answers in ${found.answerMs} ms ` +
            `(longest ${found.answerMsMax} ms), lag ${found.lagMs} ms, ${found.allCpuUsPerRow} us with all processes` +
            (found.online === null
              ? '\n'
              : `, online after ${found.online.lagMs} ms (at most ${found.online.lagMsMax} ms), ` +
                `lost ${found.online.lostRows}, held: ${found.held}\n`),
    );
  } finally {
    await database.close();
    await postgres.process.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  database: Database,
  folder: string,
  { postgresPid, ...asked }: Omit<Client, 'url' | 'token'> & { readonly postgresPid: number },
) {
  const view = asked.entities === null ? null : await declareView(database, model);
  if (view === null) await declare(database);
  const spoolDir = path.join(folder, 'spool');
  const { secret: token } = await createToken(database.db, {
    name: 'bench',
    role: 'writer',
    scope: '*',
    expiresAt: null,
  });
  const source = createRoutingSource(database, quiet);
  const inference = await startInferenceProcess({
    source,
    tokens: createTokenSource(database),
    artifacts: createArtifactStore(path.join(folder, 'artifacts')),
    entities: { hashOf: (_, entity) => entity },
    log: quiet,
    processId: randomUUID(),
    productVersion: 'bench',
    host: '127.0.0.1',
    port: 0,
    spoolDir,
    flushMs: 100,
    pushes: createPushPorts(database.db),
    shouldLoadInPlace: true,
  });
  const shipper = startPushShipper({ spoolDir, sink: createPushSink(database), log: quiet });
  const worker = view === null ? null : await startWorker(database.url, folder);
  try {
    const url = `http://127.0.0.1:${inference.port}`;
    const startMs = performance.now();
    const before = process.cpuUsage();
    // Without a view there is no worker, and of no process the time is 0.
    const workerPid = worker?.pid ?? 0;
    const [postgresBefore, workerBefore] = [await familyCpuMsOf(postgresPid), await familyCpuMsOf(workerPid)];
    const freshness = view === null ? null : watchFreshness(database, view);
    const { answersMs, cpuMs: clientMs } = await clientIn({ url, token, ...asked });
    const endMs = performance.now();
    while ((await storedRows(database)) < asked.rows) await delay(10);
    const lagMs = performance.now() - endMs;
    const found = view === null ? null : await onlineOf(database, view, { endMs, rows: asked.rows });
    const lagMsMax = (await freshness?.stop()) ?? 0;
    const postgresMs = (await familyCpuMsOf(postgresPid)) - postgresBefore;
    const workerMs = (await familyCpuMsOf(workerPid)) - workerBefore;
    const used = process.cpuUsage(before);
    const ownMs = (used.user + used.system) / 1_000;
    const usPerRow = (ms: number): number => Math.round((ms / asked.rows) * 10_000) / 10;
    const sorted = answersMs.toSorted((left, right) => left - right);
    const rowsPerSecond = Math.round(asked.rows / ((endMs - startMs) / 1_000));
    const online = found === null ? null : { ...found, lagMsMax: Math.round(lagMsMax) };
    // The last batch comes one pause before the end, and the client has to start.
    const isFast = rowsPerSecond >= 0.95 * asked.rate;
    return {
      rowsPerSecond,
      cpuUsPerRow: usPerRow(ownMs),
      answerMs: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
      answerMsMax: Math.round(sorted.at(-1) ?? 0),
      lagMs: Math.round(lagMs),
      postgresCpuUsPerRow: usPerRow(postgresMs),
      workerCpuUsPerRow: usPerRow(workerMs),
      clientCpuUsPerRow: usPerRow(clientMs),
      allCpuUsPerRow: usPerRow(ownMs + postgresMs + workerMs + clientMs),
      online,
      ...(online === null ? {} : { held: isFast && online.lagMsMax <= heldMs && online.lostRows === 0 ? 'yes' : 'no' }),
    };
  } finally {
    worker?.kill('SIGKILL');
    await shipper.stop();
    await inference.stop(0);
    await source.close();
  }
}

async function declare(database: Database): Promise<void> {
  const spec = completeSpec({
    name: model,
    about: { owner: 'bench', useCase: 'to measure', successCriterion: 'a figure' },
    features: [
      ...Array.from({ length: 10 }, (_, at) => ({ kind: 'number', name: `x${at}`, missing: 'allow', min: 0 }) as const),
      { kind: 'category', name: 'colour', missing: 'allow', values: ['red', 'green', 'blue'] },
    ],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source: { kind: 'push' },
  });
  await storeSpec(database.db, spec, 'bench');
  const entry = {
    model,
    revision: 1,
    specRevision: 1,
    champion: null,
    challenger: null,
    stage: 'empty',
    rollout: null,
    challengerWeight: 0,
    salt: 'salt',
    leaseUntilMs: null,
  } as const;
  await database.db.insert(routing).values({ model, revision: 1, entry }).onConflictDoUpdate({
    target: routing.model,
    set: { entry },
  });
}

async function storedRows({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ rows: number }>(
    'select coalesce(max(last_row), 0)::int as rows from push_stream',
  );
  return rows[0]?.rows ?? 0;
}

interface ClientSaid {
  /** Milliseconds of each answer. */
  readonly answersMs: readonly number[];
  readonly cpuMs: number;
}

function clientIn(client: Client): Promise<ClientSaid> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), { env: { [clientVariable]: JSON.stringify(client) } });
    child.once('message', (message) => resolve(message as ClientSaid));
    child.once('exit', (code) => reject(new Error(`the client ended with ${code}`)));
    child.once('error', reject);
  });
}

async function pushAll({ url, token, rows, rate, batch, entities }: Client): Promise<void> {
  const whose = entities === null ? 'models' : 'views';
  const row = entities === null ? rowOf : (id: number) => viewRowOf(rowOf(id), id, entities);
  const answersMs: number[] = [];
  const before = process.cpuUsage();
  const startMs = performance.now();
  for (let from = 0; from < rows; from += batch) {
    // Paced by the clock and not by the answers: a slow answer is made up for.
    await delay(Math.max(0, startMs + (from / rate) * 1_000 - performance.now()));
    const count = Math.min(batch, rows - from);
    const askedMs = performance.now();
    const response = await fetch(`${url}/v1/${whose}/${model}/rows`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': `bench-${from}` },
      body: JSON.stringify({ rows: Array.from({ length: count }, (_, at) => row(from + at)) }),
    });
    if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
    answersMs.push(performance.now() - askedMs);
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.({ answersMs, cpuMs: (user + system) / 1_000 });
}

function rowOf(id: number): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = { colour: ['red', 'green', 'blue'][id % 3], y: id % 2 === 0 ? 'yes' : 'no' };
  for (let at = 0; at < 10; at++) row[`x${at}`] = (id * (at + 7)) % 1_000;
  return row;
}
