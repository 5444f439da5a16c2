import type { Api } from '../api/app.ts';
import type { ApiDependencies } from '../api/environment.ts';
import { alertsList } from './alerts/alerts-page.tsx';
import { assetRoutes } from './assets.ts';
import { setFailurePage } from './failure-page.tsx';
import { failurePage } from './failure.tsx';
import { homePage } from './home/home-page.tsx';
import { modelActionRoutes } from './model-actions.ts';
import { modelPage } from './model/model-page.tsx';
import { page } from './secured-page.tsx';

/** The pages: what is well, what is not, why, and what a person may do about it. */
export function pageRoutes(app: Api, dependencies: ApiDependencies): void {
  setFailurePage(failurePage);
  assetRoutes(app);
  page(app, dependencies, '/', homePage);
  page(app, dependencies, '/models/{name}', modelPage);
  page(app, dependencies, '/alerts', alertsList);
  modelActionRoutes(app, dependencies);
}
