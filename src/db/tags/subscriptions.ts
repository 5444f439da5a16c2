import { and, asc, eq, sql } from 'drizzle-orm';
import type { PublishedNews, SubscribedFacts } from '../../domain/watch/triggers/timed-triggers.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { lockRouting } from '../routing/routing.ts';
import { editionUse, snapshotSubscription } from '../schema/index.ts';
import { fits } from './fits-glob.ts';

export type SubscriptionRow = typeof snapshotSubscription.$inferSelect;

/** Subscriptions of one model. */
export const subscriptionsMax = 20;
/** Subscriptions to one tag: each wakes a model when something is published. */
export const subscribersMax = 500;

interface Subscription {
  readonly model: string;
  readonly publisher: string;
  readonly tag: string;
}

/**
 * From the next edition on, the model trains again when something is published. Throws `not_found` where nothing is
 * offered to this model under that tag, which is also said of a tag that does not exist; `conflict` where it subscribes
 * already, or there are as many as there may be.
 */
export async function subscribe(tx: Db, given: Subscription & { readonly actor: string }): Promise<number> {
  const { model, publisher, tag, actor } = given;
  // One at a time for each model and each tag, or two could both be the last that fits.
  await lockRouting(tx, model);
  const { rows } = await tx.execute<{ edition: number }>(sql`
    select edition from snapshot_publication p
    where p.model = ${publisher} and p.tag = ${tag} and p.withdrawn_at is null
      and exists (select from unnest(p.subscribers) as granted (glob)
        where ${fits(sql`${model}::text`, sql`granted.glob`)})
    for update`);
  const [offered] = rows;
  if (offered === undefined)
    throw new PerennialError('not_found', `Nothing is offered to "${model}" as "${tag}" of "${publisher}".`, {
      path: 'tag',
      hint: 'Who may operate the publisher names who may subscribe: `perennial snapshot publish --subscribers`.',
    });
  await refuseTooMany(tx, given);
  const made = await tx
    .insert(snapshotSubscription)
    .values({ model, publisher, tag, throughEdition: offered.edition, actor })
    .onConflictDoNothing()
    .returning({ model: snapshotSubscription.model });
  if (made.length === 0)
    throw new PerennialError('conflict', `"${model}" subscribes to "${tag}" of "${publisher}" already.`, {
      path: 'tag',
      hint: 'See `perennial snapshot tags`.',
    });
  await tx.execute(sql`insert into trigger_look (model) values (${model}) on conflict do nothing`);
  return offered.edition;
}

async function refuseTooMany(tx: Db, { model, publisher, tag }: Subscription): Promise<void> {
  const own = await tx.$count(snapshotSubscription, eq(snapshotSubscription.model, model));
  const to = await tx.$count(
    snapshotSubscription,
    and(eq(snapshotSubscription.publisher, publisher), eq(snapshotSubscription.tag, tag)),
  );
  if (own < subscriptionsMax && to < subscribersMax) return;
  throw new PerennialError(
    'conflict',
    own >= subscriptionsMax
      ? `"${model}" has ${subscriptionsMax} subscriptions, which is the most.`
      : `"${tag}" of "${publisher}" has ${subscribersMax} subscribers, which is the most.`,
    { path: 'model', hint: 'End one that nobody needs: `perennial snapshot unsubscribe`.' },
  );
}

/** Throws `conflict` where it does not subscribe. */
export async function unsubscribe(tx: Db, { model, publisher, tag }: Subscription): Promise<void> {
  const gone = await tx
    .delete(snapshotSubscription)
    .where(isOf({ model, publisher, tag }))
    .returning({ model: snapshotSubscription.model });
  if (gone.length > 0) return;
  throw new PerennialError('conflict', `"${model}" does not subscribe to "${tag}" of "${publisher}".`, {
    path: 'tag',
    hint: 'See `perennial snapshot tags`.',
  });
}

export async function subscriptionsOf(db: Db, model: string): Promise<readonly SubscriptionRow[]> {
  return db
    .select()
    .from(snapshotSubscription)
    .where(eq(snapshotSubscription.model, model))
    .orderBy(asc(snapshotSubscription.publisher), asc(snapshotSubscription.tag))
    .limit(subscriptionsMax);
}

/** Models that subscribe to tags of one model, by tag and name. */
export async function subscribersOf(db: Db, publisher: string, tag: string): Promise<readonly SubscriptionRow[]> {
  return db
    .select()
    .from(snapshotSubscription)
    .where(and(eq(snapshotSubscription.publisher, publisher), eq(snapshotSubscription.tag, tag)))
    .orderBy(asc(snapshotSubscription.model))
    .limit(subscribersMax);
}

/**
 * Asks every subscriber, at the next tick of the triggers, whether to train: no poll of publications, so that nothing
 * costs more with their number. In the order of their names, so that two that publish at once wait and do not block.
 */
export async function wakeSubscribers(tx: Db, publisher: string, tag: string): Promise<void> {
  await tx.execute(sql`
    insert into trigger_look (model, decide_at)
    select model, now() from snapshot_subscription where publisher = ${publisher} and tag = ${tag} order by model
    on conflict (model) do update set decide_at = excluded.decide_at`);
}

/** Withdrawn editions, and those of a publisher that took the right back, are no news. */
export async function subscribedFacts(db: Db, model: string): Promise<SubscribedFacts> {
  const { rows } = await db.execute<{
    publisher: string;
    tag: string;
    edition: number;
    digest: string;
    is_news: boolean;
  }>(sql`
    select s.publisher, s.tag, p.edition, p.digest, p.withdrawn_at is null and p.edition > s.through_edition
      and exists (select from unnest(p.subscribers) as granted (glob)
        where ${fits(sql`s.model`, sql`granted.glob`)}) as is_news
    from snapshot_subscription s join snapshot_publication p on p.model = s.publisher and p.tag = s.tag
    where s.model = ${model} order by p.published_at desc, s.publisher, s.tag limit ${subscriptionsMax}`);
  const news = rows
    .filter((row) => row.is_news)
    .map(({ publisher, tag, edition, digest }) => ({ publisher, tag, edition, digest }));
  return { isSubscriber: rows.length > 0, news };
}

/** A training that begins now takes note of all news: it is started for them once, whatever becomes of it. */
export async function noteEditionUses(
  tx: Db,
  { model, decisionKey, runId }: { readonly model: string; readonly decisionKey: string; readonly runId: string },
  news: readonly PublishedNews[],
): Promise<void> {
  for (const { publisher, tag, edition } of news) {
    // oxlint-disable no-await-in-loop -- some rows in one transaction
    await tx.insert(editionUse).values({ model, decisionKey, publisher, tag, edition, runId }).onConflictDoNothing();
    await tx
      .update(snapshotSubscription)
      .set({ throughEdition: sql`greatest(${snapshotSubscription.throughEdition}, ${edition})` })
      .where(isOf({ model, publisher, tag }));
    // oxlint-enable no-await-in-loop
  }
}

function isOf({ model, publisher, tag }: Subscription) {
  return and(
    eq(snapshotSubscription.model, model),
    eq(snapshotSubscription.publisher, publisher),
    eq(snapshotSubscription.tag, tag),
  );
}
