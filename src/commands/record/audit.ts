import { authorise, authoriseEverywhere, hasFullScope } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { AuditVerified, AuditView } from '../../contracts/http/audit.ts';
import { findAudit, listAudit, type AuditRow } from '../../db/audit/audit-rows.ts';
import { auditStart, verifyAudit, type AuditPlace } from '../../db/audit/audit-verify.ts';
import type { AuditType } from '../../domain/record/audit-types.ts';
import type { CommandContext } from '../base/context.ts';

export interface ListAuditInput {
  readonly model: string | null;
  readonly type: AuditType | null;
  readonly before: number | null;
  readonly limit: number;
}

export interface AuditPage {
  readonly rows: readonly AuditView[];
  /** For `before`; null when there is nothing older. */
  readonly next: number | null;
}

/** Rows read at most for one page: somebody who sees few models must not make the server read the whole record. */
const readMax = 5_000;
const verifyLimitMs = 5_000;

/**
 * What happened and who did it, latest first. A token with a narrower scope sees the rows of its models only; rows of
 * no model (tokens, sessions, followers) are for those who see all. A page may be short of `limit` and still have a
 * `next`.
 */
export async function listAuditRows(context: CommandContext, input: ListAuditInput): Promise<AuditPage> {
  const { principal, database, bus } = context;
  authorise(principal, 'audit', input.model);
  const seesAll = hasFullScope(principal);
  const rows: AuditRow[] = [];
  let before = input.before;
  let read = 0;
  for (;;) {
    const found = await listAudit(database.db, {
      ...input,
      before,
      limit: seesAll ? input.limit : 1_000,
      hasGlobal: seesAll,
    });
    for (const row of found) {
      before = row.seq;
      if (seesAll || (row.model !== null && isInScope(principal.scope, row.model))) rows.push(row);
      if (rows.length === input.limit) return { rows: rows.map((kept) => viewOf(kept, bus)), next: before };
    }
    read += found.length;
    if (found.length < (seesAll ? input.limit : 1_000))
      return { rows: rows.map((kept) => viewOf(kept, bus)), next: null };
    if (read >= readMax) return { rows: rows.map((kept) => viewOf(kept, bus)), next: before };
  }
}

/** Checks the chain from a place on, for at most five seconds. Only an admin for all models may: it reads every row. */
export async function verifyAuditChain(
  context: CommandContext,
  input: { readonly after: AuditPlace | null; readonly expect: AuditPlace | null },
): Promise<AuditVerified> {
  authoriseEverywhere(context.principal, 'tokens');
  const { db } = context.database;
  const { after, expect } = input;
  // A noted row that lies before the start of this check is looked at by itself.
  const passed =
    after !== null && expect !== null && expect.seq <= after.seq && expect.seq > 0
      ? await findAudit(db, expect.seq)
      : undefined;
  if (expect !== null && passed !== undefined && passed?.hash !== expect.hash) {
    return {
      intact: false,
      checked: 0,
      wrong: { seq: expect.seq, why: 'it is gone, or its hash is not the one that was noted' },
      head: textOf(after ?? auditStart),
      isComplete: true,
    };
  }
  const check = await verifyAudit(db, { after, expect, limitMs: verifyLimitMs });
  return {
    intact: check.wrong === null,
    checked: check.checked,
    wrong: check.wrong,
    head: textOf(check.head),
    isComplete: check.isComplete,
  };
}

function textOf(place: AuditPlace): string {
  return `${place.seq}:${place.hash}`;
}

function viewOf(row: AuditRow, bus: CommandContext['bus']): AuditView {
  const data: unknown = JSON.parse(row.data);
  return {
    seq: row.seq,
    eventId: row.eventId,
    at: row.at.toISOString(),
    type: row.type,
    model: row.model,
    subject: row.subject,
    actor: row.actor,
    tokenId: row.tokenId,
    reason: row.reason,
    runId: row.runId,
    runLink: row.runId === null ? null : bus.uiUrl(row.runId),
    evidenceId: row.evidenceId,
    data: typeof data === 'object' && data !== null ? { ...data } : {},
    hash: row.hash,
  };
}
