import { authorise } from '../../access/principal.ts';
import type { Permission } from '../../access/roles.ts';
import { isInScope } from '../../access/scope.ts';
import { snapshotNotFound, snapshotPageOf, type SnapshotPage } from '../../db/pages/snapshot.ts';
import { snapshotsNamed } from '../../db/models/snapshot-list.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';

/** So many that begin alike are named. */
const namedMax = 5;

/**
 * The snapshot whose digest begins like this. One of a model outside the scope is "not found" like one that does not
 * exist: digests must not leak names. Throws `forbidden`, `not_found`, and `invalid_request` where several begin alike.
 */
export async function findSnapshot(
  { principal, database: { db } }: CommandContext,
  start: string,
  permission: Permission,
): Promise<SnapshotPage> {
  authorise(principal, permission, null);
  const found = await snapshotsNamed(db, start, namedMax);
  const seen = found.filter(({ model }) => isInScope(principal.scope, model));
  const [first, second] = seen;
  if (first === undefined) throw snapshotNotFound(start);
  if (second !== undefined)
    throw new PerennialError('invalid_request', `Several snapshots begin with ${start}.`, {
      path: start,
      hint: `Write more of its digest: ${seen.map(({ digest }) => digest.slice(0, start.length + 8)).join(', ')}.`,
    });
  return snapshotPageOf(db, first.digest);
}
