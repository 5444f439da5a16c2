import { sql } from 'drizzle-orm';
import { bigserial, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { runKinds } from '../../domain/record/closed-sets.ts';
import { runEventTypes } from '../../domain/record/run-event.ts';
import { at, count, now } from './columns.ts';

/** Beginnings and ends of runs that the receiver of lineage has not been told yet, in order. */
export const runEvent = pgTable(
  'run_event',
  {
    eventId: bigserial('event_id', { mode: 'number' }).primaryKey(),
    runId: text('run_id').notNull(),
    model: text('model').notNull(),
    kind: text('kind', { enum: runKinds }).notNull(),
    /** Which execution under this id: one that failed may begin anew. */
    execution: uuid('execution').notNull(),
    type: text('type', { enum: runEventTypes }).notNull(),
    /** Why it ended like this. */
    detail: text('detail'),
    /** How often the receiver refused it. */
    attempts: integer('attempts').notNull().default(0),
    at: now('at'),
    /** When those behind it were told without it, since the receiver takes them and not this one. */
    setAsideAt: at('set_aside_at'),
    /** When one that is set aside is sent again. */
    againAt: at('again_at'),
  },
  (t) => [
    index('run_event_by_age').on(t.at),
    index('run_event_set_aside')
      .on(t.againAt)
      .where(sql`${t.setAsideAt} is not null`),
  ],
);

/** How the receiver of lineage is served; one row. */
export const openLineageFollower = pgTable('open_lineage_follower', {
  id: integer('id').primaryKey(),
  attempts: integer('attempts').notNull().default(0),
  nextAttemptAt: now('next_attempt_at'),
  lastDeliveredAt: at('last_delivered_at'),
  lastError: text('last_error'),
  delivered: count('delivered').notNull().default(0),
  /** Events that it would not take, and that were let go. */
  refused: count('refused').notNull().default(0),
});
