import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ActivityDependencies } from '../../activities/index.ts';
import { exportTraffic } from '../../activities/ingest/export-traffic.ts';
import { trafficCut } from '../../activities/ingest/traffic-cut.ts';
import { snapshotTrafficActivities } from '../../activities/ingest/snapshot-traffic.ts';
import { sha256, sha256OfFile } from '../../src/artifacts/digest.ts';
import { createSealedLog } from '../../src/data/sealed/read-sealed.ts';
import { ingestTable } from '../../src/data/snapshot/ingest-table.ts';
import { combineSnapshots } from '../../src/data/traffic/combine-snapshots.ts';
import { asLogged } from '../../src/data/traffic/layout.ts';
import { lineageOf, putSnapshot } from '../../src/db/models/snapshots.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { lastClosedWindow } from '../../src/db/watching/windows.ts';
import type { SnapshotRef } from '../../src/domain/record/runs.ts';
import { orderMaxOf, type SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { files, parts } from '../../src/trainers/prepare/folder.ts';
import { prepare } from '../../src/trainers/prepare/prepare.ts';
import { inActivity } from './in-activity.ts';
import type { ServingWorld } from './serving-world.ts';

const model = 'fraud';

/** Snapshots of the traffic of `fraud`, as its trainings ask for them, and what a training would make of them. */
export function createTrafficSnapshots(world: ServingWorld, workDir: string) {
  const { db } = world.database;
  const deps = { database: world.database, store: world.artifacts, workDir, log: createLogger('tests', 'silent') };
  const { snapshotTraffic } = snapshotTrafficActivities(deps as Partial<ActivityDependencies> as ActivityDependencies);

  /** 60 rows of the declared source, under the current definition. */
  async function takeHistory(): Promise<SnapshotRef> {
    const { spec, revision } = await readCurrentSpec(db, model);
    const file = path.join(workDir, 'history.ndjson');
    const rows = Array.from({ length: 60 }, (_, i) => ({
      ...Object.fromEntries(spec.features.map(({ name, kind }) => [name, kind === 'category' ? `m${i % 3}` : i % 2])),
      card: `c${i}`,
      at: i,
      label: i % 3 === 0 ? 'fraud' : 'fine',
    }));
    await writeFile(file, `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
    const table = { path: file, name: file, format: 'ndjson', rowsMax: null } as const;
    const { digest, manifest } = await ingestTable({
      spec,
      specRevision: revision,
      table: { ...table, sourceDigest: await sha256OfFile(file) },
      workDir: path.join(workDir, 'history'),
      store: world.artifacts,
    });
    const { sourceDigest } = manifest;
    const row = { digest, model, specRevision: revision, sourceDigest, throughWindow: null, manifest };
    await putSnapshot(db, { ...row, kind: 'history' });
    return { digest, rows: manifest.rows, quarantinedRows: 0 };
  }

  async function lastWindow(): Promise<number> {
    return (await lastClosedWindow(db, model))?.number ?? 0;
  }

  /** What a training through this window gets; null when there is no traffic to learn from. */
  async function take(
    history: SnapshotRef,
    throughWindow: number,
    { isChecked }: { readonly isChecked?: boolean } = {},
  ): Promise<SnapshotManifest | null> {
    const { revision } = await readCurrentSpec(db, model);
    const ref = await inActivity(() =>
      snapshotTraffic({
        model,
        number: 1,
        runId: `train/${model}/${throughWindow}`,
        specRevision: revision,
        throughWindow,
        trigger: 'test',
        taskQueue: 'test',
        rollout: false,
        history,
        ...(isChecked === undefined ? {} : { isChecked }),
      }),
    );
    if (ref === null) return null;
    const line = await lineageOf(db, [ref.digest]);
    return line.find(({ digest }) => digest === ref.digest)?.manifest ?? null;
  }

  /** The same as if there had never been a snapshot; the others are there again afterwards. */
  async function takeAnew(history: SnapshotRef, throughWindow: number): Promise<SnapshotManifest | null> {
    const { pool } = world.database;
    const { rows } = await pool.query<{ digest: string }>(
      `update snapshot set files_removed_at = now() where kind = 'traffic' and files_removed_at is null
       returning digest`,
    );
    const made = await take(history, throughWindow);
    const before = rows.map(({ digest }) => digest);
    await pool.query("delete from snapshot where kind = 'traffic' and not (digest = any($1))", [before]);
    await pool.query('update snapshot set files_removed_at = null where digest = any($1)', [before]);
    return made;
  }

  /** All labelled traffic as one table, by the way that every table takes; null when no row of it is accepted. */
  async function takeAsTable(history: SnapshotRef, throughWindow: number): Promise<SnapshotManifest | null> {
    const { spec, revision } = await readCurrentSpec(db, model);
    const file = path.join(workDir, 'all.ndjson');
    const { matureSeq } = await trafficCut(db, spec, { specRevision: revision, throughWindow, history });
    if (matureSeq === 0) return null;
    const asked = { model, throughWindow, matureSeq, since: null };
    await inActivity(() => exportTraffic(db, spec, asked, file, createSealedLog(world.artifacts)));
    const before = await lineageOf(db, [history.digest]);
    const table = { path: file, name: file, format: 'ndjson', rowsMax: null, sourceDigest: 'all' } as const;
    const made = await ingestTable({
      spec: asLogged(spec),
      specRevision: revision,
      table,
      workDir: path.join(workDir, 'table'),
      store: world.artifacts,
      parents: [history.digest],
      orderOffset: 1 + Math.max(-1, ...before.map((snapshot) => orderMaxOf(snapshot.manifest))),
      isLogged: true,
    }).catch(() => null);
    return made?.manifest ?? null;
  }

  /** Digests of the files that a training prepares of the history and this traffic. */
  async function preparedOf(history: SnapshotRef, traffic: SnapshotManifest): Promise<Record<string, string>> {
    const { spec } = await readCurrentSpec(db, model);
    const folder = path.join(workDir, 'prepared');
    const line = await lineageOf(db, [history.digest]);
    const manifests = [...line.map(({ manifest }) => manifest), traffic];
    const { paths } = await combineSnapshots(world.artifacts, manifests, path.join(workDir, 'rows'));
    await prepare({ spec, dataPaths: paths, folder }, () => Promise.resolve());
    const made: Record<string, string> = {};
    for (const name of [files.prepared, ...parts.map((part) => files[part])])
      // oxlint-disable-next-line no-await-in-loop -- a handful of small files
      made[name] = sha256(await readFile(path.join(folder, name)));
    await rm(folder, { recursive: true });
    return made;
  }

  return { takeHistory, lastWindow, take, takeAnew, takeAsTable, preparedOf };
}
