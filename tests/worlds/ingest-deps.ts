import path from 'node:path';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { findSourceActivities } from '../../activities/ingest/find-source.ts';
import { ingestSourceActivities } from '../../activities/ingest/ingest-source.ts';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import { identifier, pathLiteral } from '../../src/data/duck/sql.ts';
import type { Database } from '../../src/db/base/connect.ts';
import { lineageOf, newestHistoryOf } from '../../src/db/models/snapshots.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { pushedRowsOf } from '../../src/db/pushes/read-pushed.ts';
import type { SnapshotRef } from '../../src/domain/record/runs.ts';
import type { SourceSpec } from '../../src/domain/spec/source-spec.ts';
import { connectSource } from '../../src/sources/registry.ts';
import { inActivity } from './in-activity.ts';

/** What activities need that read sources in a folder, or pushed rows: artifacts and scratch folders are in it too. */
export function ingestDeps(database: Database, folder: string): ActivityDependencies {
  const store = createArtifactStore(path.join(folder, 'artifacts'));
  return {
    database,
    store,
    workDir: path.join(folder, 'work'),
    trainDir: path.join(folder, 'train'),
    connectSource: (spec: SourceSpec, model: string) =>
      connectSource(spec, { roots: [folder], store, pushed: pushedRowsOf(database.db, store, model) }),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  } as unknown as ActivityDependencies;
}

let readings = 0;

/** As a training reads the source of a model, without Temporal: only what nobody has read before is new. */
export async function readSource(
  deps: ActivityDependencies,
  model: string,
  runId = `ingest/${model}/reading-${readings++}`,
): Promise<{ readonly snapshot: SnapshotRef; readonly isNew: boolean }> {
  const { revision } = await readCurrentSpec(deps.database.db, model);
  const input = { model, specRevision: revision };
  const found = await inActivity(() => findSourceActivities(deps).findSource(input));
  if (found.snapshot !== null) return { snapshot: found.snapshot, isNew: false };
  const ask = { ...input, runId, sourceDigest: found.sourceDigest };
  return { snapshot: await inActivity(() => ingestSourceActivities(deps).ingestSource(ask)), isNew: true };
}

/** The history of a model under its present definition, in its order: the cells of such columns, parted by spaces. */
export async function historyOf(
  { database: { db }, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  model: string,
  columns: readonly string[],
): Promise<readonly string[]> {
  const { revision } = await readCurrentSpec(db, model);
  const line = await lineageOf(db, [(await newestHistoryOf(db, model, revision))?.digest ?? '']);
  const paths = await Promise.all(
    line.flatMap(({ manifest }) => manifest.files.map(({ sha256 }) => store.pathOf(sha256))),
  );
  const files = paths.map(pathLiteral).join(', ');
  const rows = await withDuck({}, (duck) =>
    duck.rows(`SELECT ${columns.map(identifier).join(', ')} FROM read_parquet([${files}]) ORDER BY _order`),
  );
  return rows.map((row) => columns.map((name) => String(row[name] ?? '')).join(' '));
}
