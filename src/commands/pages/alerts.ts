import { authorise } from '../../access/principal.ts';
import { alertKindsSeen, alertLines, alertsPerPage, type AlertFilter, type AlertLine } from '../../db/pages/alerts.ts';
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
  const [lines, kinds] = await Promise.all([
    alertLines(database.db, { ...filter, scope: principal.scope }),
    alertKindsSeen(database.db, principal.scope),
  ]);
  return { alerts: lines.slice(0, alertsPerPage), kinds, hasNext: lines.length > alertsPerPage };
}
