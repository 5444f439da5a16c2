import { arms, stages } from '../../domain/rollout/routing.ts';
import type { SlicesCounted } from '../../domain/watch/slices/slice-counts.ts';
import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core';
import { at, now, count } from './columns.ts';

/** The order of one model's traffic; its row is locked while a segment is stored. */
export const modelStream = pgTable('model_stream', {
  model: text('model').primaryKey(),
  lastSeq: count('last_seq').notNull().default(0),
  openWindow: integer('open_window').notNull().default(1),
  openRows: integer('open_rows').notNull().default(0),
  openFirstSeq: count('open_first_seq').notNull().default(1),
  openedAt: now('opened_at'),
  /** Labels stored so far, each id once: counting them anew takes as long as there are many. */
  labels: count('labels').notNull().default(0),
  /** Stored predictions that have a label by now, each counted once however often its label is corrected. */
  labelledRows: count('labelled_rows').notNull().default(0),
  /**
   * The labelled rows at which answers are next to be corrected anew within a window; null: only when one closes. The
   * watch writes it, the storing of a segment reads it.
   */
  correctionDue: count('correction_due'),
  /** Part of the log that its newest rows went to: a clock that goes back never takes them to an earlier one. */
  part: integer('part').notNull().default(0),
});

/** Segments that are stored: one that is shipped again stores nothing twice, for as long as its row is kept. */
export const segment = pgTable(
  'segment',
  { segmentId: text('segment_id').primaryKey(), storedAt: now('stored_at') },
  (t) => [index('segment_by_age').on(t.storedAt)],
);

/**
 * Partitions of one part each (src/db/schema/log.ts); keys and indexes stand on every partition. Clients choose ids, so
 * ids say nothing about time: rows are parted by arrival, and a model's part is a stretch of its positions.
 */
export const prediction = pgTable('prediction', {
  model: text('model').notNull(),
  predictionId: text('prediction_id').notNull(),
  /** Position in the model's traffic, 1, 2, 3, … without gaps. */
  seq: count('seq').notNull(),
  windowNumber: integer('window_number').notNull(),
  requestedAt: at('requested_at').notNull(),
  eventTimeMs: count('event_time_ms'),
  entityHash: text('entity_hash'),
  bucket: count('bucket').notNull(),
  arm: text('arm', { enum: arms }).notNull(),
  stage: text('stage', { enum: stages }).notNull(),
  challengerWeight: count('challenger_weight').notNull(),
  version: integer('version').notNull(),
  correction: text('correction').notNull(),
  routingRevision: integer('routing_revision').notNull(),
  specRevision: integer('spec_revision').notNull(),
  numbers: doublePrecision('numbers').array().notNull(),
  texts: text('texts').array().notNull(),
  scores: doublePrecision('scores').array().notNull(),
  /** What the model said before its correction; null where there was none. */
  rawScores: doublePrecision('raw_scores').array(),
  decision: text('decision'),
  otherVersion: integer('other_version'),
  otherScores: doublePrecision('other_scores').array(),
  otherRawScores: doublePrecision('other_raw_scores').array(),
  failed: boolean('failed').notNull(),
  latencyUs: integer('latency_us').notNull(),
  part: integer('part').notNull().default(0),
});

/**
 * Append-only; the current label of a prediction is the one received last, by `label_seq` within a moment. Partitions
 * as of predictions, by the arrival of the label: it stands in the part of its prediction or in a later one.
 */
export const label = pgTable('label', {
  labelSeq: bigserial('label_seq', { mode: 'number' }).notNull(),
  model: text('model').notNull(),
  labelId: text('label_id').notNull(),
  /** Null until a label by entity and time finds its prediction. */
  predictionId: text('prediction_id'),
  entityHash: text('entity_hash'),
  eventTimeMs: count('event_time_ms'),
  label: text('label').notNull(),
  /** The traffic position and window at which it became known: what a cut-off refers to. */
  knownSeq: count('known_seq').notNull(),
  knownWindow: integer('known_window').notNull(),
  /** When it was taken in, or said again. */
  receivedAt: at('received_at').notNull(),
  part: integer('part').notNull().default(0),
  /** Position of its prediction; null while that has not come, and in part 0, which is older than this column. */
  predictionSeq: count('prediction_seq'),
});

