import { auditTypes, type AuditType } from './audit-types.ts';
import { PerennialError } from '../words/errors.ts';
import { cut } from '../words/cut.ts';

/** A row of the audit, as the feed needs it. */
export interface FeedRow {
  readonly seq: number;
  readonly eventId: string;
  readonly at: Date;
  readonly type: string;
  readonly model: string | null;
  readonly subject: string;
  readonly actor: string;
  readonly reason: string;
  readonly runId: string | null;
  readonly evidenceId: number | null;
  /** JSON text. */
  readonly data: string;
}

/** CloudEvents 1.0 in JSON. `id` stays the same however often an event is delivered: a receiver dedupes by it. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  /** `urn:uuid:<installation>`. */
  readonly source: string;
  readonly type: string;
  /** Business identity: `fraud/v3`, `rollout/fraud/3/1`. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Place in the feed, growing; the cursor to go on from. */
  readonly perennialseq: number;
  readonly data: {
    readonly model: string | null;
    readonly actor: string;
    readonly reason: string;
    readonly runId: string | null;
    readonly evidenceId: number | null;
    readonly detail: Readonly<Record<string, unknown>>;
  };
}

export const eventsMediaType = 'application/cloudevents-batch+json';

/** Lifecycle events, by type; the other rows of the audit stay private. */
export const feedTypes: readonly AuditType[] = Object.entries(auditTypes).flatMap(([type, row]) =>
  row.isInFeed && isAuditType(type) ? [type] : [],
);

/**
 * The types that begin with one of the prefixes, all for none. Throws `invalid_request` for a prefix that no event can
 * have.
 */
export function feedTypesUnder(prefixes: readonly string[]): readonly AuditType[] {
  if (prefixes.length === 0) return feedTypes;
  const isUnder = (type: string, prefix: string): boolean =>
    type === prefix || type.startsWith(prefix.endsWith('.') ? prefix : `${prefix}.`);
  for (const prefix of prefixes) {
    if (feedTypes.some((type) => isUnder(type, prefix))) continue;
    throw new PerennialError(
      'invalid_request',
      `No event has the type "${cut(prefix, 100)}". There is: ${feedTypes.join(', ')}.`,
      { path: 'types', hint: 'Name types or their beginnings, such as "perennial.rollout".' },
    );
  }
  return feedTypes.filter((type) => prefixes.some((prefix) => isUnder(type, prefix)));
}

export function cloudEventOf(row: FeedRow, installationId: string): CloudEvent {
  const { model, actor, reason, runId, evidenceId } = row;
  return {
    specversion: '1.0',
    id: row.eventId,
    source: `urn:uuid:${installationId}`,
    type: row.type,
    subject: row.subject,
    time: row.at.toISOString(),
    datacontenttype: 'application/json',
    perennialseq: row.seq,
    data: { model, actor, reason, runId, evidenceId, detail: detailOf(row.data) },
  };
}

function detailOf(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function isAuditType(text: string): text is AuditType {
  return Object.hasOwn(auditTypes, text);
}
