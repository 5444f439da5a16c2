import { createHash } from 'node:crypto';
import { open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent } from '../../domain/words/is-absent.ts';
import { encodePush, parsePush, pushFolder, pushSuffix, type PushFile } from './push-file.ts';

/**
 * Puts pushed rows that were set aside back among those that wait, under a key that is made of the rows: one that was
 * used for other rows would be refused for ever. The same rows again are stored once. A file that is not whole stays.
 */
export async function reshipPushes(spoolDir: string): Promise<{ readonly requests: number; readonly rows: number }> {
  const dir = join(spoolDir, pushFolder);
  const done = { requests: 0, rows: 0 };
  for (const name of await namesIn(dir)) {
    const file = join(dir, name);
    // oxlint-disable-next-line no-await-in-loop -- one file in memory at a time
    const push = wholeIn(await readFile(file));
    if (push === null) continue;
    const keyHash = createHash('sha256').update(`${push.model}\nreship ${push.bodyDigest}`).digest('hex');
    // oxlint-disable-next-line no-await-in-loop -- as above
    await place(dir, { ...push, keyHash });
    // oxlint-disable-next-line no-await-in-loop -- as above
    await unlink(file);
    done.requests += 1;
    done.rows += push.rows;
  }
  return done;
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith(pushSuffix.bad)).toSorted();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

function wholeIn(bytes: Buffer): PushFile | null {
  try {
    return parsePush(bytes);
  } catch {
    return null;
  }
}

async function place(dir: string, push: PushFile): Promise<void> {
  const writing = join(dir, push.keyHash + pushSuffix.writing);
  const file = await open(writing, 'w', 0o600);
  try {
    await file.writeFile(encodePush(push));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(writing, join(dir, push.keyHash + pushSuffix.ready));
}
