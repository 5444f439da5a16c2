import { continueAsNew, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { EraseInput } from '../src/domain/record/erasure.ts';
import { isFinalFailure } from './base/failures.ts';
import { heavy } from './base/proxies.ts';
import { showFacets } from './base/search-attributes.ts';

/** Steps of one run; each lasts some seconds, and the walk goes on as a new run. */
const stepsMax = 100;
/** Between attempts at a step that failed for good: what keeps it from its end may be mended. */
const againMs = 3_600_000;

/**
 * Takes an erasure from step to step until it is through. Neither its input nor what steps answer holds the entity, which
 * stands in a row of Postgres that the last step removes. A step that cannot be done is tried again for good.
 */
export async function erase({ erasureId, place }: EraseInput): Promise<{ readonly steps: number }> {
  showFacets({ stage: 'erase' });
  let at = place;
  for (let step = 1; step <= stepsMax; step++) {
    const done = await heavy(`erase: ${at?.part ?? 'from the beginning'}`)
      .eraseStep({ erasureId, place: at })
      .catch((error: unknown) => {
        if (!isFinalFailure(error)) throw error;
        return null;
      });
    if (done === null) {
      setCurrentDetails('A step failed; the worker says why in its log. It is tried again within the hour.');
      await sleep(againMs);
      continue;
    }
    setCurrentDetails(`${done.text}\n\nWhat came of it: \`perennial erase show ${erasureId}\`.`);
    if (done.next === null) return { steps: step };
    at = done.next;
    if (done.waitMs > 0) await sleep(done.waitMs);
  }
  return continueAsNew<typeof erase>({ erasureId, place: at });
}
