import { createHash } from 'node:crypto';
import { auditAfter, auditHead, findAudit, type AuditRow } from './audit-rows.ts';
import type { Db } from '../base/connect.ts';

export interface AuditPlace {
  readonly seq: number;
  readonly hash: string;
}

export interface AuditCheck {
  /** The last row that was right; place 0 when there is none. */
  readonly head: AuditPlace;
  readonly checked: number;
  readonly wrong: { readonly seq: number; readonly why: string } | null;
  /** False when the time was over before the end of the record. */
  readonly isComplete: boolean;
}

export interface AuditCheckOptions {
  /** Begin after this row, which an earlier check found right. */
  readonly after?: AuditPlace | null;
  /** A row that must be there as it was noted: tells a cut tail, and a record written anew from the start. */
  readonly expect?: AuditPlace | null;
  readonly limitMs?: number;
}

const batchRows = 2_000;
export const auditStart: AuditPlace = { seq: 0, hash: '0'.repeat(64) };

/**
 * Follows the chain row by row and stops at the first that is wrong. Written from the description of the hash and not
 * from the SQL that makes it, so that a defect there shows here.
 */
export async function verifyAudit(db: Db, options: AuditCheckOptions = {}): Promise<AuditCheck> {
  const endsMs = performance.now() + (options.limitMs ?? Infinity);
  let head = options.after ?? auditStart;
  let checked = 0;
  const stopped = (seq: number, why: string): AuditCheck => ({ head, checked, wrong: { seq, why }, isComplete: true });
  if (head.seq > 0 && (await findAudit(db, head.seq))?.hash !== head.hash)
    return stopped(head.seq, 'it is gone, or is not the row that the last check ended with');
  const end = (await auditHead(db)) ?? auditStart;
  for (;;) {
    const rows = await auditAfter(db, head.seq, batchRows);
    for (const row of rows) {
      const why = faultOf(row, head) ?? unexpected(row, options.expect ?? null);
      if (why !== null) return stopped(why === gap ? head.seq + 1 : row.seq, why);
      head = { seq: row.seq, hash: row.hash };
      checked += 1;
    }
    // Rows that are appended meanwhile are for the next check: a busy installation must not keep this one going for
    // ever.
    if (rows.length < batchRows || head.seq >= end.seq) break;
    if (performance.now() > endsMs) return { head, checked, wrong: null, isComplete: false };
  }
  const { expect = null } = options;
  if (expect !== null && expect.seq > head.seq)
    return stopped(head.seq + 1, `the record ends before row ${expect.seq}, which was there when it was noted`);
  return { head, checked, wrong: null, isComplete: true };
}

const gap = 'it is missing';

function faultOf(row: AuditRow, before: AuditPlace): string | null {
  if (row.seq !== before.seq + 1) return gap;
  if (row.previousHash !== before.hash) return 'it does not follow from the row before it';
  if (row.hash !== auditHash(row)) return 'its content is not what was hashed';
  return null;
}

function unexpected(row: AuditRow, expect: AuditPlace | null): string | null {
  return expect !== null && row.seq === expect.seq && row.hash !== expect.hash
    ? 'its hash is not the one that was noted'
    : null;
}

/**
 * SHA-256 (hex) over the hash of the row before and the fields in this order, each as a netstring without its comma
 * (bytes, colon, text) and an absent one as a dash: no two different rows give the same text.
 */
export function auditHash(row: Omit<AuditRow, 'hash'>): string {
  const fields = [
    String(row.seq),
    row.eventId,
    String(row.at.getTime()),
    row.type,
    row.model,
    row.subject,
    row.actor,
    row.tokenId,
    row.reason,
    row.runId,
    row.evidenceId === null ? null : String(row.evidenceId),
    row.data,
  ];
  const line = fields.map((field) => (field === null ? '-' : `${Buffer.byteLength(field)}:${field}`)).join('');
  return createHash('sha256')
    .update(row.previousHash + line)
    .digest('hex');
}
