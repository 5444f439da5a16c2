import { canonicalJson } from '../../domain/words/canonical.ts';
import type { AuditEntry } from '../../domain/record/audit-types.ts';
import type { Db } from '../base/connect.ts';
import { auditStaged } from '../schema/index.ts';
import { formatSubject } from '../../domain/record/audit-subject.ts';
import { cut } from '../../domain/words/cut.ts';
import { charsMax } from '../../domain/words/limits.ts';

/**
 * Appends to the audit, in the transaction of the change that it tells of: both are there or neither is. The row takes
 * its place at commit (migrations/0002_audit.sql), so callers need no order among their locks.
 */
export async function appendAudit(tx: Db, entry: AuditEntry): Promise<void> {
  await tx.insert(auditStaged).values({
    type: entry.type,
    model: entry.model,
    subject: formatSubject(entry.subject),
    actor: entry.actor,
    tokenId: entry.tokenId ?? null,
    reason: cut(entry.reason, charsMax.words),
    runId: entry.runId ?? null,
    evidenceId: entry.evidenceId ?? null,
    data: canonicalJson(entry.data ?? {}),
  });
}
