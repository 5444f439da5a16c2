import type { LossReference } from '../../domain/watch/loss-reference.ts';
import { alertKinds, alertSeverities, lagUnits } from '../../domain/record/closed-sets.ts';
import type { StatedEstimate } from '../../domain/watch/stated-estimate.ts';
import { retrainBlocks, retrainTriggers } from '../../domain/watch/decide-retrain.ts';
import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import { at, count, now } from './columns.ts';

/**
 * The shards of the watch, a row each: together they say how many there are, and each says who judges its models at the
 * moment. The fence grows with every lease, so a holder that was away is told from the one after it.
 */
export const watchShard = pgTable('watch_shard', {
  shard: integer('shard').primaryKey(),
  shards: integer('shards').notNull(),
  fence: bigint('fence', { mode: 'number' }).notNull().default(0),
  holder: text('holder'),
  leaseUntil: at('lease_until'),
});

/** Every "retrain" and every "did not retrain because …". */
export const decision = pgTable(
  'decision',
  {
    model: text('model').notNull(),
    /** An occasion (src/domain/record/occasion.ts). */
    key: text('key').notNull(),
    /** The last closed window when it was taken; null before the first. */
    windowNumber: integer('window_number'),
    retrain: boolean('retrain').notNull(),
    trigger: text('trigger', { enum: retrainTriggers }),
    blockedBy: text('blocked_by', { enum: retrainBlocks }),
    reason: text('reason').notNull(),
    considered: jsonb('considered').$type<readonly Record<string, unknown>[]>().notNull(),
    runId: text('run_id'),
    createdAt: now('created_at'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.key] }),
    index('decision_by_time').on(t.model, t.createdAt),
    index('decision_by_window')
      .on(t.model, t.windowNumber)
      .where(sql`${t.key} like 'window/%'`),
    index('decision_by_run')
      .on(t.model, t.runId)
      .where(sql`${t.runId} is not null`),
    index('decision_to_train')
      .on(t.model, t.createdAt)
      .where(sql`${t.retrain}`),
  ],
);

/** Models with a trigger that needs no traffic, by the calendar or the source; a row each, and none for the others. */
export const triggerLook = pgTable(
  'trigger_look',
  {
    model: text('model').primaryKey(),
    /** When it is asked next whether one of them has fired; null: not before the source has changed. */
    decideAt: at('decide_at'),
    /** When the source is read next; null where it is not looked at. */
    lookAt: at('look_at'),
    /** What the source held when it was read last, and when that was. */
    sourceDigest: text('source_digest'),
    readAt: at('read_at'),
    /** When a look, or an ingest, found something else than the one before it; null before the first. */
    changedAt: at('changed_at'),
    /** How often in a row it could not be read since, and why. */
    failures: integer('failures').notNull().default(0),
    problem: text('problem'),
    /** What it held then that nobody had read; null where that is not counted. */
    lagUnread: bigint('lag_unread', { mode: 'number' }),
    lagUnit: text('lag_unit', { enum: lagUnits }),
    /** True where there is more than was counted. */
    isLagAtLeast: boolean('is_lag_at_least').notNull().default(false),
    /** What held back what had fired, as it was written down last: a no is stored once and not at every look. */
    heldBy: text('held_by'),
  },
  (t) => [index('trigger_look_to_decide').on(t.decideAt), index('trigger_look_to_read').on(t.lookAt)],
);

/** How each source of a union stands: what was found at the last look, and what was taken under its revision. */
export const sourceMember = pgTable(
  'source_member',
  {
    model: text('model').notNull(),
    member: text('member').notNull(),
    specRevision: integer('spec_revision').notNull(),
    /** Accepted rows, those that the contract set aside, and accepted ones whose key another source had before. */
    takenRows: bigint('taken_rows', { mode: 'number' }).notNull().default(0),
    quarantinedRows: bigint('quarantined_rows', { mode: 'number' }).notNull().default(0),
    repeatedRows: bigint('repeated_rows', { mode: 'number' }).notNull().default(0),
    takenAt: at('taken_at'),
    lookedAt: at('looked_at'),
    /** What it held at the last look, and when that was first found. */
    digest: text('digest'),
    changedAt: at('changed_at'),
    lagUnread: bigint('lag_unread', { mode: 'number' }),
    lagUnit: text('lag_unit', { enum: lagUnits }),
    isLagAtLeast: boolean('is_lag_at_least').notNull().default(false),
    late: integer('late').notNull().default(0),
    /** How old its newest row was, where that is older than was declared. */
    staleMs: bigint('stale_ms', { mode: 'number' }),
    failures: integer('failures').notNull().default(0),
    problem: text('problem'),
    /** Why its last batch was refused as a whole; null where it was taken. */
    refusal: text('refusal'),
  },
  (t) => [primaryKey({ columns: [t.model, t.member] })],
);

export const alert = pgTable(
  'alert',
  {
    alertId: bigserial('alert_id', { mode: 'number' }).primaryKey(),
    model: text('model').notNull(),
    kind: text('kind', { enum: alertKinds }).notNull(),
    /** One open alert per (model, kind, subject): a condition that lasts does not ring again. */
    subject: text('subject').notNull(),
    /** The window in which it rang; null where it is not about traffic. */
    windowNumber: integer('window_number'),
    severity: text('severity', { enum: alertSeverities }).notNull(),
    title: text('title').notNull(),
    body: text('body').notNull(),
    openedAt: now('opened_at'),
    closedAt: at('closed_at'),
    /** A person who closed it by hand, and why; null when it closed by itself. */
    closedBy: text('closed_by'),
    closedReason: text('closed_reason'),
  },
  (t) => [
    unique('alert_once').on(t.model, t.kind, t.subject),
    index('alert_by_model').on(t.model, t.openedAt),
    index('alert_by_subject').on(t.model, t.subject),
    index('alert_by_time').on(t.openedAt, t.alertId),
    index('alert_by_end')
      .on(t.closedAt, t.alertId)
      .where(sql`${t.closedAt} is not null`),
    index('alert_open')
      .on(t.model, t.openedAt)
      .where(sql`${t.closedAt} is null`),
  ],
);

