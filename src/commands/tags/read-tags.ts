import { authorise, type Principal } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { SnapshotTagDetail, SnapshotTagView, SubscriptionView } from '../../contracts/http/data/snapshot-tags.ts';
import type { Db } from '../../db/base/connect.ts';
import { readModel } from '../../db/models/specs.ts';
import { editionsOf, findPublication, publicationsOf, type PublicationRow } from '../../db/tags/publications.ts';
import { subscribersOf, subscriptionsOf } from '../../db/tags/subscriptions.ts';
import { listTags, movesOfTag, tagsMax, type ListedTag } from '../../db/tags/tags.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';

/** Tags of a model with what of them is published, and what it subscribes to. */
export async function tagsOfModel(
  { principal, database: { db } }: CommandContext,
  model: string,
): Promise<{ readonly tags: readonly SnapshotTagView[]; readonly subscriptions: readonly SubscriptionView[] }> {
  authorise(principal, 'read', model);
  await readModel(db, model);
  const published = new Map((await publicationsOf(db, model, tagsMax)).map((row) => [row.tag, row]));
  const tags = (await listTags(db, model)).map((row) => viewOf(row, published.get(row.tag) ?? null));
  return { tags, subscriptions: await subscriptionsShown(db, model) };
}

/** One tag with its latest moves and editions, and who subscribes, as far as the scope covers them. */
export async function tagOfModel(
  { principal, database: { db } }: CommandContext,
  model: string,
  tag: string,
): Promise<SnapshotTagDetail> {
  authorise(principal, 'read', model);
  await readModel(db, model);
  const row = (await listTags(db, model)).find((one) => one.tag === tag);
  if (row === undefined)
    throw new PerennialError('not_found', `"${model}" has no tag "${tag}".`, {
      path: 'tag',
      hint: 'See `perennial snapshot tags`.',
    });
  return {
    model,
    ...viewOf(row, await findPublication(db, model, tag)),
    moves: (await movesOfTag(db, model, tag)).map((move) => ({
      digest: move.digest,
      by: move.actor,
      reason: move.reason,
      at: move.movedAt.toISOString(),
    })),
    editions: (await editionsOf(db, model, tag)).map((one) => ({
      edition: one.edition,
      digest: one.digest,
      by: one.actor,
      reason: one.reason,
      at: one.publishedAt.toISOString(),
    })),
    subscribers: await subscribersShown(db, principal, model, tag),
  };
}

async function subscribersShown(db: Db, principal: Principal, model: string, tag: string): Promise<string[]> {
  const all = await subscribersOf(db, model, tag);
  return all.map((row) => row.model).filter((name) => isInScope(principal.scope, name));
}

async function subscriptionsShown(db: Db, model: string): Promise<SubscriptionView[]> {
  const rows = await subscriptionsOf(db, model);
  return rows.map(({ publisher, tag, throughEdition, actor, since }) => ({
    publisher,
    tag,
    throughEdition,
    by: actor,
    since: since.toISOString(),
  }));
}

function viewOf({ tag, digest, actor, reason, movedAt }: ListedTag, row: PublicationRow | null): SnapshotTagView {
  return { tag, digest, by: actor, reason, at: movedAt.toISOString(), published: publishedView(row) };
}

function publishedView(row: PublicationRow | null): SnapshotTagView['published'] {
  if (row === null) return null;
  const { edition, digest, readers, subscribers, publishedAt, withdrawnAt } = row;
  return {
    edition,
    digest,
    readers,
    subscribers,
    at: publishedAt.toISOString(),
    withdrawnAt: withdrawnAt?.toISOString() ?? null,
  };
}
