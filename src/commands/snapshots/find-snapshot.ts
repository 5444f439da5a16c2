import { authorise } from '../../access/principal.ts';
import type { Permission } from '../../access/roles.ts';
import { isInScope } from '../../access/scope.ts';
import { snapshotNotFound, snapshotPageOf, type SnapshotPage } from '../../db/pages/snapshot.ts';
import { snapshotsNamed } from '../../db/models/snapshot-list.ts';
import { isOfferedTo } from '../../db/tags/publications.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';

/** So many that begin alike are named. */
const namedMax = 5;

/**
 * The snapshot whose digest begins like this. One of a model outside the scope is "not found" like one that does not
 * exist, unless it is published to be read: digests must not leak names. Throws `forbidden`, `not_found`, and
 * `invalid_request` where several begin alike.
 */
export async function findSnapshot(
  { principal, database: { db } }: CommandContext,
  start: string,
  permission: Permission,
): Promise<SnapshotPage> {
  authorise(principal, permission, null);
  // What is published is offered to be read: its rows do not leave by that.
  const isReadable = async (digest: string) => permission === 'read' && isOfferedTo(db, digest, principal.scope);
  const found = await snapshotsNamed(db, start, namedMax);
  const seen: (typeof found)[number][] = [];
  for (const one of found)
    // oxlint-disable-next-line no-await-in-loop -- some snapshots that begin alike
    if (isInScope(principal.scope, one.model) || (await isReadable(one.digest))) seen.push(one);
  const [first, second] = seen;
  if (first === undefined) throw snapshotNotFound(start);
  if (second !== undefined)
    throw new PerennialError('invalid_request', `Several snapshots begin with ${start}.`, {
      path: start,
      hint: `Write more of its digest: ${seen.map(({ digest }) => digest.slice(0, start.length + 8)).join(', ')}.`,
    });
  return snapshotPageOf(db, first.digest);
}
