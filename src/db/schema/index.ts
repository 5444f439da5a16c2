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
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import type { RoutingEntry } from '../../domain/rollout/routing.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { TrainReport } from '../../domain/training/training.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
const now = (name: string) => at(name).notNull().defaultNow();
const count = (name: string) => bigint(name, { mode: 'number' });

/** One row: which installation this database belongs to, and the Temporal namespace that it has claimed. */
export const installation = pgTable('installation', {
  installationId: uuid('installation_id').primaryKey(),
  temporalNamespace: text('temporal_namespace').notNull(),
  createdAt: now('created_at'),
});

export const token = pgTable('token', {
  tokenId: uuid('token_id').primaryKey(),
  name: text('name').notNull(),
  /** SHA-256 of the secret, hex. The secret itself is never stored. */
  secretHash: text('secret_hash').notNull().unique(),
  role: text('role').notNull(),
  /** Glob over model names: `*`, `payments.*`, `fraud`. */
  scope: text('scope').notNull(),
  createdBy: text('created_by'),
  createdAt: now('created_at'),
  expiresAt: at('expires_at'),
  revokedAt: at('revoked_at'),
  /** To the minute: written at most once a minute per process. */
  lastUsedAt: at('last_used_at'),
  /** The token that this one was rotated into; it lives on for the grace time that was asked for. */
  rotatedInto: uuid('rotated_into'),
});

/** A signed-in browser. The cookie's secret is stored as its hash; what it may do is what its token may do now. */
export const session = pgTable(
  'session',
  {
    secretHash: text('secret_hash').primaryKey(),
    tokenId: uuid('token_id')
      .notNull()
      .references(() => token.tokenId),
    /** SHA-256 of the secret that every form of this session must carry. */
    csrfHash: text('csrf_hash').notNull(),
    createdAt: now('created_at'),
    expiresAt: at('expires_at').notNull(),
    endedAt: at('ended_at'),
  },
  (t) => [index('session_by_expiry').on(t.expiresAt)],
);

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
    spec: jsonb('spec').$type<ModelSpec>().notNull(),
    actor: text('actor').notNull(),
    createdAt: now('created_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.revision] })],
);

/** A command is a row before it is an Update: the row makes it idempotent across continue-as-new. */
export const command = pgTable(
  'command',
  {
    commandId: uuid('command_id').primaryKey(),
    model: text('model').notNull(),
    kind: text('kind').notNull(),
    actor: text('actor').notNull(),
    body: jsonb('body').$type<Record<string, unknown>>().notNull(),
    bodyHash: text('body_hash').notNull(),
    status: text('status').$type<'accepted' | 'done' | 'refused'>().notNull(),
    answer: jsonb('answer').$type<Record<string, unknown>>(),
    createdAt: now('created_at'),
    answeredAt: at('answered_at'),
  },
  (t) => [index('command_by_model').on(t.model, t.createdAt)],
);

export const snapshot = pgTable(
  'snapshot',
  {
    digest: text('digest').primaryKey(),
    model: text('model').notNull(),
    specRevision: integer('spec_revision').notNull(),
    kind: text('kind').$type<'history' | 'traffic'>().notNull(),
    sourceDigest: text('source_digest').notNull(),
    rows: count('rows').notNull(),
    quarantinedRows: count('quarantined_rows').notNull(),
    /** Traffic snapshots: labels and rows up to the end of this window; 0 for history. */
    throughWindow: integer('through_window').notNull().default(0),
    manifest: jsonb('manifest').$type<SnapshotManifest>().notNull(),
    createdAt: now('created_at'),
  },
  (t) => [index('snapshot_by_model').on(t.model, t.createdAt)],
);

