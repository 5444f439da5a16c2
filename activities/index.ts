import { collectActivities } from './ingest/collect.ts';
import { decideActivities } from './model/decide.ts';
import { deliverAlertActivities, type WebhookSettings } from './watch/deliver-alerts.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { entityActivities } from './model/entity.ts';
import { guardActivities } from './guard/guard.ts';
import { guarded } from './guarded.ts';
import { judgeVersionActivities } from './train/judge-version.ts';
import { judgeWindowActivities } from './watch/judge-windows.ts';
import { preflightActivities } from './rollout/preflight.ts';
import { reconcileActivities } from './reconcile/reconcile.ts';
import { rollbackActivities } from './model/rollback.ts';
import { rolloutActivities } from './rollout/rollout.ts';
import { trainModelActivities } from './train/train-model.ts';

export type { ActivityDependencies } from './dependencies.ts';

/** Every activity, built over explicit dependencies; failures leave with a code of the closed set. */
export function createActivities(deps: ActivityDependencies, webhooks: WebhookSettings) {
  const all = {
    ...entityActivities(deps),
    ...decideActivities(deps),
    ...rollbackActivities(deps),
    ...collectActivities(deps),
    ...trainModelActivities(deps),
    ...judgeVersionActivities(deps),
    ...rolloutActivities(deps),
    ...preflightActivities(deps),
    ...guardActivities(deps),
    ...judgeWindowActivities(deps),
    ...deliverAlertActivities(deps, webhooks),
    ...reconcileActivities(deps),
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, verb]) => [name, guarded(verb as (input: never) => Promise<unknown>)]),
  ) as typeof all;
}

export type Activities = ReturnType<typeof createActivities>;
