import { Context } from '@temporalio/activity';
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { closeDueWindows } from '../../src/db/traffic/store/close-windows.ts';
import {
  endLease,
  renewWatchLease,
  takeLease,
  watchLeaseMs,
  WatchLeaseLost,
  type WatchLease,
  type WatchShard,
} from '../../src/db/watching/watch-lease.ts';
import { dueWindows } from '../../src/db/watching/windows.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { correctDue } from './corrections/correct-due.ts';
import { judgeBatch } from './judge-batch.ts';
import { createWindowJudge } from './judge-window.ts';
import { leasedWrite } from './leased-write.ts';

const batchMax = { freshMax: 40, againMax: 5 } as const;
/** No other window is begun after this; the next batch goes on. */
const batchMsMax = 15_000;
/** Whoever waits for longer gives up by itself: the holder has died, or judges what there is. */
const waitMsMax = watchLeaseMs + 5_000;
const pollMs = 100;

export function judgeWindowActivities(deps: ActivityDependencies) {
  const { database, log } = deps;
  const { db } = database;
  const judgeWindow = createWindowJudge(deps);

  /**
   * Judges closed windows of one shard, a batch at a time; a window that cannot be judged is set aside. Then answers
   * are corrected anew where that is due within a window.
   */
  async function judgeWindows(shard: WatchShard): Promise<{ readonly judged: number; readonly more: boolean }> {
    const nothing = { judged: 0, more: false };
    const lease = await waitForLease(shard);
    if (lease === null) return nothing;
    const renewing = setInterval(() => void renewWatchLease(db, lease).catch(() => undefined), watchLeaseMs / 4);
    try {
      return await judgeUnder(lease);
    } catch (error) {
      if (!(error instanceof WatchLeaseLost)) throw error;
      log.warn({ shard: lease.shard, fence: lease.fence }, 'the watch of a shard went to somebody else');
      return nothing;
    } finally {
      clearInterval(renewing);
      await endLease(db, lease).catch(() => undefined);
    }
  }

  /** Two at once could put an older window's correction over a newer one. Null when another judges for too long. */
  async function waitForLease(shard: WatchShard): Promise<WatchLease | null> {
    const { cancellationSignal } = Context.current();
    const holder = `${hostname()}/${process.pid}/${randomUUID()}`;
    for (const untilMs = Date.now() + waitMsMax; ;) {
      const lease = await takeLease(db, shard, holder);
      if (lease === 'gone') return null;
      if (lease !== 'held') return lease;
      if (Date.now() > untilMs || cancellationSignal.aborted) return null;
      await pause(pollMs);
    }
  }

  async function judgeUnder(lease: WatchLease): Promise<{ readonly judged: number; readonly more: boolean }> {
    const { cancellationSignal } = Context.current();
    const endsAtMs = Date.now() + batchMsMax;
    // A worker that is told to end has some seconds: with its lease it would keep the next one waiting for twenty.
    const isOver = (): boolean => cancellationSignal.aborted || Date.now() > endsAtMs;
    // Windows declared in time have no other clock while there is no traffic.
    await closeDueWindows(database, lease, (model, error) =>
      log.error({ model, err: error }, 'a window by time cannot be closed'),
    );
    const windows = await dueWindows(db, lease, batchMax);
    const write = leasedWrite(database, lease);
    const judged = await judgeBatch(deps, windows, { judgeWindow, write, isOver });
    const hasMoreDue = await correctDue(deps, lease, { write, isOver });
    return { judged, more: hasMoreDue || windows.length >= batchMax.freshMax || judged < windows.length };
  }

  return { judgeWindows };
}
