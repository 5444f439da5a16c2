import { CancellationScope, condition, executeChild, isCancellation, setCurrentDetails } from '@temporalio/workflow';
import { workflowIds } from '../src/domain/words/ids.ts';
import { trafficThrough, type SnapshotRef, type TrainedArtifacts, type TrainInput } from '../src/domain/record/runs.ts';
import { ingest } from './ingest.ts';
import { rootOf } from './base/failures.ts';
import { modelPage, runPage, versionPage } from './base/pages.ts';
import { heavy, light, training } from './base/proxies.ts';
import { reportEnd } from './base/report.ts';
import { showFacets } from './base/search-attributes.ts';

const queueCheckMs = 20_000;

/** One training: training set, fit, ONNX with parity, judged against champion and baselines, stored as a version. */
export async function train(input: TrainInput): Promise<void> {
  showFacets({ model: input.model, stage: 'train', trigger: input.trigger });
  tell(input, 'collecting the training set');
  try {
    const snapshots = await collectSnapshots(input);
    tell(input, `training on ${snapshots.reduce((sum, snapshot) => sum + snapshot.rows, 0)} rows`);
    const trained = await fit(input, snapshots);
    const judged = await light('gate').judgeVersion({ ...input, snapshots, trained });
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
async function collectSnapshots(input: TrainInput): Promise<readonly SnapshotRef[]> {
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
  });
  return traffic === null ? [history] : [history, traffic];
}

/** Waits for a worker of the declared queue, and says so when nobody serves it. */
async function fit(input: TrainInput, snapshots: readonly SnapshotRef[]): Promise<TrainedArtifacts> {
  let isDone = false;
  const work = training('fit, refit, ONNX, parity', input.taskQueue)
    .trainModel({ ...input, snapshots })
    .finally(() => {
      isDone = true;
    });
  const warn = async (): Promise<void> => {
    while (
      !(await condition(() => isDone, queueCheckMs, {
        summary: `training under way; then ask whether ${input.taskQueue} is served`,
      }))
    ) {
      const served = await light(`is ${input.taskQueue} served?`).checkQueue({
        model: input.model,
        runId: input.runId,
        taskQueue: input.taskQueue,
      });
      if (!served)
        tell(
          input,
          `**waiting**: no worker serves the queue \`${input.taskQueue}\`. Start one with \`perennial worker ` +
            `--queues ${input.taskQueue}\`.`,
        );
    }
  };
  const [trained] = await Promise.all([work, warn()]);
  return trained;
}

function tell(input: TrainInput, text: string): void {
  setCurrentDetails(
    `**${input.model}** training ${input.number} (${input.trigger})\n\n${text}\n\nAn operator may cancel this run: ` +
      `the training stops, and the champion stays.\n\n${runPage(input.runId)} · ${modelPage(input.model)}`,
  );
}
