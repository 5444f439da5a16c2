import { and, desc, eq, isNotNull, lt, sql, type SQL } from 'drizzle-orm';
import type { AuditType } from '../../domain/record/audit-types.ts';
import type { Db } from '../base/connect.ts';
import { audit } from '../schema/index.ts';

export type AuditRow = typeof audit.$inferSelect;

export interface AuditFilter {
  readonly model: string | null;
  readonly type: AuditType | null;
  /** Rows before this place; null from the latest. */
  readonly before: number | null;
  /** 1..1,000. */
  readonly limit: number;
  /** False leaves out rows of no model: tokens, sessions, followers. */
  readonly hasGlobal: boolean;
}

/** A page of the audit, latest first. */
export async function listAudit(db: Db, filter: AuditFilter): Promise<readonly AuditRow[]> {
  const conditions: SQL[] = [];
  if (filter.model !== null) conditions.push(eq(audit.model, filter.model));
  if (filter.type !== null) conditions.push(eq(audit.type, filter.type));
  if (filter.before !== null) conditions.push(lt(audit.seq, filter.before));
  if (!filter.hasGlobal) conditions.push(isNotNull(audit.model));
  return db
    .select()
    .from(audit)
    .where(and(...conditions))
    .orderBy(desc(audit.seq))
    .limit(filter.limit);
}

/** Rows after a place in their order, for following and for checking; at most `limit`. */
export async function auditAfter(db: Db, seq: number, limit: number): Promise<readonly AuditRow[]> {
  return db
    .select()
    .from(audit)
    .where(sql`${audit.seq} > ${seq}`)
    .orderBy(audit.seq)
    .limit(limit);
}

export async function findAudit(db: Db, seq: number): Promise<AuditRow | null> {
  const [row] = await db.select().from(audit).where(eq(audit.seq, seq));
  return row ?? null;
}

/** Place and hash of the last row; null when there is none. */
export async function auditHead(db: Db): Promise<{ readonly seq: number; readonly hash: string } | null> {
  const [row] = await db.select({ seq: audit.seq, hash: audit.hash }).from(audit).orderBy(desc(audit.seq)).limit(1);
  return row ?? null;
}
