import { and, desc, eq, gte, inArray, isNotNull, lt } from 'drizzle-orm';
import { auditTypes } from '../../domain/record/audit-types.ts';
import type { Db } from '../base/connect.ts';
import { audit, evidence } from '../schema/index.ts';
import { isFullScope, coveredBy } from './runs-scope.ts';

export type AuditLine = typeof audit.$inferSelect;

export interface AuditFilter {
  /** Rows about no model at all (tokens, sessions) are for a scope that covers all models. */
  readonly scope: string;
  readonly model: string | null;
  /** Whole type, or a beginning of it that ends with a dot. */
  readonly type: string | null;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly beforeSeq: number | null;
  readonly limit: number;
}

/** Rows of the audit, latest first, one more than the limit when there are more. */
export async function auditLines(db: Db, filter: AuditFilter): Promise<readonly AuditLine[]> {
  const { model, type, actor, subject, since, until, beforeSeq } = filter;
  return db
    .select()
    .from(audit)
    .where(
      and(
        isFullScope(filter.scope) ? undefined : and(isNotNull(audit.model), coveredBy(audit.model, filter.scope)),
        model === null ? undefined : eq(audit.model, model),
        type === null ? undefined : inArray(audit.type, typesOf(type)),
        actor === null ? undefined : eq(audit.actor, actor),
        subject === null ? undefined : eq(audit.subject, subject),
        since === null ? undefined : gte(audit.at, since),
        until === null ? undefined : lt(audit.at, until),
        beforeSeq === null ? undefined : lt(audit.seq, beforeSeq),
      ),
    )
    .orderBy(desc(audit.seq))
    .limit(filter.limit + 1);
}

/** A beginning that ends with a dot as the types that have it: an index is of no use for a beginning. */
function typesOf(type: string): string[] {
  return type.endsWith('.') ? Object.keys(auditTypes).filter((known) => known.startsWith(type)) : [type];
}

export interface EvidenceLine {
  readonly evidenceId: number;
  readonly model: string;
  readonly kind: string;
  readonly subject: string;
  readonly verdict: string;
  readonly body: Record<string, unknown>;
  readonly at: Date;
}

/** One piece of evidence by its id; null when there is none. */
export async function evidenceLine(db: Db, evidenceId: number): Promise<EvidenceLine | null> {
  const [row] = await db
    .select({
      evidenceId: evidence.evidenceId,
      model: evidence.model,
      kind: evidence.kind,
      subject: evidence.subject,
      verdict: evidence.verdict,
      body: evidence.body,
      at: evidence.createdAt,
    })
    .from(evidence)
    .where(eq(evidence.evidenceId, evidenceId));
  return row ?? null;
}
