import { bringInAlone, pushedViewsBehind } from '../../src/db/feature-views/pushed-views.ts';
import { noteOnlineLook } from '../../src/db/feature-views/online-due.ts';
import type { OnlineKey } from '../../src/db/feature-views/online-build.ts';
import { reasonOf } from '../../src/domain/words/reason-of.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { ingestView } from '../views/ingest-view.ts';
import { materialiseView } from './materialise-view.ts';

export interface PushFollower {
  /** Heard that rows were pushed; any may have been. */
  tell(): void;
  stop(): Promise<void>;
}

/** Views of one turn; more wait for the next. */
const viewsMax = 20;
/** No further snapshot is brought in after this; the next turn goes on. */
const turnMsMax = 60_000;
/**
 * After a quiet time rows are brought in at once. While more come, at most one snapshot in ten seconds is made of them:
 * each is a file and a row for good. And at most a fifth of the time goes into one view.
 */
const pauseMsMin = 10_000;
const pausePerWork = 4;
/** A view that cannot be brought in is left to the regular look, which says why. */
const failureMs = 60_000;
/** The regular look comes behind: it has nothing to do unless a notification was lost. */
const regularMs = 30_000;
/** Views whose pause is remembered; those of a view that nobody pushes to have passed long ago. */
const pausesMax = 10_000;

export type FollowDependencies = Pick<ActivityDependencies, 'database' | 'store' | 'workDir' | 'connectSource' | 'log'>;

/**
 * Brings pushed rows of views into history and online store as soon as it hears of them, one view at a time, each by
 * one worker at once. What it misses the regular look finds: nothing is lost with it, and it may end at any moment.
 */
export function followPushes(deps: FollowDependencies, pauses = { ms: pauseMsMin }): PushFollower {
  const { database, log } = deps;
  const againAtMs = new Map<string, number>();
  let hasNews = true;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let turnUnderWay: Promise<void> | null = null;

  async function bringIn(view: OnlineKey): Promise<void> {
    const startMs = performance.now();
    const isDone = await bringInAlone(database, view, async () => {
      await ingestView(deps, view);
      await materialiseView(deps, view, { nowMs: Date.now, endsAtMs: Date.now() + turnMsMax });
      await noteOnlineLook(database, view, { againMs: regularMs, problem: null });
    });
    const workMs = isDone ? performance.now() - startMs : 0;
    pause(view, Math.max(pauses.ms, pausePerWork * workMs));
  }

  function pause({ view, digest }: OnlineKey, ms: number): void {
    againAtMs.set(`${view}/${digest}`, performance.now() + ms);
    const oldest = againAtMs.keys().next().value;
    if (againAtMs.size > pausesMax && oldest !== undefined) againAtMs.delete(oldest);
  }

  /** When the next view may be looked at; null when none is behind. */
  async function turn(): Promise<number | null> {
    let nextMs: number | null = null;
    for (const view of await pushedViewsBehind(database, viewsMax)) {
      if (isStopped) return null;
      const atMs = againAtMs.get(`${view.view}/${view.digest}`) ?? 0;
      if (atMs <= performance.now())
        // oxlint-disable-next-line no-await-in-loop -- one view at a time bounds memory
        await bringIn(view).catch((error: unknown) => {
          log.warn({ view: view.view, reason: reasonOf(error) }, 'pushed rows of a view are not brought in');
          pause(view, failureMs);
        });
      const againMs = againAtMs.get(`${view.view}/${view.digest}`) ?? 0;
      nextMs = Math.min(nextMs ?? Infinity, againMs);
    }
    return nextMs;
  }

  function run(): void {
    if (isStopped || turnUnderWay !== null || !hasNews) return;
    hasNews = false;
    clearTimeout(timer);
    turnUnderWay = turn()
      .catch((error: unknown) => {
        log.warn({ reason: reasonOf(error) }, 'pushed rows of views cannot be looked for at the moment');
        return performance.now() + failureMs;
      })
      .then((nextMs) => {
        turnUnderWay = null;
        if (isStopped) return;
        if (nextMs !== null) again(Math.max(0, nextMs - performance.now()));
        run();
      });
  }

  function again(waitMs: number): void {
    timer = setTimeout(() => {
      hasNews = true;
      run();
    }, waitMs);
    timer.unref();
  }

  run();
  return {
    tell() {
      hasNews = true;
      run();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await turnUnderWay;
    },
  };
}
