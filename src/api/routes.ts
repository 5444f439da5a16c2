import type { Api } from '../control/app.ts';
import type { ApiDependencies } from '../control/environment.ts';
import type { Operations } from '../control/operations.ts';
import { abTestRoutes } from './routes/ab-tests.ts';
import { annotationRoutes } from './routes/annotations.ts';
import { auditRoutes } from './routes/audit.ts';
import { bestRoutes } from './routes/best.ts';
import { commandRoutes } from './routes/commands.ts';
import { controlRoutes } from './routes/control.ts';
import { docsRoutes } from './routes/docs.ts';
import { eventRoutes } from './routes/events.ts';
import { delegationRoutes } from './routes/delegations.ts';
import { holdRoutes } from './routes/holds.ts';
import { healthRoutes } from './routes/health.ts';
import { importRoutes } from './routes/import.ts';
import { lineageRoutes } from './routes/lineage.ts';
import { metricsRoute } from './routes/metrics.ts';
import { modelRoutes } from './routes/models.ts';
import { snapshotRoutes } from './routes/snapshots.ts';
import { sourceRoutes } from './routes/sources.ts';
import { storageRoutes } from './routes/storage.ts';
import { predictionRoutes } from './routes/predictions.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { webhookRoutes } from './routes/webhooks.ts';

/** The control API. Thin: each route checks its input, calls one verb and gives its answer. */
export function apiRoutes(app: Api, dependencies: ApiDependencies, operations: Operations): void {
  healthRoutes(app, dependencies, operations);
  docsRoutes(app, dependencies);
  metricsRoute(app, dependencies);
  commandRoutes(app, dependencies);
  controlRoutes(app, dependencies);
  abTestRoutes(app, dependencies);
  delegationRoutes(app, dependencies);
  holdRoutes(app, dependencies);
  bestRoutes(app, dependencies);
  importRoutes(app, dependencies);
  annotationRoutes(app, dependencies);
  modelRoutes(app, dependencies);
  predictionRoutes(app, dependencies);
  snapshotRoutes(app, dependencies);
  lineageRoutes(app, dependencies);
  tokenRoutes(app, dependencies);
  sourceRoutes(app, dependencies);
  storageRoutes(app, dependencies);
  eventRoutes(app, dependencies);
  webhookRoutes(app, dependencies);
  auditRoutes(app, dependencies);
}
