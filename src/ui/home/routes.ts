import { everyModel, freeze } from '../../commands/control/freeze.ts';
import { kill } from '../../commands/control/kill.ts';
import { thaw } from '../../commands/control/thaw.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { commandFields } from '../form/fields.ts';
import { action } from '../frame/action.ts';
import { page } from '../frame/page.ts';
import { homePage } from './page.tsx';

/** The first page, and what it does to all models at once. */
export function homeRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/', homePage);
  for (const [name, verb] of Object.entries({ freeze, thaw, kill })) {
    action(app, dependencies, `/all-models/${name}`, commandFields, async (call, form) => {
      const { text } = await verb(call.command, { model: everyModel, ...form });
      return { to: '/', notice: text };
    });
  }
}
