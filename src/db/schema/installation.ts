import { sql } from 'drizzle-orm';
import { check, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, now } from './columns.ts';

/** One row: which installation this database belongs to, and the Temporal namespace that it has claimed. */
export const installation = pgTable('installation', {
  installationId: uuid('installation_id').primaryKey(),
  temporalNamespace: text('temporal_namespace').notNull(),
  createdAt: now('created_at'),
});

/**
 * One row: the key with which this installation signs its back-ups (Ed25519, both halves base64url). The owner alone
 * may read it, and it is in no back-up: whoever can change one must not find there what it was signed with.
 */
export const backupKey = pgTable(
  'backup_key',
  {
    keyId: integer('key_id').primaryKey().default(1),
    publicKey: text('public_key').notNull(),
    privateKey: text('private_key').notNull(),
    createdAt: now('created_at'),
  },
  (t) => [check('backup_key_is_one', sql`${t.keyId} = 1`)],
);

/**
 * At most one row: the key under which entities are hashed, which itself stands outside of Postgres. In an installation
 * that is older than the key, the migration has written down where entities may stand under their bare hashes.
 */
export const entityKey = pgTable(
  'entity_key',
  {
    keyId: integer('key_id').primaryKey().default(1),
    /** Null until a process with a key has been there. */
    fingerprint: text('fingerprint'),
    /** The last part of the log with bare hashes, and until when they were stored; null where there never was one. */
    barePart: integer('bare_part'),
    bareUntil: at('bare_until'),
  },
  (t) => [check('entity_key_is_one', sql`${t.keyId} = 1`)],
);
