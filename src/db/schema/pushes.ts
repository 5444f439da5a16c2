import { sql } from 'drizzle-orm';
import { customType, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, count, now } from './columns.ts';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** How many rows were pushed of a model; its row is locked while a batch gets its places, so places follow commits. */
export const pushStream = pgTable('push_stream', {
  model: text('model').primaryKey(),
  lastRow: count('last_row').notNull().default(0),
  receivedAt: at('received_at'),
});

/**
 * Pushed rows, in the order of their places 1, 2, 3, …: first in `body`, later joined to larger batches in the artifact
 * store. Either way the lines of a batch are NDJSON, packed by gzip.
 */
export const pushedBatch = pgTable(
  'pushed_batch',
  {
    model: text('model').notNull(),
    lastRow: count('last_row').notNull(),
    rows: integer('rows').notNull(),
    /** Of the lines, before they were packed. */
    bytes: integer('bytes').notNull(),
    body: bytea('body'),
    digest: text('digest'),
    receivedAt: now('received_at'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.lastRow] }),
    // Of the two, what is to be joined is found however much has been, and the last file however much has come since.
    index('pushed_batch_loose')
      .on(t.model, t.lastRow)
      .where(sql`${t.body} is not null`),
    index('pushed_batch_filed')
      .on(t.model, t.lastRow)
      .where(sql`${t.digest} is not null`),
    // Whose file is looked for next.
    index('pushed_batch_to_look_after')
      .on(t.digest.op('text_pattern_ops'))
      .where(sql`${t.digest} is not null`),
  ],
);

/** A request that was taken: sent again it gets the same answer, and with other rows it is refused. */
export const pushKey = pgTable(
  'push_key',
  {
    model: text('model').notNull(),
    keyHash: text('key_hash').notNull(),
    bodyDigest: text('body_digest').notNull(),
    answer: jsonb('answer').$type<Record<string, unknown>>().notNull(),
    storedAt: now('stored_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.keyHash] }), index('push_key_by_age').on(t.storedAt)],
);
