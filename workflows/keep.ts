import { continueAsNew, setCurrentDetails } from '@temporalio/workflow';
import { pageLink } from './base/pages.ts';
import { heavy } from './base/proxies.ts';
import { showFacets } from './base/search-attributes.ts';

/** Steps of one run; a longer queue of stretches goes on as a new run. */
const stepsMax = 100;

/**
 * Keeps the log: parts ahead, old ids forgotten, old parts sealed into the artifact store. A tick that is missed or
 * killed loses nothing: what is to be done is read from the database in each step.
 */
export async function keep(): Promise<{ readonly steps: number }> {
  showFacets({ stage: 'keep' });
  for (let step = 1; step <= stepsMax; step++) {
    const { text, more } = await heavy('keep the log: parts ahead, old parts into files').keepLog();
    setCurrentDetails(`${text}\n\nAn operator need do nothing. ${pageLink('Home', '/')}`);
    if (!more) return { steps: step };
  }
  return continueAsNew<typeof keep>();
}