/**
 * Values that stand in for labels: one for each proxy of a prediction, the one received last. They go with the labels
 * of the model, and are read while labels are awaited: they are not sealed.
 */
export const proxy = pgTable(
  'proxy',
  {
    model: text('model').notNull(),
    name: text('name').notNull(),
    predictionId: text('prediction_id').notNull(),
    /** Position of its prediction; null while that has not come. */
    predictionSeq: count('prediction_seq'),
    value: doublePrecision('value').notNull(),
    /** The traffic position and window at which this value became known. */
    knownSeq: count('known_seq').notNull(),
    knownWindow: integer('known_window').notNull(),
    receivedAt: at('received_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.predictionId, t.name] }),
    index('proxy_by_row').on(t.model, t.name, t.predictionSeq),
    index('proxy_by_known').on(t.model, t.knownSeq),
    index('proxy_waiting')
      .on(t.model, t.predictionId)
      .where(sql`${t.predictionSeq} is null`),
  ],
);

export const window = pgTable(
  'window',
  {
    model: text('model').notNull(),
    number: integer('number').notNull(),
    rows: integer('rows').notNull(),
    firstSeq: count('first_seq').notNull(),
    lastSeq: count('last_seq').notNull(),
    openedAt: at('opened_at').notNull(),
    closedAt: now('closed_at'),
    judgedAt: at('judged_at'),
    verdict: text('verdict'),
    evidenceId: bigint('evidence_id', { mode: 'number' }),
    /** Labelled rows of all of the model's traffic as known at the end of this window: what came later is not in it. */
    labelledRows: count('labelled_rows').notNull().default(0),
    /** When the retrain decision about it was stored; null until then. */
    decidedAt: at('decided_at'),
    /** Attempts at judging that failed; such a window is set aside until `judgeAfter`. */
    judgeAttempts: integer('judge_attempts').notNull().default(0),
    judgeAfter: now('judge_after'),
    /** Why the last attempt failed; null while there was none. */
    judgeFailure: text('judge_failure'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.number] }),
    // These hold only what is under way, so that looking for it takes as long after years as on the first day.
    index('window_due')
      .on(t.judgeAfter)
      .where(sql`${t.judgedAt} is null`),
    index('window_to_judge')
      .on(t.model, t.number)
      .where(sql`${t.judgedAt} is null`),
    index('window_to_decide')
      .on(t.model, t.number)
      .where(sql`${t.judgedAt} is not null and ${t.decidedAt} is null`),
    index('window_by_close').on(t.model, t.closedAt),
  ],
);

/** Counters of one window, binned by the reference profile of the version; committed with the rows of their segment. */
export const counter = pgTable(
  'counter',
  {
    model: text('model').notNull(),
    windowNumber: integer('window_number').notNull(),
    version: integer('version').notNull(),
    arm: text('arm', { enum: arms }).notNull(),
    routingRevision: integer('routing_revision').notNull(),
    rows: integer('rows').notNull(),
    failed: integer('failed').notNull(),
    slow: integer('slow').notNull(),
    latencySumUs: count('latency_sum_us').notNull(),
    latencyMaxUs: count('latency_max_us').notNull(),
    /** Per feature of the profile, then the prediction: cell counts (src/domain/training/profile.ts). */
    cells: jsonb('cells').$type<readonly (readonly number[])[]>().notNull(),
    /**
     * Rows by the phase of the season that the profile knows, and last those of phases with too few rows in it, which
     * stand in no cell. Null where it knows no season.
     */
    phases: integer('phases').array(),
    /** Rows of declared slices by the key of the slice, at most 20; null where there are none. */
    slices: jsonb('slices').$type<SlicesCounted>(),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.windowNumber, t.version, t.arm, t.routingRevision] }),
    // The windows that a version answered, the latest first. None of these columns is ever changed.
    index('counter_by_version').on(t.model, t.version, t.windowNumber),
  ],
);
