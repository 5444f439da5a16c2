import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { ActivityDependencies } from '../../../activities/index.ts';
import { createToken } from '../../../src/access/create-token.ts';
import type { Database } from '../../../src/db/base/connect.ts';
import { silentBell } from '../../../src/db/base/bell.ts';
import { setWatchShards } from '../../../src/db/watching/watch-layout.ts';
import { completeSpec } from '../../../src/domain/spec/default-spec.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import type { RoutingEntry } from '../../../src/domain/rollout/routing.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createServingWorld, worldSpec } from '../serving-world.ts';
import { agedModel, windowRowsOf, type HistorySize } from './history-size.ts';
import { writeAbTests } from './write-ab-tests.ts';
import { writeExperiments } from './write-experiments.ts';
import { writeHistory } from './write-history.ts';
import { writeViews } from './write-views.ts';
import { writeVersions } from './write-versions.ts';

/** A platform with a history behind it, as its worker and its control port see it. */
export interface GrowthWorld {
  readonly size: HistorySize;
  readonly deps: ActivityDependencies;
  readonly spec: ModelSpec;
  readonly token: string;
  close(): Promise<void>;
}

/** `connect` opens the database of the activities and pages: a test has its statements explained, a benchmark not. */
export async function createGrowthWorld(size: HistorySize, connect: (url: string) => Database): Promise<GrowthWorld> {
  const serving = await createServingWorld();
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-growth-'));
  const first = await serving.addVersion(1, [0.75, 0.25]);
  const challenger = { ...first, version: size.versions + 1 };
  const entry: RoutingEntry = {
    model: agedModel,
    revision: 1_000_001,
    specRevision: 1,
    champion: { ...first, version: size.versions },
    challenger,
    stage: 'canary',
    rollout: { model: agedModel, version: challenger.version, attempt: 1 },
    challengerWeight: 0,
    salt: 's',
    leaseUntilMs: null,
  };
  const spec = specOf(size);
  const client = new pg.Client({ connectionString: serving.testDatabase.url });
  await client.connect();
  try {
    await client.query(`update spec_revision set spec = $1 where model = '${agedModel}'`, [spec]);
    await client.query(`update model set version_counter = $1, train_counter = $1`, [size.versions + 1]);
    await client.query(`update routing set revision = $1, entry = $2`, [entry.revision, entry]);
    await client.query(
      `update version set report = '{"candidate": {"testMetrics": {"logLoss": 0.3}}, "release": {"family": "prior"}}'`,
    );
    // In the order of their names, as little as that says: the planner takes an index for dearer where rows lie mixed.
    await writeViews(client, size);
    await writeHistory(client, size);
    await writeVersions(client, size);
    await writeAbTests(client, size);
    await writeExperiments(client, size);
    await writeOthers(client, size);
    await settle(client);
  } finally {
    await client.end();
  }
  const { secret } = await createToken(serving.database.db, {
    name: 'growth',
    role: 'admin',
    scope: '*',
    expiresAt: null,
  });
  await setWatchShards(serving.database, 1);
  const database = connect(serving.testDatabase.url);
  return {
    size,
    deps: {
      database,
      bell: silentBell,
      store: serving.artifacts,
      artifactDir: serving.artifactDir,
      client: clientThatKnowsAll as unknown as ActivityDependencies['client'],
      workDir: folder,
      trainDir: folder,
      rootDir: folder,
      connectSource: () => {
        throw new Error('no source is read here');
      },
      keptDays: { segments: 1, audit: 1 } as unknown as ActivityDependencies['keptDays'],
      artifactGraceMs: 1_000,
      patienceMs: 1_000,
      log: createLogger('tests', 'silent'),
      // What no walk uses is left out.
    } satisfies Partial<ActivityDependencies> as unknown as ActivityDependencies,
    spec,
    token: secret,
    async close() {
      await database.close();
      await serving.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Above the rows of every table that a test makes: a sample would give another plan now and then. */
const sampleTarget = 500;

/**
 * Plans follow from these rows alone: statistics are of all of them (300 rows a target), and nobody takes them anew in
 * the middle, as a busy machine leaves the time for.
 */
async function settle(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  for (const { name } of rows)
    // oxlint-disable-next-line no-await-in-loop -- one connection
    await client.query(`alter table ${name} set (autovacuum_enabled = off)`);
  await client.query(`set default_statistics_target = ${sampleTarget}`);
  await client.query('vacuum analyze');
}

/** Every run is under way and every signal is taken. */
const clientThatKnowsAll = {
  workflow: {
    start: () => Promise.resolve(),
    list: async function* (): AsyncGenerator<never> {},
    getHandle: () => ({
      signal: () => Promise.resolve(),
      describe: () => Promise.resolve({ status: { name: 'RUNNING' } }),
    }),
  },
};

function specOf(size: HistorySize): ModelSpec {
  const rows = windowRowsOf(size);
  return completeSpec({
    ...worldSpec,
    watch: {
      window: { rows },
      proxies: [{ name: 'call', meaning: 'they called', better: 'lower' }],
      correction: { halfLifeRows: 100, rowsMax: 100, labelledRowsMin: 10 },
      decay: { alpha: 0.01, relativeRiseMin: 0.1, labelledRowsMin: 50 },
    },
    rollout: {
      failures: ['error', 'slow', 'wrong'],
      shadow: { rows },
      canary: [{ percent: 20, extent: { rows } }],
      deadline: { rows },
      atDeadline: 'hold',
      pollMs: 20,
      guard: { labelledRows: 20, action: 'propose' },
    },
    retrain: { growthFactor: null, onDecay: false, onSpecChange: false },
  });
}

/** Models beside the aged one: as many at any age, each with the same few windows. */
async function writeOthers(client: pg.ClientBase, { models }: HistorySize): Promise<void> {
  const others = `generate_series(1, ${models}) m`;
  await client.query(`insert into model (name, spec_revision) select 'other-' || m, 1 from ${others}`);
  await client.query(`
    insert into spec_revision (model, revision, digest, spec, actor)
    select 'other-' || m, 1, 'd' || m, jsonb_set(s.spec, '{name}', to_jsonb('other-' || m)), 'test'
    from ${others} cross join spec_revision s where s.model = '${agedModel}'`);
  await client.query(`
    insert into routing (model, revision, entry)
    select 'other-' || m, 1, jsonb_build_object('model', 'other-' || m, 'revision', 1, 'specRevision', 1, 'champion',
      null, 'challenger', null, 'stage', 'empty', 'rollout', null, 'challengerWeight', 0, 'salt', 's', 'leaseUntilMs',
      null) from ${others}`);
  await client.query(`insert into model_stream (model, last_seq) select 'other-' || m, 0 from ${others}`);
}
