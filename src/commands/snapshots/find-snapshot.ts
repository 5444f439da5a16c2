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
 * exist: digests must not leak names. Throws `forbidden`, `not_found`, and `invalid_request` where several begin alike.
 */
export async function findSnapshot(
  context: CommandContext,
  start: string,
  permission: Permission,
): Promise<SnapshotPage> {
  authorise(context.principal, permission, null);
  return find(context, start, () => Promise.resolve(false));
}

/**
 * The same to be read, or one that another model has published: how its rows look and what else became of it stays with
 * the publisher. Throws as `findSnapshot`.
 */
export async function findOffered(context: CommandContext, start: string): Promise<SnapshotPage> {
  const { principal, database } = context;
  authorise(principal, 'read', null);
  const page = await find(context, start, (digest) => isOfferedTo(database.db, digest, principal.scope));
  return isInScope(principal.scope, page.model) ? page : { ...page, tags: [], runs: [], versions: [] };
}

async function find(
  { principal, database: { db } }: CommandContext,
  start: string,
  isOffered: (digest: string) => Promise<boolean>,
): Promise<SnapshotPage> {
  const found = await snapshotsNamed(db, start, namedMax);
  const seen: (typeof found)[number][] = [];
  for (const one of found)
    // oxlint-disable-next-line no-await-in-loop -- some snapshots that begin alike
    if (isInScope(principal.scope, one.model) || (await isOffered(one.digest))) seen.push(one);
  const [first, second] = seen;
  if (first === undefined) throw snapshotNotFound(start);
  if (second !== undefined)
    throw new PerennialError('invalid_request', `Several snapshots begin with ${start}.`, {
      path: start,
      hint: `Write more of its digest: ${seen.map(({ digest }) => digest.slice(0, start.length + 8)).join(', ')}.`,
    });
  return snapshotPageOf(db, first.digest);
}
