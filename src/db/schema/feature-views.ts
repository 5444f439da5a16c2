import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { ViewSpec } from '../../domain/view/view-spec.ts';
import { at, now } from './columns.ts';

export const featureView = pgTable('feature_view', {
  /** No model has this name: snapshots of both stand in one table, under the name of their owner. */
  name: text('name').primaryKey(),
  /** The current one. */
  revision: integer('revision').notNull(),
  createdAt: now('created_at'),
});

export const featureViewRevision = pgTable(
  'feature_view_revision',
  {
    view: text('view')
      .notNull()
      .references(() => featureView.name),
    revision: integer('revision').notNull(),
    /** Of the spec. A view that returns to what it was has one digest in two revisions. */
    digest: text('digest').notNull(),
    spec: jsonb('spec').$type<ViewSpec>().notNull(),
    actor: text('actor').notNull(),
    /** When all that its source held had been read once; rows that come later are available when they are received. */
    firstReadAt: at('first_read_at'),
    createdAt: now('created_at'),
  },
  (t) => [
    primaryKey({ columns: [t.view, t.revision] }),
    index('feature_view_by_digest').on(t.view, t.digest, t.revision),
  ],
);
