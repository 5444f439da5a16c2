import type { Api } from '../control/app.ts';
import type { ApiDependencies } from '../control/environment.ts';
import { abTestPageRoutes } from './ab-test/routes.ts';
import { alertRoutes } from './alerts/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { assetRoutes } from './frame/assets.ts';
import { experimentPageRoutes } from './experiment/routes.ts';
import { homeRoutes } from './home/routes.ts';
import { modelRoutes } from './model/routes.ts';
import { portfolioRoutes } from './portfolio/routes.ts';
import { rolloutRoutes } from './rollout/routes.ts';
import { runRoutes } from './runs/routes.ts';
import { signInRoutes } from './sign-in/routes.ts';
import { trainingPageRoutes } from './trainings/routes.ts';
import { predictionRoutes } from './prediction/routes.ts';
import { contractPageRoutes } from './contract/routes.ts';
import { lineagePageRoutes } from './lineage/routes.ts';
import { quarantineRoutes } from './quarantine/routes.ts';
import { snapshotRoutes } from './snapshot/routes.ts';
import { workerRoutes } from './workers/routes.ts';
import { versionRoutes } from './version/routes.ts';

/** The pages: what is well, what is not, why, and what a person may do about it. */
export function pageRoutes(app: Api, dependencies: ApiDependencies): void {
  assetRoutes(app);
  signInRoutes(app, dependencies);
  homeRoutes(app, dependencies);
  alertRoutes(app, dependencies);
  modelRoutes(app, dependencies);
  versionRoutes(app, dependencies);
  predictionRoutes(app, dependencies);
  snapshotRoutes(app, dependencies);
  quarantineRoutes(app, dependencies);
  contractPageRoutes(app, dependencies);
  lineagePageRoutes(app, dependencies);
  rolloutRoutes(app, dependencies);
  abTestPageRoutes(app, dependencies);
  experimentPageRoutes(app, dependencies);
  runRoutes(app, dependencies);
  trainingPageRoutes(app, dependencies);
  workerRoutes(app, dependencies);
  auditRoutes(app, dependencies);
  portfolioRoutes(app, dependencies);
}
