import { ApplicationFailure, CancellationScope, executeChild, isCancellation, patched } from '@temporalio/workflow';
import type { StepPoint } from '../src/domain/spec/closed-sets.ts';
import type { StepOutcomeSaid, UserStepsAsk } from '../src/domain/record/user-steps/messages.ts';
import { sayStep } from '../src/domain/record/user-steps/say-step.ts';
import { workflowIds } from '../src/domain/words/ids.ts';
import type { SearchSummary } from '../src/domain/training/search/trial.ts';
import { trafficThrough, type SnapshotRef, type TrainedArtifacts, type TrainInput } from '../src/domain/record/runs.ts';
import { ingest } from './ingest.ts';
import { isOfType, rootOf } from './base/failures.ts';
import { endSharing, fitAtWorker } from './base/fit-at-worker.ts';
import { versionPage } from './base/pages.ts';
import { fitting, heavy, light, training } from './base/proxies.ts';
import { reportEnd } from './base/report.ts';
import { showFacets } from './base/search-attributes.ts';
import { searchTrials } from './base/search-trials.ts';
import { tellTraining } from './base/tell-training.ts';
import { askUserSteps } from './base/user-steps.ts';
import { whileWatched, type Watch } from './base/watch-queue.ts';
import { watchOfQueue } from './base/watched-queue.ts';

/** One training: training set, fit, ONNX with parity, judged against champion and baselines, stored as a version. */
export async function train(input: TrainInput): Promise<void> {
  showFacets({ model: input.model, stage: 'train', trigger: input.trigger });
  tellTraining(input, 'collecting the training set');
  try {
    const snapshots = await collectSnapshots(input);
    await askSteps(input, 'afterIngest', { snapshots });
    tellTraining(input, `training on ${snapshots.reduce((sum, snapshot) => sum + snapshot.rows, 0)} rows`);
    const trained = await trainInSteps(input, snapshots);
    const steps = await askSteps(input, 'evaluate', trained);
    const judged = await light('gate').judgeVersion({ ...input, ...trained, ...(steps.length === 0 ? {} : { steps }) });
    showFacets({
      version: judged.version,
      verdict: judged.verdict,
      ...(typeof judged.score === 'number' ? { score: judged.score } : {}),
    });
    tellTraining(input, `${versionPage(input.model, judged.version)}: gate ${judged.verdict}\n\n${judged.text}`);
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      await light('record the failure').failTraining({
        model: input.model,
        runId: input.runId,
        message: rootOf(error),
        cancelled: isCancellation(error),
      });
    });
    await endSharing(input);
    await reportEnd(input);
    throw error;
  }
  await endSharing(input);
  await reportEnd(input);
}

/**
 * Asks the user steps of a point, where the definition has some. Throws when one failed that its definition does not go
 * on without; what the evaluators say is left to the gate.
 */
async function askSteps(
  input: TrainInput,
  point: StepPoint,
  about: Pick<UserStepsAsk, 'snapshots' | 'trained'>,
): Promise<readonly StepOutcomeSaid[]> {
  if (input.userSteps?.includes(point) !== true) return [];
  const { model, runId, specRevision } = input;
  const outcomes = await askUserSteps({ ...about, point, model, runId, specRevision }, (text) =>
    tellTraining(input, text),
  );
  const stopping = outcomes.find(({ verdict, onFailure }) => verdict !== 'pass' && onFailure === 'stop');
  if (point !== 'evaluate' && stopping !== undefined)
    throw ApplicationFailure.nonRetryable(sayStep(point, stopping), 'StepFailed');
  return outcomes;
}

/** The declared source, then the labelled traffic: both by the same path. */
async function collectSnapshots(
  input: TrainInput,
  { isChecked }: { readonly isChecked?: true } = {},
): Promise<readonly SnapshotRef[]> {
  const source = await heavy('digest of the source').findSource({
    model: input.model,
    specRevision: input.specRevision,
  });
  const history =
    source.snapshot ??
    (await executeChild(ingest, {
      workflowId: workflowIds.ingest(input.model, source.sourceDigest, input.specRevision),
      args: [
        {
          model: input.model,
          specRevision: input.specRevision,
          sourceDigest: source.sourceDigest,
          runId: workflowIds.ingest(input.model, source.sourceDigest, input.specRevision),
        },
      ],
      staticSummary: `ingest ${input.model} revision ${input.specRevision}`,
    }));
  const through = trafficThrough(input);
  if (through === null || !source.appendsTraffic) return [history];
  const traffic = await heavy(`labelled traffic through window ${through}`).snapshotTraffic({
    ...input,
    history,
    ...(isChecked === undefined ? {} : { isChecked }),
  });
  return traffic === null ? [history] : [history, traffic];
}

