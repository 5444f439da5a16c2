import { CancellationScope, isCancellation, setCurrentDetails } from '@temporalio/workflow';
import type { ExperimentInput } from '../src/domain/record/experiment/experiment-start.ts';
import { workflowIds } from '../src/domain/words/ids.ts';
import { isFinalFailure, isOfType, isTimeout, rootOf } from './base/failures.ts';
import { experimentPage } from './base/pages.ts';
import { fitting, light, training } from './base/proxies.ts';
import { showFacets } from './base/search-attributes.ts';
import { whileWatched } from './base/watch-queue.ts';
import { watchOfQueue } from './base/watched-queue.ts';

interface Candidate {
  readonly candidate: number;
  readonly name: string;
  readonly taskQueue: string;
}

interface Stopped {
  readonly reason: string;
  readonly isCancelled: boolean;
}

/** A folder can be lost with its disk, or end while nobody serves the queue: then the rows are prepared anew. */
const roundsMax = 3;

/** Several definitions are fitted and judged on the rows of one snapshot, and compared. No version, no release. */
export async function experiment(input: ExperimentInput): Promise<void> {
  showFacets({ model: input.model, stage: 'experiment' });
  const stopped = await tried(input);
  await CancellationScope.nonCancellable(async () => {
    const { text } = await light('what came of it').endExperiment({ ...input, stopped });
    tell(input, text);
  });
  showFacets({ verdict: stopped === null ? 'compared' : 'stopped' });
}

async function tried(input: ExperimentInput): Promise<Stopped | null> {
  try {
    const { candidates } = await light('candidates').planExperiment(input);
    // One after the other: what their fits take can then be compared as well.
    for (const [done, candidate] of candidates.entries()) {
      tell(input, `\`${candidate.name}\`, ${done + 1} of ${candidates.length}`);
      await tryCandidate(input, candidate);
    }
    tell(input, 'compares them');
    await training('differences on the same rows').compareExperiment(input);
    return null;
  } catch (error) {
    const isCancelled = isCancellation(error);
    return { reason: isCancelled ? 'it was cancelled' : rootOf(error), isCancelled };
  }
}

/**
 * A candidate that fails has a reason, and the others go on. A worker that was lost eight times says nothing of a
 * definition: there the experiment ends.
 */
async function tryCandidate(input: ExperimentInput, candidate: Candidate): Promise<void> {
  try {
    await fitAndJudge(input, candidate);
  } catch (error) {
    if (!isFinalFailure(error) || isTimeout(error)) throw error;
    const failed = { ...input, candidate: candidate.candidate, reason: rootOf(error) };
    await light(`${candidate.name} came to nothing`).failCandidate(failed);
  }
}

async function fitAndJudge(input: ExperimentInput, { candidate, name, taskQueue }: Candidate): Promise<void> {
  const { model, number } = input;
  const runId = workflowIds.experiment(model, number);
  const key = { model, number, candidate };
  const watch = watchOfQueue({ model, runId, taskQueue }, (isServed) =>
    tell(input, isServed ? `\`${name}\` on \`${taskQueue}\`` : `**waiting**: no worker serves \`${taskQueue}\``),
  );
  for (let round = 1; ; round++) {
    try {
      const { folder } = await training(`${name}: rows in parts`).prepareCandidate(key);
      const askedMs = Date.now();
      const { folder: fitted } = await whileWatched(
        fitting(`${name}: fit`, taskQueue).fitModel({ model, runId, folder }),
        watch,
      );
      const fitMs = Date.now() - askedMs;
      await training(`${name}: metrics`).judgeCandidate({ ...key, prepared: folder, fitted, fitMs });
      return;
    } catch (error) {
      if (round === roundsMax || !isOfType(error, 'folder_gone')) throw error;
    }
  }
}

function tell({ model, number }: ExperimentInput, text: string): void {
  setCurrentDetails(
    `**${model}** experiment ${number}: ${text}\n\nNothing becomes a version by it. ` +
      'An operator may cancel this run.\n\n' +
      experimentPage(model, number),
  );
}
