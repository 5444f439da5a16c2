import type { OnlineKey } from '../../src/db/feature-views/online-build.ts';
import type { ViewBehind } from '../../src/db/feature-views/pushed-views.ts';
import { reasonOf } from '../../src/domain/words/reason-of.ts';
import type { Log } from '../../src/telemetry/log.ts';

export interface PushFollower {
  /** Heard that rows were pushed; any may have been. */
  tell(): void;
  stop(): Promise<void>;
}

/** What following does; each step may fail, and is tried again. */
export interface FollowSteps {
  /** Views that lack pushed rows, those first that were looked at longest ago. */
  behind(): Promise<readonly ViewBehind[]>;
  /** Brings what was pushed into a view; false when another worker is at it. */
  bringIn(view: OnlineKey, isOften: boolean): Promise<boolean>;
}

export interface FollowPauses {
  /** Between two looks for views, however many pushes are heard of meanwhile. */
  readonly lookMs: number;
  /** From the beginning of one snapshot of a view to that of the next. */
  readonly shortMs: number;
  /** The same, once there were `snapshotsPerHour` in the last hour. */
  readonly longMs: number;
  readonly snapshotsPerHour: number;
}

/**
 * Each snapshot is a file and a row for good. So a view gets sixty in an hour as fast as rows come, one a second at
 * most: whoever pushes now and then, or for a minute, is served at once. Then it gets one a minute, which is what a day
 * without end costs.
 */
export const usualPauses: FollowPauses = { lookMs: 250, shortMs: 1_000, longMs: 60_000, snapshotsPerHour: 60 };

/** At most a fifth of the time goes into one view; four fifths while it may have its snapshots in a row. */
const pausePerWork = { usual: 0.25, often: 4 } as const;
/**
 * What fails is tried again after a second, and then after twice as long each time, up to a minute: a database that was
 * away for a moment holds nobody up, and a view that cannot be brought in at all is left to the regular look, which
 * says why.
 */
const failureMs = { first: 1_000, longest: 60_000 } as const;
/** Views of which a pause or failures are remembered; those of a view that nobody pushes to have passed long ago. */
const rememberedMax = 10_000;

/**
 * Brings views in when it hears of pushes, one at a time. How long a view rests is counted from its snapshots in the
 * database, so that several workers together make no more of them than one.
 */
export function followViews(steps: FollowSteps, pauses: FollowPauses, log: Pick<Log, 'warn'>): PushFollower {
  const againAtMs = new Map<string, number>();
  let hasNews = true;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let turnUnderWay: Promise<void> | null = null;
  let lookAtMs = 0;
  let failedLooks = 0;
  const failures = new Map<string, number>();

  function restMsOf({ ageMs, recent }: ViewBehind): number {
    if (ageMs === null) return 0;
    return Math.max(0, (isOften(recent) ? pauses.longMs : pauses.shortMs) - ageMs);
  }

  function isOften(recent: number): boolean {
    return recent >= pauses.snapshotsPerHour;
  }

  async function bringIn(view: ViewBehind): Promise<void> {
    const startMs = performance.now();
    try {
      const isDone = await steps.bringIn(view, isOften(view.recent));
      const workMs = isDone ? performance.now() - startMs : 0;
      failures.delete(nameOf(view));
      const perWork = pausePerWork[isOften(view.recent) ? 'often' : 'usual'];
      pause(view, Math.max(pauses.shortMs - workMs, perWork * workMs));
    } catch (error) {
      log.warn({ view: view.view, reason: reasonOf(error) }, 'pushed rows of a view are not brought in');
      const failed = (failures.get(nameOf(view)) ?? 0) + 1;
      remember(failures, nameOf(view), failed);
      pause(view, pauseAfter(failed));
    }
  }

  function pause(view: OnlineKey, ms: number): void {
    remember(againAtMs, nameOf(view), performance.now() + ms);
  }

  /** When the next view may be brought in; null when none is behind. */
  async function turn(): Promise<number | null> {
    let nextMs: number | null = null;
    const views = await steps.behind();
    const lookedMs = performance.now();
    for (const view of views) {
      if (isStopped) return null;
      const pausedMs = (): number => againAtMs.get(nameOf(view)) ?? 0;
      const atMs = Math.max(pausedMs(), lookedMs + restMsOf(view));
      // oxlint-disable-next-line no-await-in-loop -- one view at a time bounds memory
      if (atMs <= performance.now()) await bringIn(view);
      nextMs = Math.min(nextMs ?? Infinity, Math.max(pausedMs(), atMs));
    }
    return nextMs;
  }

  function run(): void {
    if (isStopped || turnUnderWay !== null || !hasNews) return;
    const waitMs = lookAtMs - performance.now();
    if (waitMs > 0) return again(waitMs);
    hasNews = false;
    clearTimeout(timer);
    turnUnderWay = turn()
      .then((nextMs) => {
        failedLooks = 0;
        return nextMs;
      })
      .catch((error: unknown) => {
        log.warn({ reason: reasonOf(error) }, 'pushed rows of views cannot be looked for at the moment');
        failedLooks++;
        return performance.now() + pauseAfter(failedLooks);
      })
      .then((nextMs) => {
        turnUnderWay = null;
        lookAtMs = performance.now() + pauses.lookMs;
        if (isStopped) return;
        if (nextMs !== null) again(Math.max(0, nextMs - performance.now()));
        run();
      });
  }

  function again(waitMs: number): void {
    clearTimeout(timer);
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

function nameOf({ view, digest }: OnlineKey): string {
  return `${view}/${digest}`;
}

function pauseAfter(failed: number): number {
  return Math.min(failureMs.longest, failureMs.first * 2 ** Math.min(failed - 1, 16));
}

function remember(map: Map<string, number>, name: string, value: number): void {
  map.set(name, value);
  const oldest = map.keys().next().value;
  if (map.size > rememberedMax && oldest !== undefined) map.delete(oldest);
}
