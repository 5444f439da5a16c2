import { sql } from 'drizzle-orm';
import { versionOrigins, versionStatuses } from '../../domain/record/closed-sets.ts';
import { bigint, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { leakageKinds } from '../../domain/training/leakage/suspicion.ts';
import type { TrainReport } from '../../domain/training/training.ts';
import { at, now, count, storedSpec } from './columns.ts';

export const model = pgTable('model', {
  name: text('name').primaryKey(),
  specRevision: integer('spec_revision').notNull(),
  /** Numbers handed out so far; business identities, never reused. */
  trainCounter: integer('train_counter').notNull().default(0),
  versionCounter: integer('version_counter').notNull().default(0),
  pausedBy: text('paused_by'),
  pausedReason: text('paused_reason'),
  createdAt: now('created_at'),
});

export const specRevision = pgTable(
  'spec_revision',
  {
    model: text('model')
      .notNull()
      .references(() => model.name),
    revision: integer('revision').notNull(),
    digest: text('digest').notNull(),
    spec: storedSpec('spec').notNull(),
    actor: text('actor').notNull(),
    createdAt: now('created_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.revision] })],
);

export const version = pgTable(
  'version',
  {
    model: text('model').notNull(),
    version: integer('version').notNull(),
    runId: text('run_id').notNull().unique(),
    status: text('status', { enum: versionStatuses }).notNull(),
    /** Made here by a training, or brought by `perennial import`. */
    origin: text('origin', { enum: versionOrigins }).notNull().default('trained'),
    specRevision: integer('spec_revision').notNull(),
    modelDigest: text('model_digest').notNull(),
    profileDigest: text('profile_digest').notNull(),
    /** Digest of the correction that it starts with. */
    correction: text('correction').notNull(),
    threshold: doublePrecision('threshold'),
    snapshots: jsonb('snapshots').$type<readonly string[]>().notNull(),
    report: jsonb('report').$type<TrainReport>().notNull(),
    /** Labelled rows it was trained from, and the window that was its cut-off; null when no traffic was used. */
    labelledRows: count('labelled_rows').notNull(),
    /** Those of them that came from the declared source. */
    historyRows: count('history_rows').notNull().default(0),
    throughWindow: integer('through_window'),
    gateEvidenceId: bigint('gate_evidence_id', { mode: 'number' }),
    gateVerdict: text('gate_verdict').notNull(),
    /** Set when retention gave its files up: it stays as history and can neither answer nor be tried any more. */
    filesRemovedAt: at('files_removed_at'),
    createdAt: now('created_at'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.version] }),
    // Whose files are looked for next.
    index('version_to_look_after')
      .on(t.modelDigest.op('text_pattern_ops'))
      .where(sql`${t.filesRemovedAt} is null`),
    index('version_by_cut').on(t.model, t.throughWindow),
    index('version_of_snapshot').using('gin', t.snapshots.op('jsonb_path_ops')),
  ],
);

/** Suspicions of leakage that a person lets go at every training of a model; who took one back stands in the audit. */
export const leakageAllowance = pgTable(
  'leakage_allowance',
  {
    model: text('model').notNull(),
    feature: text('feature').notNull(),
    kind: text('kind', { enum: leakageKinds }).notNull(),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
    since: now('since'),
  },
  (t) => [primaryKey({ columns: [t.model, t.feature, t.kind] })],
);
