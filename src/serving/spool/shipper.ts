import { mkdirSync, watch, type FSWatcher } from 'node:fs';
import { readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isPerennialError } from '../../domain/words/errors.ts';
import type { Log, Segment, SegmentSink } from '../ports.ts';
import { decodeSegment, segmentSuffix } from './segment-file.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';

/** Carries spool files into Postgres, in the order of their names, whichever process wrote them. */
export interface Shipper {
  /** Ships what is there now; false when the sink was away and files are left. */
  shipOnce(): Promise<boolean>;
  /** Finishes the file in hand and stops. */
  stop(): Promise<void>;
}

export interface ShipperOptions {
  readonly dir: string;
  readonly sink: SegmentSink;
  readonly log: Log;
  readonly intervalMs?: number;
  readonly backOffMsMax?: number;
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

  const ship = async (): Promise<boolean> => {
    for (const name of await waiting(options.dir)) {
      if (isStopped) return false;
      // oxlint-disable-next-line no-await-in-loop -- order matters: a label comes after its prediction
      if (!(await shipFile(options, name))) return false;
    }
    return true;
  };
  const shipOnce = (): Promise<boolean> => {
    if (next !== null) return next;
    next = tail
      .then(() => {
        next = null;
        return ship();
      })
      .catch(() => false);
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

async function waiting(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch(() => []);
  return names.filter((name) => name.endsWith(segmentSuffix.ready)).toSorted();
}

/** False when the sink is away: the file stays and the order is kept. */
async function shipFile(options: ShipperOptions, name: string): Promise<boolean> {
  const path = join(options.dir, name);
  const segment = await readSegment(options, path);
  if (segment === null) return true;
  try {
    await options.sink.store(segment);
  } catch (error) {
    if (isPerennialError(error) && error.code === 'invalid_data') {
      await setAside(options, path, error);
      return true;
    }
    options.log.warn(
      { segment: segment.segmentId, reason: reasonOf(error) },
      'a segment waits: it could not be stored',
    );
    return false;
  }
  await unlink(path).catch(() => undefined);
  return true;
}

async function readSegment(options: ShipperOptions, path: string): Promise<Segment | null> {
  try {
    return decodeSegment(await readFile(path, 'utf8'));
  } catch (error) {
    // Gone: another shipper had it. Anything else would stand in the way of every later segment.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) await setAside(options, path, error);
    return null;
  }
}

async function setAside(options: ShipperOptions, path: string, error: unknown): Promise<void> {
  const aside = path.slice(0, -segmentSuffix.ready.length) + segmentSuffix.bad;
  await rename(path, aside).catch(() => undefined);
  options.log.error(
    { file: aside, reason: reasonOf(error) },
    'a segment was moved aside; its records are not in the database',
  );
}
