import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FollowDependencies } from '../activities/online/follow-pushes.ts';
import type { ArtifactStore } from '../src/artifacts/artifact-store.ts';
import { withTransaction, type Database } from '../src/db/base/connect.ts';
import type { OnlineKey } from '../src/db/feature-views/online-build.ts';
import { storeView } from '../src/db/feature-views/store-view.ts';
import { pushedRowsOf } from '../src/db/pushes/read-pushed.ts';
import { defineView, push, windowed } from '../src/sdk/index.ts';
import { connectSource } from '../src/sources/registry.ts';
import { createLogger } from '../src/telemetry/logger.ts';

/** Five windows, each over another length. */
export async function declareView(database: Database, name: string): Promise<OnlineKey> {
  const view = defineView({
    name,
    owner: 'bench',
    entity: 'id',
    eventTime: 'at',
    features: {
      n1h: windowed.count('1 hour'),
      spend1d: windowed.sum('x0', '1 days'),
      mean7d: windowed.mean('x1', '7 days'),
      most30d: windowed.max('x2', '30 days'),
      share1d: windowed.ratio('x3', 'x4', '1 days'),
    },
    source: push(),
  });
  const { digest } = await withTransaction(database, (tx) => storeView(tx, view, 'bench'));
  await database.pool.query('insert into online_view (view, digest) values ($1, $2)', [name, digest]);
  return { view: name, digest };
}

/** What the worker brings pushed rows in with. */
export function workerOver(database: Database, store: ArtifactStore, folder: string): FollowDependencies {
  const connectPushed: FollowDependencies['connectSource'] = (spec, name) =>
    connectSource(spec, { roots: [], store, pushed: pushedRowsOf(database.db, store, name) });
  return {
    database,
    store,
    workDir: path.join(folder, 'work'),
    connectSource: connectPushed,
    log: createLogger('bench', 'silent'),
  };
}

/** The part of a worker that brings pushed rows in, as a process of its own; resolves when it listens. */
export async function startWorker(url: string, folder: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('push-worker.ts', import.meta.url)), [url, folder]);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the worker ended before it began')));
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return child;
}

const lookEveryMs = 50;

/**
 * How old the newest row that is served gets to be, from the first row that is stored on: what is brought in counts
 * once its processes are told. Rows have to come without a pause. Entities are read once per change, not per look.
 */
export function watchFreshness({ pool }: Database, { view, digest }: OnlineKey): { stop(): Promise<number> } {
  let isStopped = false;
  let seen = -1;
  let newestMs: number | null = null;
  let lagMsMax = 0;
  const ended = (async () => {
    while (!isStopped) {
      const { rows } = await pool.query<{ hasRows: boolean; sequence: number; newestMs: number | null }>(
        `select exists (select from push_stream where model = $1) as "hasRows", sequence::float8 as sequence,
           case when building is null and sequence <> $3 then
             (select max(event_ms)::float8 from online_entity where view = $1 and digest = $2) end as "newestMs"
         from online_view where view = $1 and digest = $2`,
        [view, digest, seen],
      );
      const nowMs = Date.now();
      const [row] = rows;
      if (newestMs === null && row?.hasRows === true) newestMs = nowMs;
      // Age as it was until this look, then what the look has found.
      if (newestMs !== null && !isStopped) lagMsMax = Math.max(lagMsMax, nowMs - newestMs);
      if (row !== undefined && row.newestMs !== null) {
        newestMs = row.newestMs;
        seen = row.sequence;
      }
      await delay(lookEveryMs);
    }
    return lagMsMax;
  })();
  return {
    stop() {
      isStopped = true;
      return ended;
    },
  };
}

/** Waits until the online store holds all rows, and counts them in the history. */
export async function onlineOf(database: Database, key: OnlineKey, { endMs, rows }: { endMs: number; rows: number }) {
  const broughtIn = async () =>
    (
      await database.pool.query<{ rows: number; snapshots: number; kept: number }>(
        `select v.rows::float8 as rows, (select count(*)::int from snapshot) as snapshots,
           (select coalesce(sum(rows), 0)::float8 from snapshot where kind = 'view') as kept
         from online_view v where view = $1 and digest = $2 and building is null`,
        [key.view, key.digest],
      )
    ).rows[0];
  let found = await broughtIn();
  while (found === undefined || found.rows < rows) {
    await delay(50);
    found = await broughtIn();
  }
  return {
    lagMs: Math.round(performance.now() - endMs),
    lostRows: rows - found.kept,
    snapshots: found.snapshots,
    hotShare: await hotShareOf(database),
  };
}

/** Of the updates of entities, those that stayed in their page and wrote no index; null before the first. */
async function hotShareOf({ pool }: Database): Promise<number | null> {
  const { rows } = await pool.query<{ share: number | null }>(
    `select round(n_tup_hot_upd::numeric / nullif(n_tup_upd, 0), 3)::float8 as share
     from pg_stat_user_tables where relname = 'online_entity'`,
  );
  return rows[0]?.share ?? null;
}

/** A payment of now, of one entity after the other. */
export function viewRowOf(row: object, id: number, entities: number): Readonly<Record<string, unknown>> {
  return { ...row, id: `e${(id * 7_919) % entities}`, at: new Date().toISOString() };
}
