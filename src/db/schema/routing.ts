import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { freezeKinds } from '../../domain/record/closed-sets.ts';
import { arms, openRolloutStatuses, rolloutStatuses, type RoutingEntry } from '../../domain/rollout/routing.ts';
import { failureKinds } from '../../domain/spec/closed-sets.ts';
import { at, now, count } from './columns.ts';
import { command } from './people.ts';

/** Append-only: who was champion when, and why. */
export const aliasMove = pgTable(
  'alias_move',
  {
    moveId: bigserial('move_id', { mode: 'number' }).primaryKey(),
    model: text('model').notNull(),
    alias: text('alias').notNull(),
    fromVersion: integer('from_version'),
    toVersion: integer('to_version'),
    actor: text('actor').notNull(),
    why: text('why').notNull(),
    /** The command that asked for it; null when nobody did. Its kind says whether a person approved, not `why`. */
    commandId: uuid('command_id').references(() => command.commandId),
    evidenceId: bigint('evidence_id', { mode: 'number' }),
    routingRevision: integer('routing_revision').notNull(),
    movedAt: now('moved_at'),
  },
  (t) => [
    index('alias_move_by_model').on(t.model, t.alias, t.movedAt),
    index('alias_move_by_id').on(t.model, t.moveId),
    index('alias_move_to').on(t.model, t.alias, t.toVersion),
    index('alias_move_from').on(t.model, t.alias, t.fromVersion),
    unique('alias_move_once').on(t.model, t.alias, t.routingRevision),
    // A command moves a champion once; a kill of all models moves one in each.
    unique('alias_move_once_per_command').on(t.commandId, t.model),
  ],
);

export const rollout = pgTable(
  'rollout',
  {
    model: text('model').notNull(),
    version: integer('version').notNull(),
    attempt: integer('attempt').notNull(),
    status: text('status', { enum: rolloutStatuses }).notNull(),
    /** Null before the shadow has begun; 0 shadow, 1.. canary steps, then the wait for paired evidence. */
    step: integer('step'),
    /** False between the routing change of a step and its acknowledgement by every process. */
    stepBegun: boolean('step_begun').notNull().default(false),
    stepStartedSeq: count('step_started_seq').notNull().default(0),
    stepStartedAt: at('step_started_at'),
    baseVersion: integer('base_version'),
    specRevision: integer('spec_revision').notNull(),
    salt: text('salt').notNull(),
    /** Rows of this rollout carry a routing revision in [firstRevision, lastRevision]. */
    firstRevision: integer('first_revision'),
    lastRevision: integer('last_revision'),
    startedSeq: count('started_seq').notNull().default(0),
    /** Set when it ends: the last row that belongs to it. */
    endedSeq: count('ended_seq'),
    looks: integer('looks').notNull().default(0),
    /** Rows up to here have been looked at and the step decided. */
    settledSeq: count('settled_seq').notNull().default(0),
    settledAt: at('settled_at'),
    /** The last look for harm, at any step or while the rollout waits: where it stands, and through which row. */
    lookedStep: integer('looked_step'),
    lookedSeq: count('looked_seq'),
    lookedAt: at('looked_at'),
    heldSince: at('held_since'),
    /** The end of the freeze window that it waited for last. */
    frozenUntil: at('frozen_until'),
    reason: text('reason'),
    evidenceId: bigint('evidence_id', { mode: 'number' }),
    startedAt: now('started_at'),
    endedAt: at('ended_at'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.version, t.attempt] }),
    index('rollout_open')
      .on(t.model)
      .where(sql`${t.status} in (${sql.raw(openRolloutStatuses.map((status) => `'${status}'`).join(', '))})`),
    index('rollout_by_start').on(t.model, t.startedAt),
    index('rollout_by_end').on(t.endedAt),
    index('rollout_by_last_row').on(t.model, t.endedSeq),
  ],
);

/**
 * First exposure and first failures of an entity in a rollout, the statistical unit of the canary: the first that was
 * seen at once, and the first decision that its label contradicts, each at the position of its row.
 */
export const rolloutEntity = pgTable(
  'rollout_entity',
  {
    model: text('model').notNull(),
    version: integer('version').notNull(),
    attempt: integer('attempt').notNull(),
    /** Entity hash, or `request:<prediction id>` for rows without an entity. */
    entity: text('entity').notNull(),
    /** Its hash under the key, where it was exposed before there was one and came again. */
    keyedEntity: text('keyed_entity'),
    arm: text('arm', { enum: arms }).notNull(),
    firstSeq: count('first_seq').notNull(),
    failedSeq: count('failed_seq'),
    failedArm: text('failed_arm', { enum: arms }),
    failedWeight: count('failed_weight'),
    /** Rows of releases before mature labels were waited for say `wrong` here, at the position of the label. */
    failureKind: text('failure_kind', { enum: failureKinds }),
    wrongSeq: count('wrong_seq'),
    wrongArm: text('wrong_arm', { enum: arms }),
    wrongWeight: count('wrong_weight'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.version, t.attempt, t.entity] }),
    index('rollout_entity_failed')
      .on(t.model, t.version, t.attempt, t.failedSeq)
      .where(sql`${t.failedSeq} is not null`),
    index('rollout_entity_wrong')
      .on(t.model, t.version, t.attempt, t.wrongSeq)
      .where(sql`${t.wrongSeq} is not null`),
    index('rollout_entity_keyed')
      .on(t.model, t.version, t.attempt, t.keyedEntity)
      .where(sql`${t.keyedEntity} is not null`),
  ],
);

/** One row per model. Leases have columns of their own: renewing them must not raise the revision. */
export const routing = pgTable('routing', {
  model: text('model').primaryKey(),
  revision: integer('revision').notNull(),
  entry: jsonb('entry').$type<RoutingEntry>().notNull(),
  /** Of the entry: after a failover to a server that lost the last second, one revision may mean two things. */
  digest: text('digest').generatedAlwaysAs(sql`md5(entry::text)`),
  leaseUntil: at('lease_until'),
  /** Of an A/B test, which lives beside a rollout and is given back without it. */
  abTestLeaseUntil: at('ab_test_lease_until'),
});

export const servingMember = pgTable('serving_member', {
  processId: uuid('process_id').primaryKey(),
  leaseUntil: at('lease_until').notNull(),
});

export const routingAck = pgTable(
  'routing_ack',
  {
    processId: uuid('process_id').notNull(),
    model: text('model').notNull(),
    revision: integer('revision').notNull(),
    /** What the process holds under that revision; null from a process of an earlier release. */
    digest: text('digest'),
    ackedAt: now('acked_at'),
  },
  (t) => [primaryKey({ columns: [t.processId, t.model] })],
);

/** While a row stands, nothing automatic changes the model (`*`: any model). Its end is in the audit. */
export const freeze = pgTable('freeze', {
  model: text('model').primaryKey(),
  kind: text('kind', { enum: freezeKinds }).notNull(),
  actor: text('actor').notNull(),
  reason: text('reason').notNull(),
  since: now('since'),
});
