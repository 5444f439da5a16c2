import { closeAlert } from '../../commands/watching/close-alert.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { cut } from '../../domain/words/cut.ts';
import { reason } from '../form/fields.ts';
import { action } from '../frame/action.ts';
import { page } from '../frame/page.ts';
import { alertsList } from './page.tsx';

/** What needs attention, and saying that it has been seen to. */
export function alertRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/alerts', alertsList);
  action(app, dependencies, '/alerts/{id}/close', { reason }, async (call, form) => {
    await closeAlert(call.command, { alertId: alertIdIn(call.path('id')), ...form });
    return { to: '/alerts', notice: 'The alert is closed; it rings again when the condition comes back.' };
  });
}

function alertIdIn(id: string): number {
  if (/^[1-9]\d{0,15}$/.test(id)) return Number(id);
  throw new PerennialError('not_found', `There is no alert "${cut(id, 40)}".`, {
    hint: 'Use one of the alerts listed at /alerts.',
  });
}
