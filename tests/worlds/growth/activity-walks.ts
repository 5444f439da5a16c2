import { createActivities } from '../../../activities/index.ts';
import { snapshotTrafficActivities } from '../../../activities/ingest/snapshot-traffic.ts';
import { taskQueues } from '../../../src/domain/words/ids.ts';
import { inActivity } from '../in-activity.ts';
import type { GrowthWorld } from './growth-world.ts';
import { agedModel as model } from './history-size.ts';

/** Something that happens again and again: an activity with its input, or a page. */
export interface Walk {
  readonly name: string;
  run(): Promise<unknown>;
}

type Inputs = Readonly<Record<string, readonly unknown[] | string>>;

/**
 * What each activity is asked here; a sentence instead says why it is not. A new activity has no entry: it stops the
 * test until somebody says what it is asked.
 */
function inputsOf({ size }: GrowthWorld): Inputs {
  const { versions, windows } = size;
  const key = { model, version: versions + 1, attempt: 1 };
  return {
    judgeWindows: [{ shard: 0, shards: 1 }],
    readEntityFacts: [{ model, awaited: [`train/${model}/${versions}`] }],
    readOutcome: [{ model, runId: `train/${model}/${versions}` }],
    decideRetrain: [{ model, key: `command/${'0'.repeat(8)}`, window: windows - 1, person: null }],
    decideDue: [undefined],
    preflight: [{ key }],
    watchStep: [
      { key, step: 1 },
      { key, step: 2 },
    ],
    watchAbTest: [{ model, number: versions + 1 }],
    planGuard: [{ model, version: versions }],
    guardLook: [{ model, version: versions, predecessor: versions - 1, pollMs: 2_000, action: 'propose' }],
    deliverAlerts: [undefined],
    reconcile: [undefined],
    resolveRollback: [{ model, toVersion: null, commandId: null }],
    verifyCommand: [{ model, kind: 'retrain', commandId: '00000000-0000-4000-8000-000000000000' }],
    removeEnded: 'removes what has an end in batches of 2,000 rows; what it finds is what ended since the last walk',
    eraseStep: 'once per erasure that a person asks for; looks into every file that may hold the entity',
    keepLog:
      'makes partitions ahead and seals what is older than its age, each part once; joins snapshots of views, of ' +
      'which few are left (push-walks.ts); reads files that are due, and once a step which of them versions and ' +
      'snapshots need',
    setTaskAside: 'once per task that cannot be done; rings one alert',
    setPaused: 'changes one row of the model, by name',
    moveChampion: 'once per promotion; locks and writes one routing',
    judgeVersion: 'once per training; reads its own files and one routing',
    failTraining: 'once per training; closes one run',
    checkQueue: 'asks Temporal',
    openRollout: 'once per version; reads one',
    holdRollout: 'once per rollout; changes one row',
    promote: 'once per rollout; locks and writes one routing',
    withdraw: 'once per rollout; locks and writes one routing',
    proposeRollback: 'once per guard; rings one alert',
    beginStep: 'waits for processes to acknowledge one routing',
    beginAbTest: 'waits for processes to acknowledge one routing',
    giveUpAbTest: 'once per A/B test; locks and writes one routing',
    keepLease: 'waits for an hour, renewing one lease',
    findSource: 'reads the declared source',
    lookAtSources: 'reads the declared sources of models that ask for it; one look into the index of snapshots each',
    ingestSource: 'reads the declared source on from its cursor',
    snapshotTraffic: [trafficThrough(size, windows - 1)],
    prepareTraining: 'once per training; reads what it trains on',
    fitModel: 'once per training; reads a folder',
    planSearch: 'once per training that searches; reads one definition',
    fitTrial: 'at most as often as the definition of a search says; reads a folder',
    recordTrials: 'once for a few trials; writes a row for each',
    shareTraining: 'once per training at a worker; writes a few files, each by its digest',
    fitExternal: 'refuses, whatever it is asked',
    takeMade: 'once per training at a worker; reads the files of its run',
    endSharing: 'once per training at a worker; removes the rows of its run',
    checkWorkers: 'asks Temporal, and reads the workers that spoke within a minute',
    planUserSteps: 'once per point of a run; reads one definition and one run',
    endUserStep: 'once per call of a step; writes one row',
    reproduceVersion: 'once per reproduction that a person asks for; reads what the version was trained on',
    endReproduction: 'once per reproduction; closes one run',
    planExperiment: 'once per experiment; reads its candidates, 16 at most',
    prepareCandidate: 'once per candidate of an experiment; reads the rows of one snapshot',
    judgeCandidate: 'once per candidate of an experiment; reads a folder, and what the champion was trained on',
    failCandidate: 'once per candidate that came to nothing; writes one row',
    compareExperiment: 'once per experiment; reads a file for each candidate, 16 at most',
    endExperiment: 'once per experiment; closes one run',
    judgeModel: 'once per training; reads what the champion was trained on',
    trainModel: 'once per training; reads what it trains on',
  };
}

function trafficThrough({ versions }: GrowthWorld['size'], throughWindow: number) {
  return {
    model,
    number: versions,
    runId: `train/${model}/${versions}`,
    specRevision: 1,
    throughWindow,
    trigger: 'growthFactor',
    taskQueue: taskQueues.cpu,
    rollout: false,
    history: { digest: '0'.repeat(64), rows: 0, quarantinedRows: 0 },
  };
}

/** Makes the traffic snapshot of a training before, ten windows ago: the one that is measured goes on from it. */
export async function trainBefore({ deps, size }: GrowthWorld): Promise<void> {
  const { snapshotTraffic } = snapshotTrafficActivities(deps);
  await inActivity(() => snapshotTraffic(trafficThrough(size, size.windows - 11)));
}

export function activityWalks(world: GrowthWorld): readonly Walk[] {
  const served = createActivities(world.deps, { secret: undefined, privateHostsAllowed: [] } as never);
  const inputs = inputsOf(world);
  return [taskQueues.workflows, taskQueues.cpu].flatMap((queue) =>
    Object.entries(served(queue)).flatMap(([name, verb]) => {
      const asked = inputs[name];
      if (asked === undefined)
        throw new Error(`activity ${name} has no input in ${import.meta.url}: say what it is asked`);
      if (typeof asked === 'string') return [];
      return asked.map((input, i): Walk => ({
        name: asked.length === 1 ? name : `${name} ${i + 1}`,
        run: () => inActivity(() => (verb as (given: unknown) => Promise<unknown>)(input)),
      }));
    }),
  );
}
