import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { judgeWindowActivities } from '../../activities/watch/judge-windows.ts';
import { inActivity } from './in-activity.ts';

const batchesMax = 100;

/** Judges whatever is closed, batch by batch: one ends after some seconds, which on a busy machine are few windows. */
export async function judgeAll(
  { database, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  onNudge: () => void = () => undefined,
): Promise<void> {
  const quiet = () => undefined;
  const deps = {
    database,
    store,
    client: { workflow: { getHandle: () => ({ signal: () => Promise.resolve(onNudge()) }) } },
    log: { error: quiet, warn: quiet, info: quiet },
  } as unknown as ActivityDependencies;
  const { judgeWindows } = judgeWindowActivities(deps);
  for (let batch = 0; batch < batchesMax; batch++) {
    // oxlint-disable-next-line no-await-in-loop -- each batch after the one before
    const { more } = await inActivity(() => judgeWindows({ shard: 0, shards: 1 }));
    if (!more) return;
  }
  throw new Error(`windows were left after ${batchesMax} batches`);
}
