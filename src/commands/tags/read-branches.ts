import { authorise } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { SnapshotBranchView } from '../../contracts/http/data/snapshot-branches.ts';
import { branchesOff, findBranch, type BranchRow } from '../../db/tags/branches.ts';
import type { CommandContext } from '../base/context.ts';

/**
 * What a model's history begins with, and which other models begin with snapshots of it, as far as the scope covers
 * them. A model that is not defined yet may have a branch, so that one is asked for by its name alone.
 */
export async function branchesOfModel(
  { principal, database: { db } }: CommandContext,
  model: string,
): Promise<{ readonly begins: SnapshotBranchView | null; readonly branches: readonly SnapshotBranchView[] }> {
  authorise(principal, 'read', model);
  const begins = await findBranch(db, model);
  const off = (await branchesOff(db, model)).filter((row) => isInScope(principal.scope, row.model));
  return { begins: begins === null ? null : viewOf(begins), branches: off.map(viewOf) };
}

function viewOf({ model, origin, digest, actor, reason, since }: BranchRow): SnapshotBranchView {
  return { model, origin, digest, by: actor, reason, at: since.toISOString() };
}
