import { setCurrentDetails } from '@temporalio/workflow';
import { pageLink } from './base/pages.ts';
import { heavy, light } from './base/proxies.ts';
import { showFacets } from './base/search-attributes.ts';

/** Batches of one tick; the next one goes on. */
const batchesMax = 20;

/**
 * Triggers that need no traffic: asks models whose calendar is due, or whose source has changed, whether to retrain,
 * and reads sources. A tick that is missed loses nothing: what is due is read from Postgres.
 */
export async function triggers(): Promise<{ readonly asked: number; readonly read: number }> {
  showFacets({ stage: 'triggers' });
  let asked = 0;
  for (let batch = 0; batch < batchesMax; batch++) {
    const done = await light('is a training due?').decideDue();
    asked += done.asked;
    if (!done.more) break;
  }
  let read = 0;
  for (let batch = 0; batch < batchesMax; batch++) {
    const done = await heavy('what sources hold now').lookAtSources();
    read += done.read;
    if (!done.more) break;
  }
  setCurrentDetails(
    `Asked **${asked}** models whether a training is due, and read **${read}** sources.\n\nAn operator need do ` +
      `nothing: a tick that fails is made up for by the next. ${pageLink('Home', '/')}`,
  );
  return { asked, read };
}
