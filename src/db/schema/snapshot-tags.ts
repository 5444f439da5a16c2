import { bigint, bigserial, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, now } from './columns.ts';

/** What each tag of a model names now. A snapshot that is named keeps its files. */
export const snapshotTag = pgTable(
  'snapshot_tag',
  {
    model: text('model').notNull(),
    tag: text('tag').notNull(),
    /** Null when it was taken away: its history stays, and it can be undone. */
    digest: text('digest'),
    /** The move that set it. */
    moveId: bigint('move_id', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.model, t.tag] }), index('snapshot_tag_of').on(t.digest)],
);

/** Every move of a tag, never changed. */
export const snapshotTagMove = pgTable(
  'snapshot_tag_move',
  {
    moveId: bigserial('move_id', { mode: 'number' }).primaryKey(),
    model: text('model').notNull(),
    tag: text('tag').notNull(),
    /** Null takes it away. */
    digest: text('digest'),
    /** The move that an undo of this one goes back to; null where there was no tag before. */
    beforeMove: bigint('before_move', { mode: 'number' }),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
    movedAt: now('moved_at'),
  },
  (t) => [index('snapshot_tag_move_of').on(t.model, t.tag, t.moveId)],
);

/** A tag that other models may read or follow: what was published last, and to whom. */
export const snapshotPublication = pgTable(
  'snapshot_publication',
  {
    model: text('model').notNull(),
    tag: text('tag').notNull(),
    /** Of the newest edition, from 1. */
    edition: integer('edition').notNull(),
    digest: text('digest').notNull(),
    /** Globs over models: whoever may read one of them may read what is published; nobody where there is none. */
    readers: text('readers').array().notNull(),
    /** Globs over models that may subscribe, and with that read. */
    subscribers: text('subscribers').array().notNull(),
    publishedAt: now('published_at'),
    /** Set while it is withdrawn: then nobody outside reads it, and it starts no training. */
    withdrawnAt: at('withdrawn_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.tag] }), index('snapshot_publication_of').on(t.digest)],
);

/** Each snapshot that was published under a tag, never changed. */
export const snapshotEdition = pgTable(
  'snapshot_edition',
  {
    model: text('model').notNull(),
    tag: text('tag').notNull(),
    edition: integer('edition').notNull(),
    digest: text('digest').notNull(),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
    publishedAt: now('published_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.tag, t.edition] }), index('snapshot_edition_of').on(t.digest)],
);

/** Models that train again when something is published. */
export const snapshotSubscription = pgTable(
  'snapshot_subscription',
  {
    model: text('model').notNull(),
    publisher: text('publisher').notNull(),
    tag: text('tag').notNull(),
    /** The edition that a training was started for last, or that stood when it subscribed: later ones are news. */
    throughEdition: integer('through_edition').notNull(),
    actor: text('actor').notNull(),
    since: now('since'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.publisher, t.tag] }),
    index('snapshot_subscription_to').on(t.publisher, t.tag),
  ],
);

/** Which editions a training was started for: the way from one model's snapshot to another model's version. */
export const editionUse = pgTable(
  'edition_use',
  {
    model: text('model').notNull(),
    /** The occasion of the decision that said yes. */
    decisionKey: text('decision_key').notNull(),
    publisher: text('publisher').notNull(),
    tag: text('tag').notNull(),
    edition: integer('edition').notNull(),
    runId: text('run_id').notNull(),
    usedAt: now('used_at'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.decisionKey, t.publisher, t.tag] }),
    index('edition_use_of').on(t.publisher, t.tag, t.edition, t.usedAt),
  ],
);

/** Models whose line of history begins with the rows of a snapshot, of another model or their own. */
export const snapshotBranch = pgTable(
  'snapshot_branch',
  {
    /** Whose line begins there; its name is that of the branch. */
    model: text('model').primaryKey(),
    origin: text('origin').notNull(),
    digest: text('digest').notNull(),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
    since: now('since'),
  },
  (t) => [index('snapshot_branch_of').on(t.origin, t.model)],
);
