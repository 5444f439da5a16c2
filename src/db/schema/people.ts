import { annotationKinds, commandStatuses, roles } from '../../domain/record/closed-sets.ts';
import { storedCommandKinds } from '../../domain/record/messages.ts';
import { sql } from 'drizzle-orm';
import { bigserial, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at, now, count } from './columns.ts';

export const token = pgTable('token', {
  tokenId: uuid('token_id').primaryKey(),
  name: text('name').notNull(),
  /** SHA-256 of the secret, hex. The secret itself is never stored. */
  secretHash: text('secret_hash').notNull().unique(),
  role: text('role', { enum: roles }).notNull(),
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

/** A command is a row before it is an Update: the row makes it idempotent across continue-as-new. */
export const command = pgTable(
  'command',
  {
    commandId: uuid('command_id').primaryKey(),
    model: text('model').notNull(),
    kind: text('kind', { enum: storedCommandKinds }).notNull(),
    actor: text('actor').notNull(),
    body: jsonb('body').$type<Record<string, unknown>>().notNull(),
    bodyHash: text('body_hash').notNull(),
    status: text('status', { enum: commandStatuses }).notNull(),
    answer: jsonb('answer').$type<Record<string, unknown>>(),
    /** What it is aimed at, resolved once: a version for a roll-back, a rollout for an approval. */
    target: jsonb('target').$type<Record<string, unknown>>(),
    createdAt: now('created_at'),
    answeredAt: at('answered_at'),
    /** When nothing was left to do for it; null while a workflow still owes it. */
    performedAt: at('performed_at'),
    /** Why nothing came of it; null when something did. */
    failure: text('failure'),
  },
  (t) => [
    index('command_by_model').on(t.model, t.createdAt),
    index('command_by_age').on(t.createdAt),
    index('command_unperformed')
      .on(t.model, t.createdAt, t.commandId)
      .where(sql`${t.performedAt} is null and ${t.kind} <> 'request'`),
  ],
);

/** What a command did to a model, written with the deed: the same command delivered again does nothing. */
export const commandEffect = pgTable(
  'command_effect',
  {
    commandId: uuid('command_id')
      .notNull()
      .references(() => command.commandId, { onDelete: 'cascade' }),
    model: text('model').notNull(),
    outcome: jsonb('outcome').$type<Record<string, unknown>>().notNull(),
    doneAt: now('done_at'),
  },
  (t) => [primaryKey({ columns: [t.commandId, t.model] })],
);

/** Words of people about a model (`version` null) or one of its versions. Never deleted, only taken back. */
export const annotation = pgTable(
  'annotation',
  {
    annotationId: bigserial('annotation_id', { mode: 'number' }).primaryKey(),
    model: text('model').notNull(),
    version: integer('version'),
    /** `description` and `owner` stand over what the spec says; the latest that was not taken back counts. */
    kind: text('kind', { enum: annotationKinds }).notNull(),
    text: text('text').notNull(),
    actor: text('actor').notNull(),
    createdAt: now('created_at'),
    removedAt: at('removed_at'),
  },
  (t) => [index('annotation_by_model').on(t.model, t.version)],
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
  /** The maker's token, or what it was rotated into: with its right the webhook ends. Null for one from before this. */
  tokenId: uuid('token_id'),
  createdAt: now('created_at'),
  removedAt: at('removed_at'),
});

/** What deliveries to a receiver are signed with, none of which leaves the database but to the person who rotates. */
export const signingSecret = pgTable(
  'signing_secret',
  {
    secretId: bigserial('secret_id', { mode: 'number' }).primaryKey(),
    /** `webhook/<id>`, or `alert/<url>` of an address in a definition. */
    receiver: text('receiver').notNull(),
    /** Base64; null stands for the installation's key, which signed before the receiver had a secret of its own. */
    secret: text('secret'),
    createdAt: now('created_at'),
    /** Until then it signs beside the newer one; null for the newest. */
    retiresAt: at('retires_at'),
  },
  (t) => [index('signing_secret_by_receiver').on(t.receiver)],
);

/** Files that were sent for an import, by token: what it may still send today. */
export const upload = pgTable(
  'upload',
  {
    uploadId: uuid('upload_id').primaryKey(),
    tokenId: uuid('token_id').notNull(),
    /** Reserved while it comes in, then what came. */
    bytes: count('bytes').notNull(),
    startedAt: now('started_at'),
  },
  (t) => [index('upload_by_token').on(t.tokenId, t.startedAt)],
);

/**
 * That somebody who may approve a model's rollouts has handed it to another name. It stands from `since` until `until`,
 * or until it was taken back; what was approved meanwhile stays approved.
 */
export const approvalDelegation = pgTable(
  'approval_delegation',
  {
    delegationId: bigserial('delegation_id', { mode: 'number' }).primaryKey(),
    model: text('model').notNull(),
    delegator: text('delegator').notNull(),
    delegate: text('delegate').notNull(),
    reason: text('reason').notNull(),
    since: now('since'),
    until: at('until').notNull(),
    endedAt: at('ended_at'),
    endedBy: text('ended_by'),
  },
  (t) => [index('approval_delegation_by_end').on(t.model, t.until)],
);
