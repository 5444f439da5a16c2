import { index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { damageStates } from '../../domain/record/scrub/scrub.ts';
import { at, count, now } from './columns.ts';

/** How far the reading of all artifacts has come, and how the last full round ended; one row. */
export const scrubRound = pgTable('scrub_round', {
  id: integer('id').primaryKey(),
  /** Of the round under way, from 1. */
  round: integer('round').notNull(),
  startedAt: now('started_at'),
  /** The last digest that was looked at; empty at the beginning of a round. */
  through: text('through').notNull(),
  files: count('files').notNull(),
  bytes: count('bytes').notNull(),
  damaged: count('damaged').notNull(),
  lastStartedAt: at('last_started_at'),
  lastFinishedAt: at('last_finished_at'),
  lastFiles: count('last_files'),
  lastBytes: count('last_bytes'),
  lastDamaged: count('last_damaged'),
});

/** Artifacts that are not what their digests say, or not there although something needs them. */
export const artifactDamage = pgTable(
  'artifact_damage',
  {
    digest: text('digest').primaryKey(),
    state: text('state', { enum: damageStates }).notNull(),
    /** The round that found it; a file that is not there is counted once a round, wherever its name stands. */
    foundRound: integer('found_round').notNull().default(0),
    foundAt: now('found_at'),
    seenAt: now('seen_at'),
  },
  // Those that were looked at longest ago are looked at first.
  (t) => [index('artifact_damage_to_look_at').on(t.seenAt, t.digest)],
);
