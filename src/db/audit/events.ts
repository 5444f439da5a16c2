import { and, asc, gt, inArray, lte, max, sql } from 'drizzle-orm';
import type { AuditType } from '../../domain/record/audit-types.ts';
import type { FeedRow } from '../../domain/record/cloud-event.ts';
import type { Db } from '../base/connect.ts';
import { audit, installation } from '../schema/index.ts';

/** Rows of the audit that one read goes past at most: a narrow filter over a long feed is read in several. */
const scannedMax = 20_000;

export interface FeedFilter {
  /** Events with a larger place. */
  readonly after: number;
  readonly types: readonly AuditType[];
  /** Globs over model names; an event must fit all of them. */
  readonly globs: readonly string[];
  /** 1..1,000. */
  readonly limit: number;
}

export interface FeedPage {
  readonly rows: readonly FeedRow[];
  /** Where to go on; larger than the last event when what follows it does not fit the filter. */
  readonly next: number;
  /** The last place there is, whatever it holds. */
  readonly latest: number;
}

/** A page of the feed in the order of commits. An event without a model is for those who may see every model. */
export async function readFeed(db: Db, filter: FeedFilter): Promise<FeedPage> {
  const latest = await latestSeq(db);
  if (latest <= filter.after) return { rows: [], next: filter.after, latest };
  const through = Math.min(latest, filter.after + scannedMax);
  const rows = await db
    .select({
      seq: audit.seq,
      eventId: audit.eventId,
      at: audit.at,
      type: audit.type,
      model: audit.model,
      subject: audit.subject,
      actor: audit.actor,
      reason: audit.reason,
      runId: audit.runId,
      evidenceId: audit.evidenceId,
      data: audit.data,
    })
    .from(audit)
    .where(
      and(
        gt(audit.seq, filter.after),
        lte(audit.seq, through),
        inArray(audit.type, [...filter.types]),
        ...filter.globs.map((glob) => sql`coalesce(${audit.model}, '') like ${likeOf(glob)}`),
      ),
    )
    .orderBy(asc(audit.seq))
    .limit(filter.limit);
  return { rows, next: rows.length === filter.limit ? (rows.at(-1)?.seq ?? through) : through, latest };
}

/** The last place in the audit; 0 before the first row. */
export async function latestSeq(db: Db): Promise<number> {
  const [row] = await db.select({ seq: max(audit.seq) }).from(audit);
  return row?.seq ?? 0;
}

/** The id that events name as their source; null before a worker has claimed its namespace. */
export async function readInstallationId(db: Db): Promise<string | null> {
  const [row] = await db.select({ id: installation.installationId }).from(installation).limit(1);
  return row?.id ?? null;
}

/** `*` stands for any text and nothing else is special, as in src/access/scope.ts. */
function likeOf(glob: string): string {
  return glob.replace(/[\\%_]/g, '\\$&').replace(/\*+/g, '%');
}
