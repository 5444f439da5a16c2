import { mkdirSync } from 'node:fs';
import { readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isPerennialError } from '../../domain/words/errors.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { Log } from '../../telemetry/log.ts';
import type { PushSink } from '../ports.ts';
import { boundRefused } from '../spool/write-refused.ts';
import { parsePush, pushFolder, pushSuffix, type PushFile } from './push-file.ts';

export interface PushShipperOptions {
  readonly spoolDir: string;
  readonly sink: PushSink;
  readonly log: Log;
  /** Hears of requests that were set aside. */
  readonly onRefused?: (
    refused: readonly { readonly model: string | null; readonly reason: string }[],
  ) => Promise<void>;
  readonly intervalMs?: number;
  readonly backOffMsMax?: number;
}

export interface PushShipper {
  /** Stores what is there now; false when something is left. */
  shipOnce(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Of one batch: what is held in memory, and what one transaction takes. */
const batchMax = { requests: 256, bytes: 8 * 1_048_576 } as const;
/** A process writes a file within seconds; what is older belongs to one that has ended, and was answered to nobody. */
const abandonedMs = 60_000;
/** Far above the steps in which file systems tell time. By our own clock: that of a file server may be another. */
const fileClockMs = 2_500;

/**
 * Carries pushed rows into Postgres, those of one model together, in the order in which they came. A file goes only
 * after its commit, and its key makes storing it twice harmless. A model whose rows are not taken holds up no other.
 */
export function startPushShipper(options: PushShipperOptions): PushShipper {
  const { intervalMs = 200, backOffMsMax = 5_000, log } = options;
  const dir = join(options.spoolDir, pushFolder);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  let isStopped = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let tail: Promise<boolean> = Promise.resolve(true);
  let drained: { readonly changedMs: number; readonly listedMs: number } | null = null;
  let seen = { changedMs: NaN, sinceMs: 0 };

  /** Who pushes nothing pays one look at the folder itself, and a listing a minute for what was left half-written. */
  async function ship(): Promise<boolean> {
    const { mtimeMs: changedMs } = await stat(dir);
    const listedMs = performance.now();
    if (drained?.changedMs === changedMs && listedMs - drained.listedMs < abandonedMs) return true;
    drained = null;
    if (seen.changedMs !== changedMs) seen = { changedMs, sinceMs: listedMs };
    const isDone = await shipAll();
    // The clock of files goes in steps: what came in the same step as the last change has not changed it again.
    if (isDone && listedMs - seen.sinceMs > fileClockMs) drained = { changedMs, listedMs };
    return isDone;
  }

  async function shipAll(): Promise<boolean> {
    let isDone = true;
    const failed = new Set<string>();
    for await (const batch of batchesIn(dir, log)) {
      const [first] = batch;
      if (isStopped) return false;
      if (first === undefined || failed.has(first.push.model)) continue;
      if (await shipBatch({ ...options, dir }, first.push.model, batch)) continue;
      // Behind a request that waits nothing of its model is stored, or it would come out of order.
      failed.add(first.push.model);
      isDone = false;
    }
    return isDone;
  }
  const shipOnce = (): Promise<boolean> => {
    tail = tail.then(ship).catch((error: unknown) => {
      log.warn({ reason: reasonOf(error) }, 'pushed rows cannot be read at the moment');
      return false;
    });
    return tail;
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
  schedule();
  return {
    shipOnce,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await tail;
    },
  };
}

interface Waiting {
  readonly file: string;
  readonly push: PushFile;
}

/** What waits, model by model in the order of arrival, in batches that fit into memory. */
async function* batchesIn(dir: string, log: Log): AsyncGenerator<readonly Waiting[]> {
  const open = new Map<string, { bytes: number; batch: Waiting[] }>();
  for (const file of await filesIn(dir)) {
    const push = await readPush(file, log);
    if (push === null) continue;
    const held = open.get(push.model) ?? { bytes: 0, batch: [] };
    open.set(push.model, held);
    held.batch.push({ file, push });
    held.bytes += push.lines.length;
    const isFull = held.batch.length >= batchMax.requests || held.bytes >= batchMax.bytes;
    const bytes = [...open.values()].reduce((sum, one) => sum + one.bytes, 0);
    if (isFull || bytes >= 4 * batchMax.bytes) {
      for (const one of isFull ? [held] : open.values()) yield one.batch;
      if (isFull) open.delete(push.model);
      else open.clear();
    }
  }
  for (const { batch } of open.values()) yield batch;
}

/** By when they were written. What a process that ended left half-written was never answered: it goes. */
async function filesIn(dir: string): Promise<readonly string[]> {
  const found: { readonly file: string; readonly atMs: number }[] = [];
  for (const name of await readdir(dir)) {
    const isWriting = name.endsWith(pushSuffix.writing);
    if (!isWriting && !name.endsWith(pushSuffix.ready)) continue;
    const file = join(dir, name);
    // oxlint-disable-next-line no-await-in-loop -- thousands of open requests to the file system would be worse
    const facts = await stat(file).catch(() => null);
    if (facts === null) continue;
    if (!isWriting) found.push({ file, atMs: facts.mtimeMs });
    // oxlint-disable-next-line no-await-in-loop -- as above
    else if (Date.now() - facts.mtimeMs > abandonedMs) await unlink(file).catch(() => undefined);
  }
  return found
    .toSorted((left, right) => left.atMs - right.atMs || (left.file < right.file ? -1 : 1))
    .map(({ file }) => file);
}

async function readPush(file: string, log: Log): Promise<PushFile | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    // Gone: another shipper had it. Anything else passes by itself.
    if (!isAbsent(error)) log.warn({ file, reason: reasonOf(error) }, 'pushed rows wait: they could not be read');
    return null;
  }
  try {
    return parsePush(bytes);
  } catch (error) {
    const aside = file.slice(0, -pushSuffix.ready.length) + pushSuffix.bad;
    await rename(file, aside).catch(() => undefined);
    log.error({ file: aside, reason: reasonOf(error) }, 'a file of pushed rows was set aside: it is not whole');
    await bound(dirname(file), log);
    return null;
  }
}

