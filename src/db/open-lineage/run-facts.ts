import { and, eq, inArray } from 'drizzle-orm';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { readSpecRevision } from '../models/specs.ts';
import { findRun } from '../runs/runs.ts';
import { snapshot, version } from '../schema/index.ts';

/** A snapshot as lineage names it. */
export interface ToldSnapshot {
  readonly digest: string;
  readonly model: string;
  readonly manifest: SnapshotManifest;
}

/** What is known of a run by now: at its beginning, what it is to read; at its end, what it made. */
export interface RunFacts {
  readonly spec: ModelSpec | null;
  /** What the source held, for an ingest. */
  readonly sourceDigest: string | null;
  readonly snapshots: readonly ToldSnapshot[];
  /** Snapshots that a version was trained on. */
  readonly trainedOn: readonly ToldSnapshot[];
  /** The version that was made, or is tried. */
  readonly version: number | null;
  /** Of a rollout: the champion that it is tried against. */
  readonly baseVersion: number | null;
  /** Of a rollout that has ended: how. */
  readonly outcome: string | null;
}

/** Snapshots of one event: a history of very many batches would be a very long event. */
const snapshotsMax = 20;

/** Reads what an event about a run tells. Law: some rows by primary keys. */
export async function runFacts(db: Db, runId: string, model: string): Promise<RunFacts> {
  const row = await findRun(db, runId);
  const input = row?.input ?? {};
  const output = row?.output ?? {};
  const made = numberIn(output, 'version') ?? numberIn(input, 'version');
  const [trained] =
    made === null
      ? []
      : await db
          .select({ snapshots: version.snapshots, specRevision: version.specRevision })
          .from(version)
          .where(and(eq(version.model, model), eq(version.version, made)));
  const revision = numberIn(input, 'specRevision') ?? trained?.specRevision ?? null;
  return {
    spec: revision === null ? null : await specOf(db, model, revision),
    sourceDigest: textIn(input, 'sourceDigest'),
    snapshots: await snapshotsBy(db, [textIn(output, 'snapshot')]),
    trainedOn: await snapshotsBy(db, trained?.snapshots.slice(-snapshotsMax) ?? []),
    version: made,
    baseVersion: numberIn(input, 'baseVersion'),
    outcome: textIn(output, 'status'),
  };
}

async function specOf(db: Db, model: string, revision: number): Promise<ModelSpec | null> {
  try {
    return (await readSpecRevision(db, model, revision)).spec;
  } catch (error) {
    if (isPerennialError(error)) return null;
    throw error;
  }
}

async function snapshotsBy(db: Db, digests: readonly (string | null)[]): Promise<readonly ToldSnapshot[]> {
  const named = digests.filter((digest) => digest !== null);
  if (named.length === 0) return [];
  return db
    .select({ digest: snapshot.digest, model: snapshot.model, manifest: snapshot.manifest })
    .from(snapshot)
    .where(inArray(snapshot.digest, named))
    .orderBy(snapshot.createdAt, snapshot.digest)
    .limit(snapshotsMax);
}

function numberIn(of: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = of[name];
  return typeof value === 'number' ? value : null;
}

function textIn(of: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = of[name];
  return typeof value === 'string' ? value : null;
}
