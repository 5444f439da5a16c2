import { ApplicationFailure } from '@temporalio/workflow';
import type { TrainInput } from '../../src/domain/record/runs.ts';
import { chooseTrial } from '../../src/domain/training/search/choose-trial.ts';
import { nextTrials } from '../../src/domain/training/search/next-trials.ts';
import { sayFound, sayPoint, saySearching } from '../../src/domain/training/search/say-search.ts';
import { ensembleOf, type EnsembleAsk } from '../../src/domain/training/search/ensemble.ts';
import type { SearchSummary, TrialAsk, TrialDone } from '../../src/domain/training/search/trial.ts';
import { isFinalFailure, isOfType, isTimeout, rootOf } from './failures.ts';
import { fitting, light } from './proxies.ts';
import { tellTraining } from './tell-training.ts';
import { whileWatched, type Watch } from './watch-queue.ts';

/** The best trial, and what an ensemble is chosen among; absent where the definition asks for none. */
export interface Searched {
  readonly found: SearchSummary;
  readonly ensemble?: EnsembleAsk;
}

/**
 * Tries settings until the search is over, and gives the best. What is known lives here: a worker that is lost, or a
 * Temporal that is started again, changes no trial and no choice. Throws when no trial came to anything.
 */
export async function searchTrials(input: TrainInput, folder: string, watch: Watch): Promise<Searched> {
  const { model, runId, specRevision } = input;
  const search = await light('what is searched').planSearch({ model, specRevision });
  const kept = search.ensemble === undefined ? {} : { isKept: true as const };
  const done: TrialDone[] = [];
  for (let asked = nextTrials(search, done); asked.length > 0; asked = nextTrials(search, done)) {
    const tried = await whileWatched(Promise.all(asked.map((ask) => fitTrial(input, { folder, ...kept }, ask))), watch);
    done.push(...tried);
    await light(`trials ${asked.map(({ number }) => number).join(', ')}`).recordTrials({ model, runId, trials: tried });
    tellTraining(input, `searching: ${saySearching(search, done)}`);
  }
  const found = chooseTrial(search, done);
  if (found === null) {
    const reason = done.findLast((each) => each.reason !== null)?.reason ?? 'none was allowed';
    throw ApplicationFailure.nonRetryable(
      `no trial of the search came to anything; the last one: ${reason}`,
      'SearchFailed',
    );
  }
  tellTraining(input, sayFound(found));
  const ensemble = ensembleOf(search, done);
  return { found, ...(ensemble === null ? {} : { ensemble }) };
}

/**
 * A trial that fails is a trial with a reason. Where the folder is gone all of them would fail, and a worker that was
 * lost eight times says nothing of the settings: there the training ends, and no trial is chosen otherwise for it.
 */
async function fitTrial(
  input: TrainInput,
  where: { readonly folder: string; readonly isKept?: true },
  ask: TrialAsk,
): Promise<TrialDone> {
  const { number, rung, share, point, settings } = ask;
  const known = { number, rung, share, point, settings };
  try {
    const summary = `trial ${number}: ${sayPoint(point)}`;
    const fit = await fitting(summary, input.taskQueue).fitTrial({ ...where, number, rung, share, settings });
    return { ...known, fit, reason: null };
  } catch (error) {
    if (!isFinalFailure(error) || isOfType(error, 'folder_gone') || isTimeout(error)) throw error;
    return { ...known, fit: null, reason: rootOf(error) };
  }
}
