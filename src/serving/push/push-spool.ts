import { mkdirSync } from 'node:fs';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PerennialError } from '../../domain/words/errors.ts';
import { isAbsent } from '../../domain/words/is-absent.ts';
import type { Log } from '../../telemetry/log.ts';
import { timeOrderedId } from '../edge/time-ordered-id.ts';
import type { SpoolSize } from '../spool/spool-size.ts';
import { createPushRoom, type PushRoomOptions } from './push-room.ts';
import { encodePush, parsePush, pushFolder, pushSuffix, type PushFile } from './push-file.ts';

/** Pushed rows on their way to Postgres: one file per request, named by its key, shared by all processes of a spool. */
export interface PushSpool {
  /** The request of this key that waits; null when none does. */
  find(keyHash: string): Promise<PushFile | null>;
  /**
   * Durable when it resolves. False when a request of this key waits already, which is durable then, too. Rejects
   * (`unavailable`) when the disk does not take it.
   */
  put(request: PushFile): Promise<boolean>;
  /** Throws `rate_limited`, with when there will be room, while too much waits or has waited for too long. */
  assertRoom(): void;
  waiting(): SpoolSize;
  close(): void;
}

export interface PushSpoolOptions extends PushRoomOptions {
  readonly spoolDir: string;
  readonly log: Log;
}

export function createPushSpool({ spoolDir, log, ...bounds }: PushSpoolOptions): PushSpool {
  const dir = join(spoolDir, pushFolder);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const room = createPushRoom(dir, bounds, log);
  const fileOf = (keyHash: string): string => join(dir, keyHash + pushSuffix.ready);

  /** The name of a file survives a power cut once its folder is flushed. */
  async function flushFolder(): Promise<void> {
    const folder = await open(dir, 'r');
    await folder.sync().finally(() => folder.close());
  }

  /** A link is made or is refused: of two processes that have the same key at once, one finds the file of the other. */
  async function place(request: PushFile): Promise<boolean> {
    const bytes = encodePush(request);
    const writing = join(dir, timeOrderedId() + pushSuffix.writing);
    const file = await open(writing, 'wx', 0o600);
    try {
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await link(writing, fileOf(request.keyHash));
      room.add(bytes.length);
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(writing).catch(() => undefined);
    }
  }

  return {
    async find(keyHash) {
      try {
        return parsePush(await readFile(fileOf(keyHash)));
      } catch (error) {
        if (isAbsent(error)) return null;
        throw error;
      }
    },
    async put(request) {
      try {
        const isNew = await place(request);
        await flushFolder();
        return isNew;
      } catch (cause) {
        throw new PerennialError('unavailable', 'The rows cannot be written to disk at the moment.', { cause });
      }
    },
    assertRoom: room.assert,
    waiting: room.waiting,
    close: room.close,
  };
}