/** One execution of a workflow; `run_id` is its workflow id, the same here and in the Temporal Web UI. */
export const run = pgTable(
  'run',
  {
    runId: text('run_id').primaryKey(),
    model: text('model').notNull(),
    kind: text('kind').$type<'ingest' | 'train' | 'rollout' | 'guard' | 'import'>().notNull(),
    status: text('status').$type<'running' | 'completed' | 'failed' | 'cancelled' | 'lost'>().notNull(),
    trigger: text('trigger'),
    temporalRunId: text('temporal_run_id'),
    detail: text('detail'),
    input: jsonb('input').$type<Record<string, unknown>>().notNull(),
    output: jsonb('output').$type<Record<string, unknown>>(),
    startedAt: now('started_at'),
    endedAt: at('ended_at'),
  },
  (t) => [
    index('run_by_model').on(t.model, t.startedAt),
    index('run_by_time').on(t.startedAt, t.runId),
    index('run_under_way')
      .on(t.model)
      .where(sql`${t.status} = 'running'`),
  ],
);

export const version = pgTable(
  'version',
  {
    model: text('model').notNull(),
    version: integer('version').notNull(),
    runId: text('run_id').notNull().unique(),
    status: text('status').$type<'released' | 'rejected' | 'experiment'>().notNull(),
    /** Made here by a training, or brought by `perennial import`. */
    origin: text('origin').$type<'trained' | 'imported'>().notNull().default('trained'),
    specRevision: integer('spec_revision').notNull(),
    modelDigest: text('model_digest').notNull(),
    profileDigest: text('profile_digest').notNull(),
    /** Digest of the correction that it starts with. */
    correction: text('correction').notNull(),
    threshold: doublePrecision('threshold'),
    snapshots: jsonb('snapshots').$type<readonly string[]>().notNull(),
    report: jsonb('report').$type<TrainReport>().notNull(),
    /** Labelled rows it was trained from, and the window that was its cut-off. */
    labelledRows: count('labelled_rows').notNull(),
    throughWindow: integer('through_window').notNull(),
    gateEvidenceId: bigint('gate_evidence_id', { mode: 'number' }),
    gateVerdict: text('gate_verdict').notNull(),
    createdAt: now('created_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.version] })],
);

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
    evidenceId: bigint('evidence_id', { mode: 'number' }),
    routingRevision: integer('routing_revision').notNull(),
    movedAt: now('moved_at'),
  },
  (t) => [
    index('alias_move_by_model').on(t.model, t.alias, t.movedAt),
    unique('alias_move_once').on(t.model, t.alias, t.routingRevision),
  ],
);

/**
 * The numbers behind a verdict. `subject` is a business identity, so that a retried activity finds its first answer.
 */
export const evidence = pgTable(
  'evidence',
  {
    evidenceId: bigserial('evidence_id', { mode: 'number' }).primaryKey(),
    model: text('model').notNull(),
    kind: text('kind')
      .$type<'contract' | 'gate' | 'look' | 'promotion' | 'window' | 'retrain' | 'guard' | 'preflight' | 'correction'>()
      .notNull(),
    subject: text('subject').notNull(),
    verdict: text('verdict').notNull(),
    body: jsonb('body').$type<Record<string, unknown>>().notNull(),
    createdAt: now('created_at'),
  },
  (t) => [unique('evidence_once').on(t.model, t.kind, t.subject)],
);

