import { apiRoutes } from './api/routes.ts';
import { createControlApp, type Api } from './control/app.ts';
import type { ApiDependencies } from './control/environment.ts';
import { pageRoutes } from './ui/routes.ts';

/** The control port as it is served: the API first, then the pages. */
export function createApi(dependencies: ApiDependencies): Api {
  return createControlApp(dependencies, [apiRoutes, pageRoutes]);
}
