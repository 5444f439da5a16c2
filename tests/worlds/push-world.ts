import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { findSourceActivities } from '../../activities/ingest/find-source.ts';
import { ingestSourceActivities } from '../../activities/ingest/ingest-source.ts';
import { createToken } from '../../src/access/create-token.ts';
import { createArtifactStore, type ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import { literal } from '../../src/data/duck/sql.ts';
import { combineSnapshots } from '../../src/data/traffic/combine-snapshots.ts';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { readCurrentSpec, storeSpec } from '../../src/db/models/specs.ts';
import { pushedRowsOf } from '../../src/db/pushes/read-pushed.ts';
import { routing } from '../../src/db/schema/index.ts';
import type { SnapshotRef } from '../../src/domain/record/runs.ts';
import { completeSpec, type ModelSpecInput } from '../../src/domain/spec/default-spec.ts';
import type { SourceSpec } from '../../src/domain/spec/source-spec.ts';
import type { SourcePlace } from '../../src/sources/port.ts';
import { connectSource } from '../../src/sources/registry.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { inActivity } from './in-activity.ts';

/** A model whose rows are pushed, with a database, an artifact store and a spool; nothing of it is served yet. */
export interface PushWorld {
  readonly place: TestDatabase;
  readonly database: Database;
  readonly folder: string;
  readonly spoolDir: string;
  readonly store: ArtifactStore;
  /** Secrets of two tokens: one may push, the other may predict. */
  readonly tokens: { readonly writer: string; readonly predictor: string };
  /** The source of the model, as a worker connects it. */
  connect(spec: SourceSpec): ReturnType<typeof connectSource>;
  /** What activities are given. */
  readonly deps: ActivityDependencies;
  /** Applies a definition with this source. */
  apply(source: SourceSpec, change?: Partial<ModelSpecInput>): Promise<void>;
  /** Finds the source and ingests it, as a training does. */
  ingest(): Promise<SnapshotRef>;
  /** The column `id` of everything that a training would get, in order. */
  idsOf(snapshot: SnapshotRef): Promise<readonly number[]>;
  close(): Promise<void>;
}

export const pushModel = 'shop';

export async function createPushWorld(more: Partial<SourcePlace> = {}): Promise<PushWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-push-'));
  const spoolDir = path.join(folder, 'spool');
  await mkdir(spoolDir);
  const place = await createTestDatabase();
  const database = createDatabase(place.url);
  const store = createArtifactStore(path.join(folder, 'artifacts'));
  const tokenOf = async (role: 'writer' | 'predictor') =>
    (await createToken(database.db, { name: role, role, scope: pushModel, expiresAt: null })).secret;
  const tokens = { writer: await tokenOf('writer'), predictor: await tokenOf('predictor') };
  const connect = (spec: SourceSpec) =>
    connectSource(spec, { roots: [folder], store, pushed: pushedRowsOf(database.db, store, pushModel), ...more });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const workDir = path.join(folder, 'work');
  const deps = { database, store, workDir, connectSource: connect, log } as unknown as ActivityDependencies;
  return {
    place,
    database,
    folder,
    spoolDir,
    store,
    tokens,
    connect,
    deps,
    async apply(source, change = {}) {
      const spec = completeSpec({
        name: pushModel,
        about: { owner: 'o', useCase: 'u', successCriterion: 's' },
        features: [{ kind: 'number', name: 'id', missing: 'refuse', min: 0 }],
        target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
        contract: { quarantineShareMax: 0.9 },
        ...change,
        source,
      });
      const { revision } = await storeSpec(database.db, spec, 'test');
      const entry = {
        model: pushModel,
        revision,
        specRevision: revision,
        champion: null,
        challenger: null,
        stage: 'empty',
        rollout: null,
        challengerWeight: 0,
        salt: 'salt',
        leaseUntilMs: null,
      } as const;
      await database.db
        .insert(routing)
        .values({ model: pushModel, revision, entry })
        .onConflictDoUpdate({ target: routing.model, set: { revision, entry } });
    },
    async ingest() {
      const { revision: specRevision } = await readCurrentSpec(database.db, pushModel);
      return inActivity(async () => {
        const found = await findSourceActivities(deps).findSource({ model: pushModel, specRevision });
        if (found.snapshot !== null) return found.snapshot;
        const runId = `ingest/${pushModel}/${found.sourceDigest}/${randomUUID()}`;
        return ingestSourceActivities(deps).ingestSource({ model: pushModel, specRevision, runId, ...found });
      });
    },
    async idsOf({ digest }) {
      const line = (await lineageOf(database.db, [digest])).map(({ manifest }) => manifest);
      const { paths } = await combineSnapshots(store, line, folder);
      const list = paths.map(literal).join(', ');
      return withDuck({}, async (duck) =>
        (await duck.rows(`SELECT id FROM read_parquet([${list}]) ORDER BY _order`)).map((row) => Number(row['id'])),
      );
    },
    async close() {
      await database.close();
      await place.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
