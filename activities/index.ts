import { groupsServedOn, type ActivityGroup } from '../src/domain/words/activity-groups.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { beginAbTestActivities } from './ab-test/begin-ab-test.ts';
import { giveUpAbTestActivities } from './ab-test/give-up-ab-test.ts';
import { watchAbTestActivities } from './ab-test/watch-ab-test.ts';
import { eraseActivities } from './erase/erase-step.ts';
import { guardLookActivities } from './guard/guard-look.ts';
import { planGuardActivities } from './guard/plan-guard.ts';
import { proposeRollbackActivities } from './guard/propose-rollback.ts';
import { guarded, type Endurance } from './guarded.ts';
import { withHeartbeat } from './heartbeat.ts';
import { findSourceActivities } from './ingest/find-source.ts';
import { ingestSourceActivities } from './ingest/ingest-source.ts';
import { snapshotTrafficActivities } from './ingest/snapshot-traffic.ts';
import { lookAtSourcesAndViewsActivities } from './online/look-at-sources-and-views.ts';
import { keepLogAndFilesActivities } from './scrub/keep-log-and-files.ts';
import { mergeActivities } from './merge-activities.ts';
import { decideDueActivities } from './model/decide-due.ts';
import { decideActivities } from './model/decide.ts';
import { readEntityFactsActivities } from './model/read-entity-facts.ts';
import { readOutcomeActivities } from './model/read-outcome.ts';
import { rollbackActivities } from './model/rollback.ts';
import { setPausedActivities } from './model/set-paused.ts';
import { setTaskAsideActivities } from './model/set-task-aside.ts';
import { verifyCommandActivities } from './model/verify-command.ts';
import { reconcileActivities } from './reconcile/reconcile.ts';
import { compareExperimentActivities } from './experiment/compare-experiment.ts';
import { endExperimentActivities } from './experiment/end-experiment.ts';
import { failCandidateActivities } from './experiment/fail-candidate.ts';
import { judgeCandidateActivities } from './experiment/judge-candidate.ts';
import { planExperimentActivities } from './experiment/plan-experiment.ts';
import { prepareCandidateActivities } from './experiment/prepare-candidate.ts';
import { endReproductionActivities } from './reproduce/end-reproduction.ts';
import { reproduceVersionActivities } from './reproduce/reproduce-version.ts';
import { removeEndedActivities } from './retain/remove-ended.ts';
import { beginStepActivities } from './rollout/begin-step.ts';
import { holdRolloutActivities } from './rollout/hold-rollout.ts';
import { keepLeaseActivities } from './rollout/keep-lease.ts';
import { openRolloutActivities } from './rollout/open-rollout.ts';
import { preflightActivities } from './rollout/preflight.ts';
import { promoteActivities } from './rollout/promote.ts';
import { watchStepActivities } from './rollout/watch-step.ts';
import { withdrawActivities } from './rollout/withdraw.ts';
import { checkWorkersActivities } from './train/at-worker/check-workers.ts';
import { endSharingActivities } from './train/at-worker/end-sharing.ts';
import { fitExternalActivities } from './train/at-worker/fit-external.ts';
import { shareTrainingActivities } from './train/at-worker/share-training.ts';
import { takeMadeActivities } from './train/at-worker/take-made.ts';
import { checkQueueActivities } from './train/check-queue.ts';
import { failTrainingActivities } from './train/fail-training.ts';
import { fitModelActivities } from './train/fit-model.ts';
import { judgeModelActivities } from './train/judge-model.ts';
import { judgeVersionActivities } from './train/judge-version.ts';
import { prepareTrainingActivities } from './train/prepare-training.ts';
import { fitTrialActivities } from './train/search/fit-trial.ts';
import { planSearchActivities } from './train/search/plan-search.ts';
import { recordTrialsActivities } from './train/search/record-trials.ts';
import { trainModelActivities } from './train/train-model.ts';
import { createTrainingChildren } from './train/training-children.ts';
import { endUserStepActivities } from './user-steps/end-user-step.ts';
import { planUserStepsActivities } from './user-steps/plan-user-steps.ts';
import { deliverAlertActivities, type WebhookSettings } from './watch/deliver-alerts.ts';
import { judgeWindowActivities } from './watch/judge-windows.ts';

export type { ActivityDependencies } from './dependencies.ts';

/**
 * Every activity, in groups by the time that it takes; which queue serves a group says
 * src/domain/words/activity-groups.ts.
 */
