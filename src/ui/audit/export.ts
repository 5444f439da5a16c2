import type { AuditLine } from '../../db/pages/audit.ts';
import { attachment } from '../download/attachment.ts';
import { csvLine } from '../download/csv.ts';

export type ExportFormat = 'csv' | 'ndjson';

const types = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const;
const columns = [
  'seq',
  'at',
  'type',
  'model',
  'subject',
  'actor',
  'reason',
  'runId',
  'evidenceId',
  'data',
  'previousHash',
  'hash',
] as const;

/** Rows as a file, sent while they are read: memory holds one batch. */
export function auditFile(batches: AsyncGenerator<readonly AuditLine[]>, format: ExportFormat): Response {
  const encoder = new TextEncoder();
  let isFirst = true;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (isFirst && format === 'csv') controller.enqueue(encoder.encode(csvLine(columns)));
      isFirst = false;
      const { done, value } = await batches.next();
      if (done === true) controller.close();
      else
        controller.enqueue(
          encoder.encode(value.map((row) => (format === 'csv' ? csvOf(row) : ndjsonOf(row))).join('')),
        );
    },
    async cancel() {
      await batches.return(undefined);
    },
  });
  return attachment(`perennial-audit.${format}`, types[format], body);
}

function csvOf(row: AuditLine): string {
  return csvLine([
    row.seq,
    row.at.toISOString(),
    row.type,
    row.model,
    row.subject,
    row.actor,
    row.reason,
    row.runId,
    row.evidenceId,
    row.data,
    row.previousHash,
    row.hash,
  ]);
}

function ndjsonOf(row: AuditLine): string {
  const data: unknown = JSON.parse(row.data);
  return `${JSON.stringify({ ...row, at: row.at.toISOString(), data })}\n`;
}
