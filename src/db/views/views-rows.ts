import type { AlertView, DecisionView, RunView } from '../../contracts/http/views.ts';
import type { alert, decision, run } from '../schema/index.ts';

/** Rows as they are read by people and programs: instants as text, nothing else changed. */
export function runViewOf(row: typeof run.$inferSelect): RunView {
  return {
    runId: row.runId,
    model: row.model,
    kind: row.kind,
    status: row.status,
    trigger: row.trigger,
    detail: row.detail,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

export function alertViewOf(row: typeof alert.$inferSelect): AlertView {
  return {
    alertId: row.alertId,
    model: row.model,
    kind: row.kind,
    subject: row.subject,
    severity: row.severity,
    title: row.title,
    body: row.body,
    openedAt: row.openedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
  };
}

export function decisionViewOf(row: typeof decision.$inferSelect): DecisionView {
  return {
    key: row.key,
    windowNumber: row.windowNumber,
    retrain: row.retrain,
    trigger: row.trigger,
    blockedBy: row.blockedBy,
    reason: row.reason,
    runId: row.runId,
    at: row.createdAt.toISOString(),
  };
}

/** A scope's glob as a LIKE pattern: `*` is any text, everything else itself. */
export function likePatternOf(glob: string): string {
  return glob.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll('*', '%');
}
