import { execFile, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withDuck } from '../src/data/duck/connect.ts';
import { literal } from '../src/data/duck/sql.ts';
import { parquetOptions } from '../src/data/snapshot/write-accepted.ts';
import { defineView, folder, number } from '../src/sdk/index.ts';
import { joinViews } from '../src/views/offline/join-views.ts';

export interface OfflineSizes {
  readonly labels: number;
  /** Of all views together. */
  readonly rows: number;
  /** A Python that has feast; null leaves it out. */
  readonly feast: string | null;
}

interface Joined {
  readonly cpuS: number;
  readonly wallS: number;
  readonly peakMib: number;
  /** Rows that came out, and what their values come to: whoever loses rows has joined something else. */
  readonly rows: number;
  readonly sum: number;
}

const views = ['cards', 'shops', 'devices'] as const;
const features = Array.from({ length: 10 }, (_, at) => `f${at}`);
const entitiesMax = 100_000;
const fromMs = Date.UTC(2026, 0, 1);
const spanMs = 30 * 86_400_000;
/** Longer than the span, and every entity has a first row: feast 0.67 loses labels for which nothing is known. */
const ttlDays = 60;

/** Handed to the process that joins: its memory and its CPU are its own. */
const joinVariable = 'BENCH_VIEWS_JOIN';
// oxlint-disable-next-line no-process-env -- so the child is told what to join
const told = process.env[joinVariable];
if (told !== undefined) process.send?.(await join(told));

/** The join of labels with the latest values of three views of ten features, as a training makes it. */
export async function benchOffline({ labels, rows, feast }: OfflineSizes) {
  const dir = await mkdtemp(path.join(tmpdir(), 'perennial-join-'));
  try {
    await write(dir, labels, Math.floor(rows / views.length));
    const ours = await joinIn(dir);
    const theirs = feast === null ? null : await feastIn(feast, dir);
    const ratios =
      theirs === null
        ? {}
        : {
            cpuRatio: theirs.cpuS / ours.cpuS,
            memoryRatio: theirs.peakMib / ours.peakMib,
            isSame: theirs.rows === ours.rows && Math.abs(theirs.sum / ours.sum - 1) < 1e-9,
          };
    return { bench: 'views offline', labels, rows, views: views.length, features: 30, ours, feast: theirs, ...ratios };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The clock is there twice: as snapshots have it, and as feast reads it. */
async function write(dir: string, labels: number, rowsOfView: number): Promise<void> {
  await withDuck({ threads: 2, memoryMb: 2_048, tempDir: dir }, async (duck) => {
    const entities = Math.min(entitiesMax, Math.floor(rowsOfView / 4));
    const tables = [
      { name: 'labels', rows: labels, list: [] },
      ...views.map((name) => ({ name, rows: rowsOfView, list: features })),
    ];
    for (const [seed, { name, rows, list }] of tables.entries()) {
      const first = (sql: string, ofFirst: string) =>
        seed === 0 ? `(${sql})` : `(CASE WHEN i < ${entities} THEN ${ofFirst} ELSE ${sql} END)`;
      const late = first(`2 * CAST(hash(i * 17 + ${seed}) % ${spanMs / 2} AS BIGINT)`, '0');
      const mixed = (salt: number) => `(hash(i * 31 + ${seed * 100 + salt}) % 1000003)`;
      const columns = [
        `'e' || ${first(`hash(i + ${seed * 7_919}) % ${entities}`, 'i')} AS card`,
        // Odd milliseconds for labels and even ones for rows: no two clocks meet.
        `${fromMs} + ${late} + ${seed === 0 ? 1 : 0} AS "at"`,
        ...list.map((feature, at) => `${mixed(at)}::DOUBLE AS ${feature}`),
        'i AS _order',
      ];
      // oxlint-disable-next-line no-await-in-loop -- one file at a time
      await duck.run(`COPY (SELECT *, make_timestamp("at" * 1000) AS event_timestamp
        FROM (SELECT ${columns.join(', ')} FROM range(${rows}) t (i)))
        TO ${literal(path.join(dir, `${name}.parquet`))} ${parquetOptions}`);
    }
  });
}

function joinIn(dir: string): Promise<Joined> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), { env: { ...process.env, [joinVariable]: dir } });
    child.once('message', (message) => resolve(message as Joined));
    child.once('exit', (code) => reject(new Error(`the join ended with ${code}`)));
    child.once('error', reject);
  });
}

/** One thread and 1 GB, as a worker joins. */
async function join(dir: string): Promise<Joined> {
  const startMs = performance.now();
  const out = path.join(dir, 'joined.parquet');
  await withDuck({ threads: 1, memoryMb: 1_024, tempDir: dir }, async (duck) => {
    const joined = views.map((name) => ({
      view: defineView({
        name,
        owner: 'bench',
        entity: 'card',
        eventTime: 'at',
        features: Object.fromEntries(features.map((feature) => [feature, number()])),
        ttl: `${ttlDays} days`,
        source: folder('nowhere', { format: 'parquet' }),
      }),
      files: [{ path: path.join(dir, `${name}.parquet`), receivedMs: null, isJoined: false, throughSeq: null }],
      features: features.map((feature) => ({
        name: `${name}_${feature}`,
        kind: 'number' as const,
        missing: 'allow' as const,
        from: { view: name, feature, digest: null, on: ['card'] },
      })),
    }));
    await joinViews(duck, {
      path: path.join(dir, 'labels.parquet'),
      schema: [
        { name: 'card', type: 'VARCHAR' },
        { name: 'at', type: 'BIGINT' },
        { name: '_order', type: 'BIGINT' },
      ],
      atColumn: 'at',
      views: joined,
      order: ['card', 'at', ...joined.flatMap((one) => one.features.map(({ name }) => name))],
      out,
      parquetOptions,
    });
  });
  const wallS = (performance.now() - startMs) / 1_000;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const found = await withDuck({ threads: 1, memoryMb: 256, tempDir: dir }, async (duck) => {
    const all = views.flatMap((name) => features.map((feature) => `coalesce(sum(${name}_${feature}), 0)`));
    const [row] = await duck.rows(
      `SELECT CAST(count(*) AS DOUBLE) AS rows, CAST(${all.join(' + ')} AS DOUBLE) AS sum
        FROM read_parquet(${literal(out)})`,
    );
    return { rows: Number(row?.['rows']), sum: Number(row?.['sum']) };
  });
  return { cpuS: (userCPUTime + systemCPUTime) / 1e6, wallS, peakMib: maxRSS / 1_024, ...found };
}

async function feastIn(python: string, dir: string): Promise<Joined> {
  const script = fileURLToPath(new URL('peers/feast-join.py', import.meta.url));
  const ask = JSON.stringify({ dir, views, features, ttlDays });
  const { stdout } = await promisify(execFile)(python, [script, ask], { maxBuffer: 1_048_576 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Joined;
}
