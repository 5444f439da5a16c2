import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { snapshotProfile, type SnapshotProfileAnswer } from '../../contracts/http/data/snapshot-profile.ts';
import { profileDataset } from '../../data/profile/profile-dataset.ts';
import { noRoles, type ProfileRoles } from '../../data/profile/roles.ts';
import type { Db } from '../../db/base/connect.ts';
import { readSpecRevision } from '../../db/models/specs.ts';
import { kindOf } from '../../domain/features/kind-of.ts';
import { classesOf } from '../../domain/tasks/task-of.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import type { SnapshotProfile } from '../../domain/training/snapshot-profile.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';
import { datasetOf, withDatasets, type DatasetPlace } from './dataset-work.ts';
import { findSnapshot } from './find-snapshot.ts';

/** Changes with what a profile says of equal rows: one of another edition is computed anew. */
const edition = 1;

/**
 * Those that are being looked for or computed, so that a page that is loaded twice is computed once; no more are
 * computed than may wait.
 */
const underWay = new Map<string, Promise<SnapshotProfile>>();

/**
 * How the rows of a snapshot look, with all that it continues. Computed when it is first asked for; the file that keeps
 * it lies beside unfinished uploads and ends with them, and any process computes the same anew. Throws as
 * `findSnapshot`, and `overloaded`.
 */
export async function profileSnapshot(
  context: CommandContext,
  digest: string,
  place: DatasetPlace,
): Promise<SnapshotProfileAnswer> {
  const { db } = context.database;
  const found = await findSnapshot(context, digest, 'read');
  const dataset = await datasetOf(db, found.digest);
  const roles = await rolesOf(db, found.model, found.specRevision);
  const manifests = dataset.map(({ manifest }) => manifest);
  const key = `${found.digest}-${found.specRevision}-${filesOf(manifests)}`;
  const compute = () =>
    withDatasets(place, ({ store, folder }) => profileDataset(store, { dataset: manifests, roles, folder }));
  const profile = await once(key, async () => (await kept(place, key)) ?? keeping(place, key, compute));
  return { digest: found.digest, model: found.model, snapshots: dataset.length, profile };
}

/** Names what is read: a snapshot keeps its digest when rows of somebody are erased from its files. */
function filesOf(manifests: readonly SnapshotManifest[]): string {
  const names = manifests.flatMap(({ files }) => files.map(({ sha256 }) => sha256));
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 16);
}

/** Rows of a feature view have no model, and so neither target nor features. */
async function rolesOf(db: Db, model: string, revision: number): Promise<ProfileRoles> {
  try {
    const { features, target, entity, eventTime, leakage } = (await readSpecRevision(db, model, revision)).spec;
    return {
      features: features.map(({ name, kind }) => ({ name, isTime: kindOf(kind).isInstant })),
      target: { column: target.column, classes: classesOf(target) },
      entity: entity?.column ?? null,
      eventTime: eventTime?.column ?? null,
      ...(leakage === undefined ? {} : { limits: { explained: leakage.suspectFrom } }),
    };
  } catch (error) {
    if (isPerennialError(error) && error.code === 'not_found') return noRoles;
    throw error;
  }
}

function once(key: string, work: () => Promise<SnapshotProfile>): Promise<SnapshotProfile> {
  const running = underWay.get(key);
  if (running !== undefined) return running;
  const started = work().finally(() => underWay.delete(key));
  underWay.set(key, started);
  return started;
}

function fileOf({ importDir }: DatasetPlace, key: string): string | null {
  return importDir === undefined ? null : path.join(importDir, `profile-${edition}-${key}.json`);
}

async function kept(place: DatasetPlace, key: string): Promise<SnapshotProfile | null> {
  const file = fileOf(place, key);
  if (file === null) return null;
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  // A file that was torn by a power cut is computed anew.
  return snapshotProfile.safeParse(parsed(text)).data ?? null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function keeping(
  place: DatasetPlace,
  key: string,
  compute: () => Promise<SnapshotProfile>,
): Promise<SnapshotProfile> {
  const text = canonicalJson(await compute());
  // As whoever reads the file gets it: the first answer and all later ones have the same bytes.
  const profile = snapshotProfile.parse(JSON.parse(text));
  const file = fileOf(place, key);
  if (file === null) return profile;
  // Processes in containers have the same number, and may share the folder.
  const temporary = `${file}.${randomUUID()}`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(temporary, text);
  await rename(temporary, file);
  return profile;
}
