import { continueAsNew, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { EraseInput } from '../src/domain/record/erasure/erasure.ts';
import { isFinalFailure } from './base/failures.ts';
import { pageLink } from './base/pages.ts';
import { heavy } from './base/proxies.ts';
import { showFacets } from './base/search-attributes.ts';

/** Steps of one run; each lasts some seconds, and the walk goes on as a new run. */
const stepsMax = 100;
/** Between attempts at a step that failed for good: what keeps it from its end may be mended. */
const againMs = 3_600_000;

const page = (): string => pageLink('Audit', '/audit');

/**
 * Takes an erasure from step to step until it is through. Neither its input nor what steps answer holds the entity,
 * which stands in a row of Postgres that the last step removes. A step that cannot be done is tried again for good.
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
      setCurrentDetails(
        `A step failed and is tried again within the hour.\n\nAn operator reads why in the worker's log. ${page()}`,
      );
      await sleep(againMs, { summary: 'until the step is tried again' });
      continue;
    }
    setCurrentDetails(
      `${done.text}\n\nAn operator need do nothing; what came of it: \`perennial erase show ${erasureId}\`. ${page()}`,
    );
    if (done.next === null) return { steps: step };
    at = done.next;
    if (done.waitMs > 0) await sleep(done.waitMs, { summary: 'what began before the erasure' });
  }
  return continueAsNew<typeof erase>({ erasureId, place: at });
}
