import { doublePrecision, index, integer, jsonb, pgTable, primaryKey, real, text, uuid } from 'drizzle-orm/pg-core';
import { shareSides } from '../../domain/training/workers/shared-files.ts';
import { at, count, now } from './columns.ts';

/** A training that a worker of somebody else is to fit, from its first share until it has ended. */
export const trainingFit = pgTable(
  'training_fit',
  {
    runId: text('run_id').primaryKey(),
    model: text('model').notNull(),
    queue: text('queue').notNull(),
    trainer: text('trainer').notNull(),
    tag: text('tag'),
    memoryGb: real('memory_gb'),
    /** Bytes that one fit may make. */
    filesBytesMax: count('files_bytes_max').notNull(),
    askedAt: now('asked_at'),
  },
  (t) => [index('training_fit_by_time').on(t.askedAt)],
);

/** Files that travel between the artifact store and a worker: nobody else's may be asked for by its token. */
export const trainingShare = pgTable(
  'training_share',
  {
    runId: text('run_id').notNull(),
    side: text('side', { enum: shareSides }).notNull(),
    /** Of what was given: stage and path; of what was made: its digest, since its path comes with the result. */
    path: text('path').notNull(),
    digest: text('digest').notNull(),
    bytes: count('bytes').notNull(),
    sharedAt: now('shared_at'),
  },
  (t) => [primaryKey({ columns: [t.runId, t.side, t.path] }), index('training_share_by_digest').on(t.digest)],
);

/** What a worker may reach the files of one training by, for an hour at most. */
export const trainingAccess = pgTable(
  'training_access',
  {
    /** SHA-256 of the secret, hex. */
    secretHash: text('secret_hash').primaryKey(),
    runId: text('run_id').notNull(),
    /** With it the access ends. */
    tokenId: uuid('token_id').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [index('training_access_of_run').on(t.runId, t.expiresAt), index('training_access_by_end').on(t.expiresAt)],
);

/** A worker of fits as it last said that it is there. */
export const trainerWorker = pgTable(
  'trainer_worker',
  {
    tokenId: uuid('token_id').notNull(),
    name: text('name').notNull(),
    queue: text('queue').notNull(),
    tags: text('tags').array().notNull(),
    memoryGb: real('memory_gb'),
    slots: integer('slots').notNull(),
    gpus: jsonb('gpus')
      .$type<readonly { readonly index: number; readonly name: string; readonly memoryGb: number }[]>()
      .notNull(),
    trainers: text('trainers').array().notNull(),
    package: text('package').notNull(),
    /** Trainings that it fits now. */
    running: text('running').array().notNull(),
    since: now('since'),
    seenAt: now('seen_at'),
  },
  (t) => [primaryKey({ columns: [t.tokenId, t.name] }), index('trainer_worker_by_time').on(t.seenAt)],
);

/** One trial of a search, once for each rung that it reached. */
export const trial = pgTable(
  'trial',
  {
    runId: text('run_id').notNull(),
    number: integer('number').notNull(),
    rung: integer('rung').notNull(),
    model: text('model').notNull(),
    /** Of the training rows, (0..1]. */
    share: real('share').notNull(),
    family: text('family').notNull(),
    /** What was searched of its settings. */
    settings: jsonb('settings').$type<Readonly<Record<string, number | string | boolean>>>().notNull(),
    /** On all validation rows; null for one that failed. */
    loss: doublePrecision('loss'),
    trees: integer('trees'),
    rows: integer('rows'),
    computeMs: integer('compute_ms'),
    /** Why it has no loss. */
    reason: text('reason'),
    doneAt: now('done_at'),
  },
  (t) => [primaryKey({ columns: [t.runId, t.number, t.rung] }), index('trial_by_time').on(t.doneAt)],
);
