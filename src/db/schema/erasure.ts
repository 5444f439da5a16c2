import { sql } from 'drizzle-orm';
import { boolean, check, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { erasedThings, erasureScopes, erasureStatuses, type ErasureEnd } from '../../domain/record/erasure/erasure.ts';
import { at, count, now } from './columns.ts';

/** Somebody asked that what is known of one entity goes. It stays for good, and names the entity by a keyed hash. */
export const erasure = pgTable(
  'erasure',
  {
    erasureId: uuid('erasure_id').primaryKey(),
    scope: text('scope', { enum: erasureScopes }).notNull(),
    /** Model or view; `*` for all of both. */
    name: text('name').notNull(),
    /** Only this key column of views; null for any of them. */
    keyColumn: text('key_column'),
    /** Of the entity, under the installation key: tells whether two erasures were about the same one. */
    entity: text('entity').notNull(),
    /** Counts what would go, and changes nothing. */
    isDryRun: boolean('is_dry_run').notNull(),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
    status: text('status', { enum: erasureStatuses }).notNull(),
    /** What came of it; null while it runs. */
    report: jsonb('report').$type<ErasureEnd>(),
    startedAt: now('started_at'),
    endedAt: at('ended_at'),
    /** Since then rows of the entity are taken in from sources again; null while they are left out. */
    liftedAt: at('lifted_at'),
  },
  (t) => [
    index('erasure_by_start').on(t.startedAt, t.erasureId),
    index('erasure_running')
      .on(t.startedAt)
      .where(sql`${t.status} = 'running'`),
    // How many were lifted is asked by each training of a model whose source is read whole.
    index('erasure_lifted')
      .on(t.name)
      .where(sql`${t.liftedAt} is not null`),
  ],
);

/** Whom a running erasure is about, in clear, for as long as it runs. It is in no back-up and no page. */
export const erasureSubject = pgTable('erasure_subject', {
  erasureId: uuid('erasure_id')
    .primaryKey()
    .references(() => erasure.erasureId),
  entity: text('entity').notNull(),
});

/**
 * The names of the entity in the log of each model, under the installation key. Records that were answered before
 * `erasedAt` and are stored later are left out by them; they go when no spool can hold such a record any more.
 */
export const erasureHash = pgTable(
  'erasure_hash',
  {
    model: text('model').notNull(),
    entityHash: text('entity_hash').notNull(),
    erasureId: uuid('erasure_id')
      .notNull()
      .references(() => erasure.erasureId),
    erasedAt: at('erased_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.entityHash, t.erasureId] }),
    index('erasure_hash_of').on(t.erasureId, t.model),
    index('erasure_hash_by_age').on(t.erasedAt),
  ],
);

/** Positions of the entity's predictions, while its erasure runs: files are read by them when the log has none. */
export const erasureRow = pgTable(
  'erasure_row',
  {
    erasureId: uuid('erasure_id')
      .notNull()
      .references(() => erasure.erasureId),
    model: text('model').notNull(),
    seq: count('seq').notNull(),
    predictionId: text('prediction_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.erasureId, t.model, t.seq] })],
);

/** What a running erasure has found so far, by place; `item` is a file or empty. The end makes a report of them. */
export const erasureCount = pgTable(
  'erasure_count',
  {
    erasureId: uuid('erasure_id')
      .notNull()
      .references(() => erasure.erasureId),
    owner: text('owner').notNull(),
    place: text('place').notNull(),
    item: text('item').notNull(),
    rows: count('rows').notNull(),
  },
  (t) => [primaryKey({ columns: [t.erasureId, t.owner, t.place, t.item] })],
);

/**
 * What a digest named before rows were erased from it. A snapshot keeps its name: `replacedBy` is the digest of the
 * manifest that stands behind it now. Of files, it is the file that took the place; null where nothing was left.
 */
export const tombstone = pgTable(
  'tombstone',
  {
    digest: text('digest').primaryKey(),
    what: text('what', { enum: erasedThings }).notNull(),
    owner: text('owner').notNull(),
    replacedBy: text('replaced_by'),
    erasureId: uuid('erasure_id')
      .notNull()
      .references(() => erasure.erasureId),
    /** Rows that are gone, by all erasures. */
    rows: count('rows').notNull(),
    erasedAt: now('erased_at'),
    /** When its bytes were removed; null while something else needs them. */
    sweptAt: at('swept_at'),
  },
  (t) => [index('tombstone_of').on(t.erasureId, t.digest), index('tombstone_by_replacement').on(t.replacedBy)],
);

/** Whom readings of sources leave out: SHA-256 over the exclusion key and the cell. */
export const exclusion = pgTable(
  'exclusion',
  {
    /** Model or view; `*` for all of both. */
    owner: text('owner').notNull(),
    hash: text('hash').notNull(),
    erasureId: uuid('erasure_id')
      .notNull()
      .references(() => erasure.erasureId),
  },
  (t) => [primaryKey({ columns: [t.owner, t.hash, t.erasureId] }), index('exclusion_of').on(t.erasureId)],
);

/** One row: what is hashed with each excluded entity. Workers need it, so it is not the installation key. */
export const exclusionKey = pgTable(
  'exclusion_key',
  { keyId: integer('key_id').primaryKey().default(1), key: text('key').notNull() },
  (t) => [check('exclusion_key_is_one', sql`${t.keyId} = 1`)],
);

/** A folder in which inference processes of one machine keep what is on its way to Postgres. */
export const spoolPlace = pgTable('spool_place', {
  /** Made with the folder, and kept in it. */
  placeId: uuid('place_id').primaryKey(),
  seenAt: now('seen_at'),
});

/** That a spool holds nothing of an entity any more, and how many records went. */
export const erasureAck = pgTable(
  'erasure_ack',
  {
    erasureId: uuid('erasure_id')
      .notNull()
      .references(() => erasure.erasureId),
    placeId: uuid('place_id').notNull(),
    records: count('records').notNull(),
    ackedAt: now('acked_at'),
  },
  (t) => [primaryKey({ columns: [t.erasureId, t.placeId] }), index('erasure_ack_by_age').on(t.ackedAt)],
);

/** Back-ups that were taken of this database: what was erased later stands in them until somebody removes them. */
export const backupTaken = pgTable(
  'backup_taken',
  {
    place: text('place').notNull(),
    name: text('name').notNull(),
    takenAt: at('taken_at').notNull(),
    /** Until when it is kept, as whoever took it said; null where nobody did. */
    endsAt: at('ends_at'),
  },
  (t) => [primaryKey({ columns: [t.place, t.name] }), index('backup_taken_by_time').on(t.takenAt)],
);
