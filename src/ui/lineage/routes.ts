import { lineage } from '../../commands/record/lineage.ts';
import type { Api } from '../../control/app.ts';
import type { ApiDependencies } from '../../control/environment.ts';
import { page } from '../frame/page.ts';
import { render } from '../frame/render.ts';
import { LineagePage } from './page.tsx';

/** The page that draws where something came from, and what came of it. */
export function lineagePageRoutes(app: Api, dependencies: ApiDependencies): void {
  page(app, dependencies, '/models/{name}/lineage', async (call) => {
    const asked = { of: call.query('of') ?? '', direction: 'both' } as const;
    return render(LineagePage({ call, found: await lineage(call.command, call.path('name'), asked, dependencies) }));
  });
}
