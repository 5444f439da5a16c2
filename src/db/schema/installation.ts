import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { now } from './columns.ts';

/** One row: which installation this database belongs to, and the Temporal namespace that it has claimed. */
export const installation = pgTable('installation', {
  installationId: uuid('installation_id').primaryKey(),
  temporalNamespace: text('temporal_namespace').notNull(),
  createdAt: now('created_at'),
});