interface Trained {
  readonly trained: TrainedArtifacts;
  /** What it was trained on. */
  readonly snapshots: readonly SnapshotRef[];
}

/** A folder can be lost with its disk, or end while nobody serves the queue: then the rows are prepared anew. */
const roundsMax = 3;

/** Rows in parts, models of them, and what they are worth: only the fit goes to the declared queue. */
async function trainInSteps(input: TrainInput, collected: readonly SnapshotRef[]): Promise<Trained> {
  if (!patched('training-in-steps')) {
    const fit = fitting('fit, refit, ONNX, parity', input.taskQueue).trainModel({ ...input, snapshots: collected });
    return { snapshots: collected, trained: await whileWatched(fit, watchOf(input)) };
  }
  // Once a training, however often its rows are prepared.
  let isAsked = false;
  for (let round = 1; ; round++) {
    try {
      const { folder, snapshots } = await prepare(input, collected);
      if (!isAsked) await askSteps(input, 'beforeTrain', { snapshots });
      isAsked = true;
      const { folder: fitted, ...found }: FittedFolder =
        input.worker === undefined ? await fitHere(input, folder) : await fitAtWorker(input, input.worker, folder);
      const ask = { ...input, snapshots, prepared: folder, fitted, ...found };
      return { snapshots, trained: await training('baselines, parity, metrics').judgeModel(ask) };
    } catch (error) {
      if (round === roundsMax || !isOfType(error, 'folder_gone')) throw error;
      tellTraining(
        input,
        `the folder of the training is gone; its rows are prepared again (${round + 1} of ${roundsMax})`,
      );
    }
  }
}

/** A fit by whoever shares the folder of the training, of what trials have found where the definition asks for them. */
async function fitHere(input: TrainInput, folder: string): Promise<FittedFolder> {
  const { model, runId, taskQueue } = input;
  const searched = input.search === true ? await searchTrials(input, folder, watchOf(input)) : undefined;
  const { found, ensemble } = searched ?? {};
  const ask = {
    model,
    runId,
    folder,
    ...(found === undefined ? {} : { settings: found.settings }),
    ...(ensemble === undefined ? {} : { ensemble }),
  };
  const fitted = await whileWatched(fitting('fit and refit', taskQueue).fitModel(ask), watchOf(input));
  return found === undefined ? fitted : { ...fitted, found };
}

interface FittedFolder {
  readonly folder: string;
  readonly found?: SearchSummary;
}

/** Rows in parts. Where a file of them is damaged they are collected again, and labelled traffic comes from the log. */
async function prepare(input: TrainInput, collected: readonly SnapshotRef[]) {
  const prepared = async (snapshots: readonly SnapshotRef[]) => ({
    ...(await training('rows in parts').prepareTraining({ ...input, snapshots })),
    snapshots,
  });
  try {
    return await prepared(collected);
  } catch (error) {
    if (!isOfType(error, 'artifact_corrupt') || !patched('damaged-rows-again')) throw error;
    tellTraining(input, 'a file of the training set is damaged; the training set is collected again');
    return await prepared(await collectSnapshots(input, { isChecked: true }));
  }
}

/** Asks whether the queue is served, and says so when nobody does. */
function watchOf(input: TrainInput): Watch {
  const { model, runId, taskQueue } = input;
  return watchOfQueue({ model, runId, taskQueue }, (isServed) =>
    tellTraining(
      input,
      isServed
        ? `training on \`${taskQueue}\``
        : `**waiting**: no worker serves the queue \`${taskQueue}\`. Start one with \`perennial worker ` +
            `--queues ${taskQueue}\`.`,
    ),
  );
}
