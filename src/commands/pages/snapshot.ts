import { authorise } from '../../access/principal.ts';
import { hasPermission } from '../../access/roles.ts';
import { isInScope } from '../../access/scope.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { readQuarantine, type QuarantinedRow } from '../../data/snapshot/read-quarantine.ts';
import { modelOfSnapshot, snapshotNotFound, snapshotPageOf, type SnapshotPage } from '../../db/pages/snapshot.ts';
import { publicationsOf, type PublicationRow } from '../../db/tags/publications.ts';
import { tagsMax } from '../../db/tags/tags.ts';
import type { CommandContext } from '../base/context.ts';

export interface SnapshotShown {
  readonly page: SnapshotPage;
  /** Null when they were not asked for. */
  readonly quarantine: readonly QuarantinedRow[] | null;
  readonly canSeeRows: boolean;
  /** What is published of the model, under its tags. */
  readonly publications: readonly PublicationRow[];
}

const digestPattern = /^[0-9a-f]{64}$/;

/**
 * One snapshot. One of a model outside the scope is "not found" like one that does not exist: digests must not leak
 * names.
 */
export async function snapshotPage(
  context: CommandContext,
  input: { readonly digest: string; readonly hasRows: boolean },
  store: Pick<ArtifactStore, 'pathOf'> | null,
): Promise<SnapshotShown> {
  authorise(context.principal, 'read', null);
  const { db } = context.database;
  if (!digestPattern.test(input.digest)) throw snapshotNotFound(input.digest);
  const model = await modelOfSnapshot(db, input.digest);
  if (!isInScope(context.principal.scope, model)) throw snapshotNotFound(input.digest);
  const page = await snapshotPageOf(db, input.digest);
  const publications = await publicationsOf(db, model, tagsMax);
  const { quarantineDigest } = page.manifest;
  if (!input.hasRows || quarantineDigest === null || store === null)
    return { page, publications, quarantine: null, canSeeRows: hasPermission(context.principal.role, 'operate') };
  // What was refused is shown as it came: it may hold what a person must not read who only watches.
  authorise(context.principal, 'operate', model);
  const quarantine = await readQuarantine(await store.pathOf(quarantineDigest));
  return { page, publications, quarantine, canSeeRows: true };
}
