import { doublePrecision, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { at, count, now } from './columns.ts';

/**
 * What has been removed and does not stand in the audit yet. A batch adds its counts in the transaction that removes
 * the rows, and the report takes them out in the transaction that writes the audit, so that nothing is told twice.
 */
export const removal = pgTable(
  'removal',
  {
    /** `*` for what belongs to no model. */
    model: text('model').notNull(),
    what: text('what').notNull(),
    rows: count('rows').notNull(),
    bytes: count('bytes').notNull(),
  },
  (t) => [primaryKey({ columns: [t.model, t.what] })],
);

/** While a row stands, nothing of the model is removed, whatever its age. Its end is in the audit. */
export const legalHold = pgTable('legal_hold', {
  model: text('model').primaryKey(),
  actor: text('actor').notNull(),
  reason: text('reason').notNull(),
  since: now('since'),
});

/** Artifacts that the last mark did not reach. They are swept when a later one, a grace after it, does not either. */
export const condemnedArtifact = pgTable('condemned_artifact', {
  digest: text('digest').primaryKey(),
  bytes: count('bytes').notNull(),
  condemnedAt: now('condemned_at'),
});

/** How full the disks were, once an hour: what the date on which they are full is reckoned from. */
export const storageSample = pgTable('storage_sample', {
  sampledAt: at('sampled_at').primaryKey(),
  databaseBytes: count('database_bytes').notNull(),
  artifactBytes: count('artifact_bytes').notNull(),
  /** Null where the disk of the database cannot be seen from here. */
  databaseFreeBytes: count('database_free_bytes'),
  artifactFreeBytes: count('artifact_free_bytes').notNull(),
  /** Predictions stored so far, of all models, removed ones included. */
  predictions: count('predictions').notNull(),
});

/** What each model takes, measured when the disks are. */
export const modelStorage = pgTable('model_storage', {
  model: text('model').primaryKey(),
  predictions: count('predictions').notNull(),
  /** Of one prediction with its share of the indexes; null before the first. */
  bytesPerPrediction: doublePrecision('bytes_per_prediction'),
  predictionBytes: count('prediction_bytes').notNull(),
  labelBytes: count('label_bytes').notNull(),
  evidenceBytes: count('evidence_bytes').notNull(),
  artifactBytes: count('artifact_bytes').notNull(),
  measuredAt: now('measured_at'),
});