export const webhookDelivery = pgTable(
  'webhook_delivery',
  {
    alertId: bigint('alert_id', { mode: 'number' }).notNull(),
    url: text('url').notNull(),
    attempts: integer('attempts').notNull().default(0),
    deliveredAt: at('delivered_at'),
    lastError: text('last_error'),
    nextAttemptAt: now('next_attempt_at'),
  },
  (t) => [
    primaryKey({ columns: [t.alertId, t.url] }),
    index('webhook_to_deliver')
      .on(t.nextAttemptAt)
      .where(sql`${t.deliveredAt} is null and ${t.attempts} < 12`),
  ],
);

/**
 * How good the answers of one window turned out to be, measured when all of its rows are mature and again when more
 * labels come. Realised figures rest on labels; estimated ones on the probabilities alone; the two are never mixed.
 */
export const windowQuality = pgTable(
  'window_quality',
  {
    model: text('model').notNull(),
    windowNumber: integer('window_number').notNull(),
    rows: integer('rows').notNull(),
    /** Rows with a label by the time of measuring. */
    labelledRows: integer('labelled_rows').notNull(),
    /** Metric name to value, on the labelled rows, for the answers that were given; null until the window is mature. */
    realised: jsonb('realised').$type<Readonly<Record<string, number>>>(),
    /** The same metrics as the probabilities of the answers lead one to expect, on all rows; null where not defined. */
    estimated: jsonb('estimated').$type<Readonly<Record<string, number>>>(),
    /**
     * Value (the spec's currency) of the answers on `comparedRows`, and of what the first champion would have answered.
     */
    firstVersion: integer('first_version'),
    comparedRows: integer('compared_rows').notNull().default(0),
    value: doublePrecision('value'),
    firstValue: doublePrecision('first_value'),
    /** Variance of the sum of differences (value minus first value) over the compared rows. */
    differenceVariance: doublePrecision('difference_variance'),
    /** Realised metrics of the first champion on the compared rows. */
    firstRealised: jsonb('first_realised').$type<Readonly<Record<string, number>>>(),
  },
  (t) => [primaryKey({ columns: [t.model, t.windowNumber] })],
);

/**
 * What the quality of a window was expected to be when it closed, before its labels came: never changed, so that it can
 * be held against them. Only windows that one version answered alone.
 */
export const windowEstimate = pgTable(
  'window_estimate',
  {
    model: text('model').notNull(),
    windowNumber: integer('window_number').notNull(),
    /** The champion that answered it. */
    version: integer('version').notNull(),
    /** Whether its answers were corrected: what probabilities are worth then is another thing. */
    isCorrected: boolean('is_corrected').notNull(),
    /** By metric: the estimate, the interval that was stated (null where none was), and what it rests on. */
    stated: jsonb('stated').$type<Readonly<Record<string, StatedEstimate>>>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.windowNumber] }),
    index('window_estimate_by_version').on(t.model, t.version, t.isCorrected, t.windowNumber),
  ],
);

/** What a proxy said of a window when it closed: its mean over the rows that had a value by then. Never changed. */
export const windowProxy = pgTable(
  'window_proxy',
  {
    model: text('model').notNull(),
    windowNumber: integer('window_number').notNull(),
    name: text('name').notNull(),
    /** The champion that answered the window, alone. */
    version: integer('version').notNull(),
    rows: integer('rows').notNull(),
    mean: doublePrecision('mean').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.windowNumber, t.name] }),
    index('window_proxy_by_version').on(t.model, t.name, t.version, t.windowNumber),
  ],
);

/**
 * The sum of a model's measured windows, moved with each of them: a page adds nothing up. Money is kept as decimals,
 * so that taking away what was added before leaves no trace of rounding.
 */
export const qualityTotal = pgTable('quality_total', {
  model: text('model').primaryKey(),
  fromWindow: integer('from_window').notNull(),
  toWindow: integer('to_window').notNull(),
  rows: count('rows').notNull().default(0),
  labelledRows: count('labelled_rows').notNull().default(0),
  /** Windows and their rows that were compared with the first champion. */
  comparedWindows: count('compared_windows').notNull().default(0),
  comparedRows: count('compared_rows').notNull().default(0),
  value: numeric('value', { mode: 'number' }).notNull().default(0),
  firstValue: numeric('first_value', { mode: 'number' }).notNull().default(0),
  differenceVariance: numeric('difference_variance', { mode: 'number' }).notNull().default(0),
  firstVersion: integer('first_version'),
});

/**
 * The smallest loss that a champion of the model had right after its promotion, against which decay is judged beside
 * that of the champion itself. Numbers alone, of which nothing is ever added up: it does not grow.
 */
export const bestReference = pgTable('best_reference', {
  model: text('model').primaryKey(),
  /** Null, as what follows, when a person has reset it and no window has fixed a reference since. */
  version: integer('version'),
  windowNumber: integer('window_number'),
  reference: jsonb('reference').$type<LossReference>(),
  question: text('question'),
  /** References that it is the best of; 0 after a reset. */
  chosenFrom: integer('chosen_from').notNull().default(0),
  /** The last window that fixed a reference: one that is judged again counts once. */
  throughWindow: integer('through_window').notNull().default(0),
  since: now('since'),
  resetBy: text('reset_by'),
  resetReason: text('reset_reason'),
});
