import type { Api } from '../control/app.ts';
import type { ApiDependencies } from '../control/environment.ts';
import { alertsList } from './alerts/alerts-page.tsx';
import { assetRoutes } from './assets.ts';
import { setFailurePage } from './failure-page.tsx';
import { failurePage } from './failure.tsx';
import { homePage } from './home/home-page.tsx';
import { modelActionRoutes } from './model-actions.ts';
import { modelPage } from './model/model-page.tsx';
import { morePageRoutes } from './routes-more.ts';
import { page } from './secured-page.tsx';
import { signInRoutes } from './sign-in.tsx';

/** The pages: what is well, what is not, why, and what a person may do about it. */
export function pageRoutes(app: Api, dependencies: ApiDependencies): void {
  setFailurePage(failurePage);
  signInRoutes(app, dependencies);
  assetRoutes(app);
  page(app, dependencies, '/', homePage);
  page(app, dependencies, '/models/{name}', modelPage);
  page(app, dependencies, '/alerts', alertsList);
  modelActionRoutes(app, dependencies);
  morePageRoutes(app, dependencies);
}
