import { doublePrecision, index, integer, jsonb, pgTable, primaryKey, real, text, uuid } from 'drizzle-orm/pg-core';
import type { MetricName } from '../../domain/metrics/registry.ts';
import type { CandidateOutcome, ExperimentResult } from '../../domain/training/experiment/experiment.ts';
import { shareSides } from '../../domain/training/workers/shared-files.ts';
import { at, count, now, storedSpec } from './columns.ts';

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

/** Several definitions of a model, fitted and judged on the rows of one snapshot. Its run says how it stands. */
export const experiment = pgTable(
  'experiment',
  {
    model: text('model').notNull(),
    number: integer('number').notNull(),
    /** With all that it continues. */
    snapshot: text('snapshot').notNull(),
    metric: text('metric').$type<MetricName>().notNull(),
    /** The version that was champion when it began; null without one. */
    champion: integer('champion'),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
    /** Null until all candidates are through. */
    result: jsonb('result').$type<ExperimentResult>(),
    createdAt: now('created_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.number] }), index('experiment_by_time').on(t.createdAt)],
);

/** One definition that takes part. */
export const experimentCandidate = pgTable(
  'experiment_candidate',
  {
    model: text('model').notNull(),
    number: integer('number').notNull(),
    /** From 1, in the order in which they were named. */
    candidate: integer('candidate').notNull(),
    name: text('name').notNull(),
    spec: storedSpec('spec').notNull(),
    specDigest: text('spec_digest').notNull(),
    /** Null until it was judged, and for one that came to nothing. */
    outcome: jsonb('outcome').$type<CandidateOutcome>(),
    /** Its answers to the test rows, and of the champion; null once they were compared. */
    scoresDigest: text('scores_digest'),
    /** Why it came to nothing. */
    reason: text('reason'),
    createdAt: now('created_at'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.number, t.candidate] }),
    index('experiment_candidate_by_time').on(t.createdAt),
  ],
);
