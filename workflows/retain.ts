import { continueAsNew, setCurrentDetails } from '@temporalio/workflow';
import type { RetainPlace } from '../src/domain/record/retain-place.ts';
import { pageLink } from './base/pages.ts';
import { light } from './base/proxies.ts';
import { showFacets } from './base/search-attributes.ts';

/** Steps of one run; each lasts some seconds at most, and the walk goes on as a new run. */
const stepsMax = 100;

/**
 * Removes what has reached its end, in bounded steps. A tick that is missed or killed loses nothing: the next one
 * begins the walk anew, and what is gone is not found again.
 */
export async function retain(from: RetainPlace | null = null): Promise<{ readonly steps: number }> {
  showFacets({ stage: 'retain' });
  setCurrentDetails(
    `Removes what has reached its end; what it removed stands in the audit.\n\nAn operator need do nothing. ` +
      pageLink('Audit', '/audit'),
  );
  let place = from;
  for (let step = 1; step <= stepsMax; step++) {
    place = (await light(`remove what has ended: ${place?.part ?? 'from the beginning'}`).removeEnded({ place })).next;
    if (place === null) return { steps: step };
  }
  return continueAsNew<typeof retain>(place);
}
