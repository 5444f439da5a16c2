import { setCurrentDetails } from '@temporalio/workflow';
import { pageLink } from './base/pages.ts';
import { light } from './base/proxies.ts';
import { showFacets } from './base/search-attributes.ts';

const batchesMax = 20;

/**
 * One tick of a shard of models: closed, unjudged windows are judged in bounded batches. A missed tick loses nothing.
 */
export async function watch(input: {
  readonly shard: number;
  readonly shards: number;
}): Promise<{ readonly judged: number }> {
  showFacets({ stage: 'watch' });
  let judged = 0;
  for (let batch = 0; batch < batchesMax; batch++) {
    const done = await light('judge closed windows').judgeWindows(input);
    judged += done.judged;
    if (!done.more) break;
  }
  // On the light queue: two long trainings must not keep windows from being judged.
  await light('deliver alerts and events').deliverAlerts();
  setCurrentDetails(
    `Judged **${judged}** windows of shard ${input.shard}.\n\nAn operator need do nothing: a tick that fails is made ` +
      `up for by the next.\n\n${pageLink('Alerts', '/alerts')}`,
  );
  return { judged };
}
