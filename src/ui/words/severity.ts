import type { AlertSeverity } from '../../domain/record/closed-sets.ts';

/** The colour of an alert's word. */
export function severityKind(severity: AlertSeverity): string {
  return { info: 'info', warning: 'warn', critical: 'bad' }[severity];
}
