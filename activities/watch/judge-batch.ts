import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import { isDatabaseAway } from '../../src/db/base/connect.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { setWindowAside } from '../../src/db/watching/set-window-aside.ts';
import { WatchLeaseLost } from '../../src/db/watching/watch-lease.ts';
import type { WindowRow } from '../../src/db/watching/windows.ts';
import { reasonOf } from '../../src/domain/words/reason-of.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { JudgeWindow } from './judge-window.ts';
import { withinTime, type LeasedWrite } from './leased-write.ts';

/** Models whose windows are judged at once; much of the time of each is waiting for Postgres. */
const lanesMax = 4;
/** One that takes longer is set aside: it would hold up everything behind it. */
const windowMsMax = 30_000;
/** Pauses before it is tried again for what passes by itself; after the last one it is set aside. */
const againAfterMs = [100, 1_000] as const;

export interface Batch {
  readonly judgeWindow: JudgeWindow;
  readonly write: LeasedWrite;
  /** True when no other window may be begun. */
  readonly isOver: () => boolean;
  /** Takes the place of `windowMsMax`. */
  readonly windowMs?: number;
  /** Takes the place of `againAfterMs`. */
  readonly againAfterMs?: readonly number[];
}

/**
 * Judges windows, those of one model in their order, several models at once. One that cannot be judged is set aside
 * with its reason, and the others go on; only a lost lease, or Postgres or Temporal that is away, ends the batch: that
 * is no window's fault, and the activity is tried again. Returns how many were judged or set aside.
 */
export async function judgeBatch(
  deps: ActivityDependencies,
  windows: readonly WindowRow[],
  batch: Batch,
): Promise<number> {
  const waiting = [...byModel(windows).values()];
  let done = 0;
  let isBroken = false;
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      for (const window of next) {
        if (isBroken || batch.isOver()) return;
        // oxlint-disable-next-line no-await-in-loop -- the windows of one model in their order
        await judgeOrSetAside(deps, window, batch);
        done++;
      }
    }
  };
  const lanes = Array.from({ length: Math.min(lanesMax, waiting.length) }, () =>
    lane().catch((error: unknown) => {
      isBroken = true;
      throw error;
    }),
  );
  const ends = await Promise.allSettled(lanes);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return done;
}

async function judgeOrSetAside(deps: ActivityDependencies, window: WindowRow, batch: Batch): Promise<void> {
  const { model, number } = window;
  try {
    const limit = { limitMs: batch.windowMs ?? windowMsMax, what: 'judging it' };
    await withinTime(batch.write, limit, (write) => judgeAgain(window, batch, write));
  } catch (error) {
    if (error instanceof WatchLeaseLost || isDatabaseAway(error) || isTemporalAway(error)) throw error;
    deps.log.error({ model, window: number, err: error }, 'a window cannot be judged and is set aside');
    const webhooks = await readCurrentSpec(deps.database.db, model).then(
      ({ spec }) => spec.watch.webhooks,
      () => [],
    );
    await batch.write((tx) => setWindowAside(tx, window, reasonOf(error), webhooks));
  }
}

/** A file that cannot be read for a moment is no reason to set a window aside and to ring. */
async function judgeAgain(
  window: WindowRow,
  { judgeWindow, againAfterMs: pausesMs = againAfterMs }: Batch,
  write: LeasedWrite,
): Promise<void> {
  for (const pauseMs of pausesMs) {
    try {
      return await judgeWindow(window, write);
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await pause(pauseMs);
  }
  return judgeWindow(window, write);
}

function byModel(windows: readonly WindowRow[]): ReadonlyMap<string, readonly WindowRow[]> {
  const models = new Map<string, WindowRow[]>();
  for (const window of windows) models.set(window.model, [...(models.get(window.model) ?? []), window]);
  return models;
}

/** Cancelled, out of time, too many requests, unavailable. What else Temporal refuses is about one model. */
const awayCodes: ReadonlySet<number> = new Set([1, 4, 8, 14]);

/** Not the window's fault. The client wraps what the connection said; without such a word it never got an answer. */
function isTemporalAway(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return isGrpcServiceError(error) && awayCodes.has(error.code);
  return !isGrpcServiceError(error.cause) || awayCodes.has(error.cause.code);
}

/** Too many open files, a disk that hangs or is busy, memory that is short. */
function isPassing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^(EMFILE|ENFILE|EIO|EAGAIN|EBUSY|ENOMEM|ESTALE)$/.test(code);
}
