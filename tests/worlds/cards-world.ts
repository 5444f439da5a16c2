import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import path from 'node:path';
import type { FollowDependencies } from '../../activities/online/follow-pushes.ts';
import { createToken } from '../../src/access/create-token.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import { literal } from '../../src/data/duck/sql.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { createViewStore } from '../../src/db/feature-views/online-source.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { newestViewSnapshot } from '../../src/db/feature-views/view-snapshots.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import type { ViewSpec } from '../../src/domain/view/view-spec.ts';
import { defineView, number, push, windowed } from '../../src/sdk/index.ts';
import { entityKeyOf } from '../../src/views/online/entity-key.ts';
import { planView } from '../../src/views/online/plan-view.ts';
import { viewValuesAt } from '../../src/views/online/values-at.ts';
import { anyPort } from './any-port.ts';
import { openDatabaseGate, type DatabaseGate } from './database-gate.ts';
import { testKey } from './entity-names.ts';
import { ingestDeps } from './ingest-deps.ts';
import { processArguments } from './process-arguments.ts';
import { createPushWorld, type PushWorld } from './push-world.ts';
import { silentLog } from './serving-world.ts';
import { eventually } from './wait.ts';

export const cards = defineView({
  name: 'cards',
  owner: 'risk',
  entity: 'card',
  eventTime: 'at',
  features: {
    limit: number(),
    payments1d: windowed.count('1 days'),
    spend1d: windowed.sum('amount', '1 days'),
  },
  contract: { quarantineShareMax: 0.9 },
  source: push(),
});

export interface Pushed {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A view that rows are pushed to: the real inference program, against a Postgres that can be cut off. */
export interface CardsWorld {
  readonly world: PushWorld;
  readonly gate: DatabaseGate;
  readonly digest: string;
  readonly tokens: { readonly writer: string; readonly predictor: string };
  /** What a worker brings pushed rows in with. */
  readonly follow: FollowDependencies;
  apply(view: ViewSpec): Promise<{ readonly digest: string }>;
  /** Starts the program, again where it was killed, and waits until it is ready. */
  start(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Kills it as `kill -9` does, at once; resolves when it is gone. */
  kill(): Promise<void>;
  /** Each request has a connection of its own, so that several processes answer in turn. */
  pushTo(view: string, key: string | null, rows: readonly object[], token?: string): Promise<Pushed>;
  /** The file of a request that is on disk and not stored yet. */
  fileOf(key: string): string;
  waiting(): Promise<readonly string[]>;
  /** What a process would answer with about a card now. */
  online(card: string): Promise<Readonly<Record<string, unknown>>>;
  /** The amounts of a card in the history that models learn from, in their order. */
  history(card: string): Promise<readonly number[]>;
  close(): Promise<void>;
}

const hourMs = 3_600_000;
const beganMs = Date.now() - 12 * hourMs;

export const cardRow = (card: string, at: number, amount: number) => ({
  card,
  at: new Date(beganMs + at * 60_000).toISOString(),
  limit: at,
  amount,
});

export async function createCardsWorld(): Promise<CardsWorld> {
  const world = await createPushWorld();
  const { database, store } = world;
  const gate = await openDatabaseGate(database.url);
  await writeFile(path.join(world.folder, 'installation.key'), testKey, { mode: 0o600 });
  const apply = (view: ViewSpec) => withTransaction(database, (tx) => storeView(tx, view, 'test'));
  const { digest } = await apply(cards);
  // As the look at sources does for a revision that a model takes features from.
  await database.pool.query('insert into online_view (view, digest) values ($1, $2)', ['cards', digest]);
  const tokenOf = async (role: 'writer' | 'predictor') =>
    (await createToken(database.db, { name: `cards-${role}`, role, scope: 'cards*', expiresAt: null })).secret;
  const tokens = { writer: await tokenOf('writer'), predictor: await tokenOf('predictor') };
  const port = await anyPort();
  const inference = await processArguments('main-inference');
  const pushes = path.join(world.spoolDir, 'pushes');
  let primary: ChildProcess | undefined;

  /** With the processes below it, of which one is about to answer. */
  async function kill(): Promise<void> {
    const gone = new Promise((resolve) => primary?.once('exit', resolve));
    const below = primary === undefined ? [] : childrenOf(primary.pid ?? 0);
    for (const pid of below) process.kill(pid, 'SIGKILL');
    if (primary?.kill('SIGKILL') === true) await gone;
  }

  return {
    world,
    gate,
    digest,
    tokens,
    apply,
    follow: ingestDeps(database, world.folder),
    async start(env = {}) {
      primary = spawn(process.execPath, inference, {
        stdio: ['ignore', 'ignore', 'ignore'],
        env: {
          PATH: process.env['PATH'],
          DATABASE_URL: gate.url,
          PERENNIAL_INFERENCE_PORT: String(port),
          PERENNIAL_SPOOL_DIR: world.spoolDir,
          PERENNIAL_ARTIFACT_DIR: path.join(world.folder, 'artifacts'),
          PERENNIAL_INSTALLATION_KEY_FILE: path.join(world.folder, 'installation.key'),
          PERENNIAL_INFERENCE_PROCESSES: '1',
          ...env,
        },
      });
      await eventually(async () => expectOk(await fetch(`http://127.0.0.1:${port}/health/ready`)));
    },
    kill,
    pushTo(view, key, rows, token = tokens.writer) {
      const headers = { authorization: `Bearer ${token}`, ...(key === null ? {} : { 'idempotency-key': key }) };
      return send(`http://127.0.0.1:${port}/v1/views/${view}/rows`, headers, JSON.stringify({ rows }));
    },
    fileOf: (key) => path.join(pushes, `${createHash('sha256').update(`cards\n${key}`).digest('hex')}.ready`),
    waiting: async () => (await readdir(pushes)).filter((name) => name.endsWith('.ready')),
    async online(card) {
      const [found] = await createViewStore(database, silentLog).read([
        { view: 'cards', digest, entity: entityKeyOf([card]) ?? '' },
      ]);
      const { values } = viewValuesAt(planView(cards), found?.state ?? null, Date.now());
      return Object.fromEntries(cards.features.map(({ name }, at) => [name, values[at]]));
    },
    async history(card) {
      const newest = await newestViewSnapshot(database.db, 'cards', digest);
      const line = newest === null ? [] : await lineageOf(database.db, [newest.digest]);
      const files = await Promise.all(
        line.flatMap(({ manifest }) => manifest.files.map(({ sha256 }) => store.checkedPathOf(sha256))),
      );
      if (files.length === 0) return [];
      const list = files.map(literal).join(', ');
      const rows = await withDuck({}, (duck) =>
        duck.rows(`SELECT amount FROM read_parquet([${list}]) WHERE card = ${literal(card)} ORDER BY amount`),
      );
      return rows.map(({ amount }) => Number(amount));
    },
    async close() {
      await kill();
      await gate.close();
      await world.close();
    },
  };
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function expectOk(response: Response): void {
  if (response.status !== 200) throw new Error(`the program is not ready: ${response.status}`);
}

function send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Pushed> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', headers, agent: new Agent({ keepAlive: false }) }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          retryAfter: response.headers['retry-after'] ?? null,
          body: JSON.parse(Buffer.concat(parts).toString()) as Pushed['body'],
        }),
      );
    });
    asked.once('error', reject);
    asked.end(body);
  });
}