export const rollout = pgTable(
  'rollout',
  {
    model: text('model').notNull(),
    version: integer('version').notNull(),
    attempt: integer('attempt').notNull(),
    status: text('status').$type<'active' | 'held' | 'promoted' | 'rolled-back'>().notNull(),
    /** -1 before the shadow has begun, 0 shadow, 1.. canary steps, then the wait for paired evidence. */
    step: integer('step').notNull().default(-1),
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
    /** A person's word, waiting for the workflow. */
    requested: text('requested').$type<'approve' | 'abort'>(),
    requestedBy: text('requested_by'),
    requestedReason: text('requested_reason'),
    heldSince: at('held_since'),
    reason: text('reason'),
    evidenceId: bigint('evidence_id', { mode: 'number' }),
    startedAt: now('started_at'),
    endedAt: at('ended_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.version, t.attempt] })],
);

/** First exposure and first failure of an entity in a rollout: the statistical unit of the canary. */
export const rolloutEntity = pgTable(
  'rollout_entity',
  {
    model: text('model').notNull(),
    version: integer('version').notNull(),
    attempt: integer('attempt').notNull(),
    /** Entity hash, or `request:<prediction id>` for rows without an entity. */
    entity: text('entity').notNull(),
    arm: text('arm').notNull(),
    firstSeq: count('first_seq').notNull(),
    failedSeq: count('failed_seq'),
    failedArm: text('failed_arm'),
    failedWeight: count('failed_weight'),
    failureKind: text('failure_kind'),
  },
  (t) => [primaryKey({ columns: [t.model, t.version, t.attempt, t.entity] })],
);

/** One row per model. The lease has a column of its own: renewing it must not raise the revision. */
export const routing = pgTable('routing', {
  model: text('model').primaryKey(),
  revision: integer('revision').notNull(),
  entry: jsonb('entry').$type<RoutingEntry>().notNull(),
  leaseUntil: at('lease_until'),
  updatedAt: now('updated_at'),
});

export const servingMember = pgTable('serving_member', {
  processId: uuid('process_id').primaryKey(),
  leaseUntil: at('lease_until').notNull(),
  startedAt: now('started_at'),
});

export const routingAck = pgTable(
  'routing_ack',
  {
    processId: uuid('process_id').notNull(),
    model: text('model').notNull(),
    revision: integer('revision').notNull(),
    ackedAt: now('acked_at'),
  },
  (t) => [primaryKey({ columns: [t.processId, t.model] })],
);

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
});

export const segment = pgTable('segment', {
  segmentId: text('segment_id').primaryKey(),
  processId: text('process_id').notNull(),
  predictions: integer('predictions').notNull(),
  labels: integer('labels').notNull(),
  storedAt: now('stored_at'),
});

export const prediction = pgTable(
  'prediction',
  {
    model: text('model').notNull(),
    predictionId: text('prediction_id').notNull(),
    /** Position in the model's traffic, 1, 2, 3, … without gaps. */
    seq: count('seq').notNull(),
    windowNumber: integer('window_number').notNull(),
    requestedAt: at('requested_at').notNull(),
    eventTimeMs: count('event_time_ms'),
    entityHash: text('entity_hash'),
    bucket: count('bucket').notNull(),
    arm: text('arm').notNull(),
    stage: text('stage').notNull(),
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
    otherDecision: text('other_decision'),
    failed: boolean('failed').notNull(),
    latencyUs: integer('latency_us').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.predictionId] }),
    unique('prediction_by_seq').on(t.model, t.seq),
    index('prediction_by_entity').on(t.model, t.entityHash, t.eventTimeMs),
  ],
);

/** Append-only; the current label of a prediction is the one with the largest `label_seq`. */
export const label = pgTable(
  'label',
  {
    labelSeq: bigserial('label_seq', { mode: 'number' }).primaryKey(),
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
    receivedAt: at('received_at').notNull(),
  },
  (t) => [
    unique('label_once').on(t.model, t.labelId),
    index('label_by_prediction').on(t.model, t.predictionId),
    index('label_by_known').on(t.model, t.knownSeq),
    index('label_by_entity').on(t.model, t.entityHash, t.eventTimeMs),
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
  },
  (t) => [primaryKey({ columns: [t.model, t.number] }), index('window_unjudged').on(t.judgedAt, t.closedAt)],
);

/** Counters of one window, binned by the reference profile of the version; committed with the rows of their segment. */
export const counter = pgTable(
  'counter',
  {
    model: text('model').notNull(),
    windowNumber: integer('window_number').notNull(),
    version: integer('version').notNull(),
    arm: text('arm').notNull(),
    routingRevision: integer('routing_revision').notNull(),
    rows: integer('rows').notNull(),
    failed: integer('failed').notNull(),
    slow: integer('slow').notNull(),
    latencySumUs: count('latency_sum_us').notNull(),
    latencyMaxUs: count('latency_max_us').notNull(),
    /** Per feature of the profile, then the prediction: cell counts (src/domain/training/profile.ts). */
    cells: jsonb('cells').$type<readonly (readonly number[])[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.model, t.windowNumber, t.version, t.arm, t.routingRevision] })],
);

