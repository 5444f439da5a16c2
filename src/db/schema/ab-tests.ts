import { sql } from 'drizzle-orm';
import { bigint, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { abTestEnds, abTestStatuses } from '../../domain/record/closed-sets.ts';
import type { AbTestPlan, AbTestState } from '../../domain/ab-test/ab-test.ts';
import type { AbTestStanding, DeclaredAbTest, TestedArm } from '../../domain/ab-test/declared.ts';
import { at, count, now } from './columns.ts';

/** One A/B test of a model; its sums are as many after a year as after a day. */
export const abTest = pgTable(
  'ab_test',
  {
    model: text('model').notNull(),
    number: integer('number').notNull(),
    status: text('status', { enum: abTestStatuses }).notNull(),
    /** Of what is counted, and the definition that says how decisions are worth and when labels are mature. */
    specRevision: integer('spec_revision').notNull(),
    plan: jsonb('plan').$type<AbTestPlan>().notNull(),
    declared: jsonb('declared').$type<DeclaredAbTest>().notNull(),
    /** The control first. */
    arms: jsonb('arms').$type<readonly TestedArm[]>().notNull(),
    state: jsonb('state').$type<AbTestState>().notNull(),
    /** The last look; null before there was one. */
    standing: jsonb('standing').$type<AbTestStanding>(),
    salt: text('salt').notNull(),
    /**
     * Rows of this test carry a routing revision in [firstRevision, lastRevision], and a position in (startedSeq,
     * endedSeq].
     */
    firstRevision: integer('first_revision'),
    lastRevision: integer('last_revision'),
    startedSeq: count('started_seq').notNull().default(0),
    endedSeq: count('ended_seq'),
    /** Rows up to here have been read for who was assigned to which arm. */
    exposedSeq: count('exposed_seq').notNull().default(0),
    /** Mature rows up to here have been read for the outcomes of units. */
    countedSeq: count('counted_seq').notNull().default(0),
    looks: integer('looks').notNull().default(0),
    lookedAt: at('looked_at'),
    actor: text('actor').notNull(),
    why: text('why').notNull(),
    /** How it ended, and the sentence about it; null while it runs. */
    ending: text('ending', { enum: abTestEnds }),
    reason: text('reason'),
    evidenceId: bigint('evidence_id', { mode: 'number' }),
    startedAt: now('started_at'),
    /** When every serving process knew its arms. */
    begunAt: at('begun_at'),
    deadlineAt: at('deadline_at').notNull(),
    endedAt: at('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.number] }),
    uniqueIndex('ab_test_open')
      .on(t.model)
      .where(sql`${t.endedAt} is null`),
  ],
);

/** An entity that came in an A/B test: the arm that it was given, and the positions of what happened to it first. */
export const abTestEntity = pgTable(
  'ab_test_entity',
  {
    model: text('model').notNull(),
    number: integer('number').notNull(),
    /** Entity hash, or `request:<prediction id>` for rows without an entity. */
    entity: text('entity').notNull(),
    /** Of its arm. */
    version: integer('version').notNull(),
    firstSeq: count('first_seq').notNull(),
    /** Its first row that failed while it came as its arm answers. */
    failedSeq: count('failed_seq'),
    /** The row whose outcome stands for it. */
    countedSeq: count('counted_seq'),
  },
  (t) => [primaryKey({ columns: [t.model, t.number, t.entity] })],
);
