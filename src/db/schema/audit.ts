import { bigint, bigserial, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';

/**
 * What happened, not yet in its place: a trigger moves each row into `audit` when its transaction commits. The running
 * processes may only insert here, so that no code of theirs can write, change or remove a row of the audit itself.
 */
export const auditStaged = pgTable('audit_staged', {
  stagedId: bigserial('staged_id', { mode: 'number' }).primaryKey(),
  eventId: uuid('event_id').notNull().defaultRandom(),
  /** One of `auditTypes` (src/domain/record/audit-types.ts). */
  type: text('type').notNull(),
  model: text('model'),
  /** Business identity of what it is about: `fraud/v3`, `token/<id>`, `rollout/fraud/3/1`. */
  subject: text('subject').notNull(),
  actor: text('actor').notNull(),
  tokenId: uuid('token_id'),
  reason: text('reason').notNull(),
  runId: text('run_id'),
  evidenceId: bigint('evidence_id', { mode: 'number' }),
  /** JSON, kept as text: the hash is over these very bytes. */
  data: text('data').notNull(),
});

/** The hash-chained record, in the order of commits; `seq` has no gaps and is the cursor of the event feed. */
export const audit = pgTable(
  'audit',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    eventId: uuid('event_id').notNull().unique(),
    at: at('at').notNull(),
    type: text('type').notNull(),
    model: text('model'),
    subject: text('subject').notNull(),
    actor: text('actor').notNull(),
    tokenId: uuid('token_id'),
    reason: text('reason').notNull(),
    runId: text('run_id'),
    evidenceId: bigint('evidence_id', { mode: 'number' }),
    data: text('data').notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [
    index('audit_by_model').on(t.model, t.seq),
    index('audit_by_type').on(t.type, t.seq),
    index('audit_by_actor').on(t.actor, t.seq),
  ],
);
