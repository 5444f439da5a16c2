import { index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { sealedKinds } from '../../domain/record/sealed.ts';
import { at, count, now } from './columns.ts';

export { sealedKinds };

/**
 * One part of the log: what arrived in a stretch of time. Parts follow one another without a gap; each has a partition
 * of predictions, of labels and of the id ledger. The functions of migrations/0011_log_parts.sql alone make, freeze and
 * drop them, as the owner of the tables.
 */
export const logPart = pgTable('log_part', {
  part: integer('part').primaryKey(),
  fromAt: at('from_at').notNull(),
  toAt: at('to_at').notNull(),
  /** Since then nothing is written to it: it is being sealed. */
  frozenAt: at('frozen_at'),
  /** Since then its rows stand in sealed stretches alone. */
  droppedAt: at('dropped_at'),
});

/**
 * Ids that were stored, each as the first half of the SHA-256 of kind, model and id. Partitions by part as well; one
 * whose part lies behind the horizon is dropped.
 */
export const idLedger = pgTable(
  'id_ledger',
  {
    key: uuid('key').notNull(),
    part: integer('part').notNull(),
  },
  (t) => [primaryKey({ columns: [t.key, t.part] })],
);

/** One sealed file: a stretch of one model's rows of one part, in the artifact store. */
export const sealedStretch = pgTable(
  'sealed_stretch',
  {
    model: text('model').notNull(),
    kind: text('kind', { enum: sealedKinds }).notNull(),
    part: integer('part').notNull(),
    /** Positions of predictions, or places (`label_seq`) of labels, both inclusive. */
    firstPlace: count('first_place').notNull(),
    lastPlace: count('last_place').notNull(),
    rows: count('rows').notNull(),
    /** Sum of the places: with the rows, what the partition is held against before it is dropped. */
    placeSum: count('place_sum').notNull(),
    /** Windows of the predictions, or in which the labels became known. */
    firstWindow: integer('first_window').notNull(),
    lastWindow: integer('last_window').notNull(),
    /** Positions of the predictions that it says something about; null where no label has found its prediction. */
    firstSeq: count('first_seq'),
    lastSeq: count('last_seq'),
    /** Arrival of the first and the last row. */
    fromAt: at('from_at').notNull(),
    toAt: at('to_at').notNull(),
    /** Sums over columns, equal in Postgres and in the file. */
    sums: jsonb('sums').$type<Readonly<Record<string, string>>>().notNull(),
    bytes: count('bytes').notNull(),
    fileDigest: text('file_digest').notNull(),
    /** Where ids and entities stand in the file; null for labels. */
    indexDigest: text('index_digest'),
    manifestDigest: text('manifest_digest').notNull(),
    sealedAt: now('sealed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.kind, t.firstPlace] }),
    index('sealed_stretch_by_seq').on(t.model, t.kind, t.lastSeq),
    index('sealed_stretch_by_part').on(t.part),
    // Whose files are looked for next.
    index('sealed_stretch_to_look_after').on(t.manifestDigest.op('text_pattern_ops')),
  ],
);