/** Every "retrain" and every "did not retrain because …". */
export const decision = pgTable(
  'decision',
  {
    model: text('model').notNull(),
    /** `window/12`, `command/<id>`, `apply/3`. */
    key: text('key').notNull(),
    windowNumber: integer('window_number').notNull(),
    retrain: boolean('retrain').notNull(),
    trigger: text('trigger'),
    blockedBy: text('blocked_by'),
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
  ],
);

export const alert = pgTable(
  'alert',
  {
    alertId: bigserial('alert_id', { mode: 'number' }).primaryKey(),
    model: text('model').notNull(),
    kind: text('kind').notNull(),
    /** One open alert per (model, kind, subject): a condition that lasts does not ring again. */
    subject: text('subject').notNull(),
    severity: text('severity').$type<'info' | 'warning' | 'critical'>().notNull(),
    title: text('title').notNull(),
    body: text('body').notNull(),
    openedAt: now('opened_at'),
    closedAt: at('closed_at'),
    /** A person who closed it by hand, and why; null when it closed by itself. */
    closedBy: text('closed_by'),
    closedReason: text('closed_reason'),
  },
  (t) => [unique('alert_once').on(t.model, t.kind, t.subject), index('alert_by_model').on(t.model, t.openedAt)],
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
  (t) => [primaryKey({ columns: [t.alertId, t.url] }), index('webhook_due').on(t.deliveredAt, t.nextAttemptAt)],
);

/** While a row stands, nothing automatic changes the model (`*`: any model). Its end is in the audit. */
export const freeze = pgTable('freeze', {
  model: text('model').primaryKey(),
  kind: text('kind').$type<'freeze' | 'kill'>().notNull(),
  actor: text('actor').notNull(),
  reason: text('reason').notNull(),
  since: now('since'),
});

/** Words of people about a model (`version` null) or one of its versions. Never deleted, only taken back. */
export const annotation = pgTable(
  'annotation',
  {
    annotationId: bigserial('annotation_id', { mode: 'number' }).primaryKey(),
    model: text('model').notNull(),
    version: integer('version'),
    /** `description` and `owner` stand over what the spec says; the latest that was not taken back counts. */
    kind: text('kind').$type<'tag' | 'note' | 'description' | 'owner'>().notNull(),
    text: text('text').notNull(),
    actor: text('actor').notNull(),
    createdAt: now('created_at'),
    removedAt: at('removed_at'),
    removedBy: text('removed_by'),
  },
  (t) => [index('annotation_by_model').on(t.model, t.version)],
);

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

/** Who follows the feed. `cursor` is the last `seq` that was delivered; setting it back replays. */
export const webhook = pgTable('webhook', {
  webhookId: uuid('webhook_id').primaryKey(),
  url: text('url').notNull(),
  /** Glob over model names. */
  models: text('models').notNull(),
  /** Prefixes of event types; empty for all. */
  types: text('types').array().notNull(),
  cursor: count('cursor').notNull(),
  attempts: integer('attempts').notNull().default(0),
  nextAttemptAt: now('next_attempt_at'),
  lastDeliveredAt: at('last_delivered_at'),
  lastError: text('last_error'),
  createdBy: text('created_by').notNull(),
  createdAt: now('created_at'),
  removedAt: at('removed_at'),
});

/**
 * How good the answers of one window turned out to be, re-measured while its labels mature. Realised figures rest on
 * labels; estimated ones on the probabilities alone; the two are never mixed.
 */
export const windowQuality = pgTable(
  'window_quality',
  {
    model: text('model').notNull(),
    windowNumber: integer('window_number').notNull(),
    rows: integer('rows').notNull(),
    /** Rows with a label by the time of measuring. */
    labelledRows: integer('labelled_rows').notNull(),
    /** Metric name to value, on the labelled rows, for the answers that were given; null without labels. */
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
    measuredAt: now('measured_at'),
  },
  (t) => [primaryKey({ columns: [t.model, t.windowNumber] })],
);
