import { mkdirSync, watch, type FSWatcher } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { reasonOf } from '../../domain/words/reason-of.ts';
import { segmentSuffix } from './segment-file.ts';
import { shipFile } from './ship-file.ts';
import type { ShipperOptions } from './shipper-options.ts';

/** Attempts at a file before those behind it are shipped without it; it is tried again with every pass. */
const attemptsMax = 5;
/** Files that are passed over because they could not be stored: of more than these, the sink itself is away. */
const unstoredMax = 8;

/** Carries spool files into Postgres, in the order of their names, whichever process wrote them. */
export interface Shipper {
  /** Ships what is there now; false when the sink was away and files are left. */
  shipOnce(): Promise<boolean>;
  /** Finishes the file in hand and stops. */
  stop(): Promise<void>;
}

/**
 * Starts at once, and ships a file as soon as it is there; the interval is the back-up. A file is deleted only after
 * the commit; the segment id makes shipping it twice harmless.
 */
export function startShipper(options: ShipperOptions): Shipper {
  const intervalMs = options.intervalMs ?? 50;
  const backOffMsMax = options.backOffMsMax ?? 5_000;
  let isStopped = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let tail: Promise<boolean> = Promise.resolve(true);
  /** The pass over the folder that has not begun yet, so that it will see whatever is there by now. */
  let next: Promise<boolean> | null = null;

  /** How often in a row each file could not be shipped. */
  let unshipped: ReadonlyMap<string, number> = new Map();

  const ship = async (): Promise<boolean> => {
    const failed = new Map<string, number>();
    let unstored = 0;
    const names = await readdir(options.dir);
    for (const name of names.filter((file) => file.endsWith(segmentSuffix.ready)).toSorted()) {
      if (isStopped) return false;
      // oxlint-disable-next-line no-await-in-loop -- order matters: a label comes after its prediction
      const end = await shipFile(options, name);
      if (end === 'done') continue;
      const attempts = (unshipped.get(name) ?? 0) + 1;
      failed.set(name, attempts);
      if (end === 'unstored') unstored += 1;
      // A bad sector under one file, or a fault of ours in storing it, must not keep all others from being shipped.
      if (attempts < attemptsMax || unstored > unstoredMax) break;
    }
    unshipped = failed;
    return failed.size === 0;
  };
  const shipOnce = (): Promise<boolean> => {
    if (next !== null) return next;
    next = tail
      .then(() => {
        next = null;
        return ship();
      })
      .catch((error: unknown) => {
        options.log.warn({ reason: reasonOf(error) }, 'the spool cannot be read at the moment');
        return false;
      });
    tail = next;
    return next;
  };
  const schedule = (): void => {
    const waitMs = failures === 0 ? intervalMs : Math.min(backOffMsMax, intervalMs * 2 ** Math.min(failures, 16));
    timer = setTimeout(() => {
      void shipOnce().then((done) => {
        failures = done ? 0 : failures + 1;
        if (!isStopped) schedule();
      });
    }, waitMs);
  };
  // While the sink is away its back-off governs, not the files that pile up.
  const watcher = watchFolder(options.dir, () => {
    if (!isStopped && failures === 0) void shipOnce().then((done) => (failures = done ? failures : failures + 1));
  });
  schedule();
  return {
    shipOnce,
    async stop() {
      isStopped = true;
      watcher?.close();
      clearTimeout(timer);
      await tail;
    },
  };
}

/**
 * Tells about whole files at once. Null where folders cannot be watched (some network file systems): then the interval
 * alone finds them.
 */
function watchFolder(dir: string, onFile: () => void): FSWatcher | null {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const watcher = watch(dir, { persistent: false }, (_, name) => {
      if (name === null || name.endsWith(segmentSuffix.ready)) onFile();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}
