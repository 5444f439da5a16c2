import { mkdir } from 'node:fs/promises';
import { withEngine } from '../../src/data/duck/connect.ts';
import { noteOnlineLook } from '../../src/db/feature-views/online-due.ts';
import { pushedViewsBehind } from '../../src/db/feature-views/pushed-views.ts';
import { underViewLease } from '../../src/db/feature-views/view-lease.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { ingestView } from '../views/ingest-view.ts';
import { followViews, usualPauses, type FollowPauses, type PushFollower } from './follow-views.ts';
import { materialiseView } from './materialise-view.ts';

/** Views of one turn; more wait for the next. */
const viewsMax = 20;
/** No further snapshot is brought in after this; the next turn goes on. */
const turnMsMax = 60_000;
/**
 * The regular look comes behind: it has nothing to do unless a notification was lost. Of a view that rests for a minute
 * it would make further snapshots meanwhile.
 */
const regularMs = { usual: 30_000, often: 90_000 } as const;

export type FollowDependencies = Pick<ActivityDependencies, 'database' | 'store' | 'workDir' | 'connectSource' | 'log'>;

/**
 * Brings pushed rows of views into history and online store as soon as it hears of them, one view at a time, each by
 * one worker at once. What it misses the regular look finds: nothing is lost with it, and it may end at any moment.
 */
export function followPushes(deps: FollowDependencies, pauses: FollowPauses = usualPauses): PushFollower {
  const { database, log, workDir } = deps;
  return followViews(
    {
      behind: () => pushedViewsBehind(database, viewsMax, pauses.snapshotsPerHour),
      bringIn: (view, isOften) =>
        underViewLease(database, view, async () => {
          await mkdir(workDir, { recursive: true });
          // Batches are small and many: an engine for each step of each would cost more than the steps.
          await withEngine({ threads: 1, tempDir: workDir }, async (engine) => {
            await ingestView(deps, view, engine);
            await materialiseView(deps, view, { nowMs: Date.now, endsAtMs: Date.now() + turnMsMax, engine });
          });
          await noteOnlineLook(database, view, { againMs: regularMs[isOften ? 'often' : 'usual'], problem: null });
        }),
    },
    pauses,
    log,
  );
}