/** A file that cannot be removed must not hold up what can be stored. */
function bound(dir: string, log: Log): Promise<void> {
  return boundRefused(dir, log).catch((error: unknown) =>
    log.warn({ dir, reason: reasonOf(error) }, 'rows set aside could not be bounded'),
  );
}

type Shipping = PushShipperOptions & { readonly dir: string };

/** False when the rows wait. What the database refuses for its content is tried request by request. */
async function shipBatch(options: Shipping, model: string, batch: readonly Waiting[]): Promise<boolean> {
  try {
    const ends = await options.sink.store(
      model,
      batch.map(({ push }) => push),
    );
    const conflicts = batch.filter((_, index) => ends[index] === 'conflict');
    for (const one of conflicts)
      // oxlint-disable-next-line no-await-in-loop -- seldom, and one file each
      await setAside(options, one, 'its Idempotency-Key was used for other rows while the database was away');
    const rest = batch.filter((_, index) => ends[index] !== 'conflict');
    await Promise.all(rest.map(({ file }) => unlink(file).catch(() => undefined)));
    return true;
  } catch (error) {
    const isUnfit = isPerennialError(error) && error.code === 'invalid_data';
    const [only] = batch;
    if (isUnfit && batch.length === 1 && only !== undefined) {
      await setAside(options, only, reasonOf(error));
      return true;
    }
    if (isUnfit) {
      // oxlint-disable-next-line no-await-in-loop -- in their order
      for (const one of batch) if (!(await shipBatch(options, model, [one]))) return false;
      return true;
    }
    options.log.warn({ model, requests: batch.length, reason: reasonOf(error) }, 'pushed rows wait: not stored yet');
    return false;
  }
}

async function setAside({ log, onRefused }: Shipping, { file, push }: Waiting, reason: string): Promise<void> {
  const aside = file.slice(0, -pushSuffix.ready.length) + pushSuffix.bad;
  await rename(file, aside);
  await bound(dirname(file), log);
  log.error({ file: aside, model: push.model, rows: push.rows, reason }, 'pushed rows were set aside');
  await onRefused?.([{ model: push.model, reason }]).catch((error: unknown) =>
    log.warn({ reason: reasonOf(error) }, 'rows set aside could not be told of'),
  );
}
