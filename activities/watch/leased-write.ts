import { withTransaction, type Database, type Db } from '../../src/db/base/connect.ts';
import { assertLease, type WatchLease } from '../../src/db/watching/watch-lease.ts';

/**
 * A transaction that commits only while the watch's lease is ours: everything that judging writes goes through it, so a
 * holder that slept past its lease writes nothing. Throws `WatchLeaseLost`.
 */
export type LeasedWrite = <T>(work: (tx: Db) => Promise<T>) => Promise<T>;

export function leasedWrite(database: Pick<Database, 'pool'>, lease: WatchLease): LeasedWrite {
  return (work) =>
    withTransaction(database, async (tx) => {
      await assertLease(tx, lease);
      return work(tx);
    });
}

/** The same for one piece of work that may be given up while it runs: what it writes after that is refused. */
function untilGivenUp(write: LeasedWrite): { readonly write: LeasedWrite; giveUp(): void } {
  let isGivenUp = false;
  const refuseGivenUp = (): void => {
    if (isGivenUp) throw new Error('it took too long and was given up');
  };
  return {
    write: (work) =>
      write(async (tx) => {
        refuseGivenUp();
        const done = await work(tx);
        // It may have waited for a lock: what was given up meanwhile is set aside, and must not be judged too.
        refuseGivenUp();
        return done;
      }),
    giveUp: () => {
      isGivenUp = true;
    },
  };
}

/** Gives the work up after `limitMs`: what it would write then is refused. `what` begins the sentence that says so. */
export async function withinTime(
  write: LeasedWrite,
  { limitMs, what }: { readonly limitMs: number; readonly what: string },
  work: (write: LeasedWrite) => Promise<void>,
): Promise<void> {
  const attempt = untilGivenUp(write);
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      attempt.giveUp();
      reject(new Error(`${what} took more than ${limitMs / 1_000} s`));
    }, limitMs);
  });
  try {
    await Promise.race([work(attempt.write), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
