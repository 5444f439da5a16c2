import {
  CancellationScope,
  condition,
  executeChild,
  isCancellation,
  patched,
  setCurrentDetails,
} from '@temporalio/workflow';
import { workflowIds } from '../src/domain/words/ids.ts';
import { trafficThrough, type SnapshotRef, type TrainedArtifacts, type TrainInput } from '../src/domain/record/runs.ts';
import { ingest } from './ingest.ts';
import { queueChecks } from './base/back-off.ts';
import { isOfType, rootOf } from './base/failures.ts';
import { modelPage, runPage, versionPage } from './base/pages.ts';
import { fitting, heavy, light, training } from './base/proxies.ts';
import { reportEnd } from './base/report.ts';
import { showFacets } from './base/search-attributes.ts';

/** One training: training set, fit, ONNX with parity, judged against champion and baselines, stored as a version. */
export async function train(input: TrainInput): Promise<void> {
  showFacets({ model: input.model, stage: 'train', trigger: input.trigger });
  tell(input, 'collecting the training set');
  try {
    const snapshots = await collectSnapshots(input);
    tell(input, `training on ${snapshots.reduce((sum, snapshot) => sum + snapshot.rows, 0)} rows`);
    const judged = await light('gate').judgeVersion({ ...input, ...(await trainInSteps(input, snapshots)) });
    showFacets({
      version: judged.version,
      verdict: judged.verdict,
      ...(typeof judged.score === 'number' ? { score: judged.score } : {}),
    });
    tell(input, `${versionPage(input.model, judged.version)}: gate ${judged.verdict}\n\n${judged.text}`);
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      await light('record the failure').failTraining({
        model: input.model,
        runId: input.runId,
        message: rootOf(error),
        cancelled: isCancellation(error),
      });
    });
    await reportEnd(input);
    throw error;
  }
  await reportEnd(input);
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
    return { snapshots: collected, trained: await whileWatched(input, fit) };
  }
  const { model, runId } = input;
  for (let round = 1; ; round++) {
    try {
      const { folder, snapshots } = await prepare(input, collected);
      const fit = fitting('fit and refit', input.taskQueue).fitModel({ model, runId, folder });
      const fitted = await whileWatched(input, fit);
      const ask = { ...input, snapshots, prepared: folder, fitted: fitted.folder };
      return { snapshots, trained: await training('baselines, parity, metrics').judgeModel(ask) };
    } catch (error) {
      if (round === roundsMax || !isOfType(error, 'folder_gone')) throw error;
      tell(input, `the folder of the training is gone; its rows are prepared again (${round + 1} of ${roundsMax})`);
    }
  }
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
    tell(input, 'a file of the training set is damaged; the training set is collected again');
    return await prepared(await collectSnapshots(input, { isChecked: true }));
  }
}

/** Waits for a worker of the declared queue, however long that takes, and says so when nobody serves it. */
async function whileWatched<Result>(input: TrainInput, fit: Promise<Result>): Promise<Result> {
  let isDone = false;
  const work = fit.finally(() => {
    isDone = true;
  });
  const [result] = await Promise.all([work, watchQueue(input, () => isDone)]);
  return result;
}

/** Asks ever more seldom, so that the history of a wait of months stays small; the training begins by itself. */
async function watchQueue(input: TrainInput, isDone: () => boolean): Promise<void> {
  for (const waitMs of queueChecks()) {
    if (await condition(isDone, waitMs, { summary: `training under way; then: is ${input.taskQueue} served?` })) return;
    const isServed = await askForQueue(input);
    if (isServed === null) continue;
    tell(
      input,
      isServed
        ? `training on \`${input.taskQueue}\``
        : `**waiting**: no worker serves the queue \`${input.taskQueue}\`. Start one with \`perennial worker ` +
            `--queues ${input.taskQueue}\`.`,
    );
  }
}

/** Null when it could not be found out: that is no reason to end a training. */
async function askForQueue({ model, runId, taskQueue }: TrainInput): Promise<boolean | null> {
  try {
    return await light(`is ${taskQueue} served?`).checkQueue({ model, runId, taskQueue });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return null;
  }
}

function tell(input: TrainInput, text: string): void {
  setCurrentDetails(
    `**${input.model}** training ${input.number} (${input.trigger})\n\n${text}\n\nAn operator may cancel this run: ` +
      `the training stops, and the champion stays.\n\n${runPage(input.runId)} · ${modelPage(input.model)}`,
  );
}