function activityGroups(deps: ActivityDependencies, webhooks: WebhookSettings) {
  const children = createTrainingChildren(deps.rootDir);
  return {
    /** Quick reads and writes of Postgres and Temporal. */
    light: mergeActivities(
      readEntityFactsActivities(deps),
      readOutcomeActivities(deps),
      setPausedActivities(deps),
      verifyCommandActivities(deps),
      setTaskAsideActivities(deps),
      decideActivities(deps),
      decideDueActivities(deps),
      rollbackActivities(deps),
      judgeVersionActivities(deps),
      failTrainingActivities(deps),
      checkQueueActivities(deps),
      checkWorkersActivities(deps),
      endSharingActivities(deps),
      planSearchActivities(deps),
      recordTrialsActivities(deps),
      endReproductionActivities(deps),
      planExperimentActivities(deps),
      failCandidateActivities(deps),
      endExperimentActivities(deps),
      openRolloutActivities(deps),
      preflightActivities(deps),
      holdRolloutActivities(deps),
      promoteActivities(deps),
      withdrawActivities(deps),
      planUserStepsActivities(deps),
      endUserStepActivities(deps),
      giveUpAbTestActivities(deps),
      planGuardActivities(deps),
      proposeRollbackActivities(deps),
      deliverAlertActivities(deps, webhooks),
      removeEndedActivities(deps),
    ),
    /** Judges the windows of a shard, a batch at a time. */
    judging: judgeWindowActivities(deps),
    /** Go over all models and runs, page after page. */
    sweeping: reconcileActivities(deps),
    /** Stay with one step of a rollout for a minute. */
    watching: mergeActivities(beginStepActivities(deps), watchStepActivities(deps), beginAbTestActivities(deps)),
    /** Stays through a hold, for an hour at a time. */
    waiting: mergeActivities(keepLeaseActivities(deps), watchAbTestActivities(deps)),
    /** Read files, scan them, load models. */
    heavy: mergeActivities(
      findSourceActivities(deps),
      ingestSourceActivities(deps),
      snapshotTrafficActivities(deps),
      keepLogAndFilesActivities(deps),
      eraseActivities(deps),
      lookAtSourcesAndViewsActivities(deps),
    ),
    /** Re-scores labelled requests: no training may delay a way back. */
    guarding: guardLookActivities(deps),
    /** The ends of a training: its rows, and what is said of its models. */
    training: mergeActivities(
      prepareTrainingActivities(deps, children),
      shareTrainingActivities(deps, children),
      takeMadeActivities(deps),
      judgeModelActivities(deps, children),
      reproduceVersionActivities(deps, children),
      prepareCandidateActivities(deps, children),
      judgeCandidateActivities(deps, children),
      compareExperimentActivities(deps, children),
    ),
    /** Fits, for hours. */
    fitting: mergeActivities(
      fitModelActivities(deps, children),
      trainModelActivities(deps, children),
      fitExternalActivities(),
      fitTrialActivities(deps, children),
    ),
  } satisfies Record<ActivityGroup, object>;
}

type Groups = ReturnType<typeof activityGroups>;

/** What a workflow may ask of a group. */
export type ActivitiesOf<G extends ActivityGroup> = Groups[G];

/** What bounds the attempts of each group (workflows/base/proxies.ts) says how its activities outlast Postgres. */
function enduranceOf(group: ActivityGroup, patienceMs: number): Endurance {
  if (group === 'heavy' || group === 'guarding' || group === 'training' || group === 'fitting')
    return { absence: 'stays' };
  return group === 'light' || group === 'sweeping' ? { absence: 'retried', patienceMs } : { absence: 'endless' };
}

/**
 * What a worker registers, by queue. Built once over explicit dependencies; all of them heartbeat, and failures leave
 * with a code of the closed set. Throws when two activities share a name, on whatever queue.
 */
export function createActivities(
  deps: ActivityDependencies,
  webhooks: WebhookSettings,
): (taskQueue: string) => Readonly<Record<string, unknown>> {
  const groups: Record<ActivityGroup, object> = activityGroups(deps, webhooks);
  mergeActivities(...Object.values(groups));
  return (taskQueue) =>
    Object.fromEntries(
      groupsServedOn(taskQueue)
        .flatMap((group) => Object.entries(groups[group]).map(([name, verb]) => ({ name, verb, group })))
        .map(({ name, verb, group }) => [
          name,
          beating(guarded(verb as (input: never) => Promise<unknown>, enduranceOf(group, deps.patienceMs))),
        ]),
    );
}

/** Heartbeats while an activity runs, whatever it is: one that forgot to would be lost for as long as it may take. */
function beating(verb: (input: never) => Promise<unknown>): (input: never) => Promise<unknown> {
  return (input) => withHeartbeat(() => verb(input));
}
