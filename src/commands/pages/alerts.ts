import { authorise } from '../../access/principal.ts';
import { alertLines, alertsPerPage, type AlertFilter, type AlertLine } from '../../db/pages/alerts.ts';
import { alertKinds } from '../../domain/record/closed-sets.ts';
import type { CommandContext } from '../base/context.ts';

export interface AlertsView {
  readonly alerts: readonly AlertLine[];
  readonly kinds: readonly string[];
  readonly hasNext: boolean;
}

/** Alerts of the models that the scope covers: what is open by severity, what was closed by when. */
export async function alertsPage(context: CommandContext, filter: Omit<AlertFilter, 'scope'>): Promise<AlertsView> {
  const { principal, database } = context;
  authorise(principal, 'read', filter.model);
  const lines = await alertLines(database.db, { ...filter, scope: principal.scope });
  return { alerts: lines.slice(0, alertsPerPage), kinds: alertKinds, hasNext: lines.length > alertsPerPage };
}
