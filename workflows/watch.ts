import { isCancellation, patched, setCurrentDetails } from '@temporalio/workflow';
import { pageLink } from './base/pages.ts';
import { judging, light } from './base/proxies.ts';
import { showFacets } from './base/search-attributes.ts';

const batchesMax = 20;
/** Of all shards, the one that delivers what all of them have to tell. */
const delivererShard = 0;

interface WatchInput {
  readonly shard: number;
  readonly shards: number;
}

/**
 * One tick of a shard of models: closed, unjudged windows are judged in bounded batches. A missed tick loses nothing.
 */
export async function watch(input: WatchInput): Promise<{ readonly judged: number }> {
  showFacets({ stage: 'watch' });
  if (patched('one-shard-delivers')) return watchAndDeliver(input);
  const judged = await judge(input);
  await deliver();
  tell(input, judged);
  return { judged };
}

/** What has rung is delivered whether or not judging succeeds, and by one shard for all of them. */
async function watchAndDeliver(input: WatchInput): Promise<{ readonly judged: number }> {
  const end = await judge(input).then(
    (judged) => ({ judged, error: null }),
    (error: unknown) => ({ judged: 0, error }),
  );
  if (isCancellation(end.error)) throw end.error;
  if (input.shard === delivererShard) await deliver();
  if (end.error !== null) throw end.error;
  tell(input, end.judged);
  return { judged: end.judged };
}

async function judge(input: WatchInput): Promise<number> {
  let judged = 0;
  for (let batch = 0; batch < batchesMax; batch++) {
    const done = await judging('judge closed windows').judgeWindows(input);
    judged += done.judged;
    if (!done.more) break;
  }
  return judged;
}

/** On the light queue: two long trainings must not keep an alert from being delivered. */
async function deliver(): Promise<void> {
  await light('deliver alerts and events').deliverAlerts();
}

function tell({ shard, shards }: WatchInput, judged: number): void {
  setCurrentDetails(
    `Judged **${judged}** windows of shard ${shard} of ${shards}.\n\nAn operator need do nothing: a tick that fails ` +
      `is made up for by the next.\n\n${pageLink('Alerts', '/alerts')}`,
  );
}
