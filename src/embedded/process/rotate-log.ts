import { copyFile, mkdir, readdir, rename, stat, truncate } from 'node:fs/promises';
import path from 'node:path';

const logBytesMax = 16 * 1_048_576;
const lookEveryMs = 60_000;

/**
 * Makes the log's folder, and puts a log that has grown over 16 MiB aside (one predecessor is kept). Call before
 * opening it.
 */
export async function rotateLog(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  if ((await sizeOf(file)) > logBytesMax) await rename(file, `${file}.1`);
}

/**
 * Keeps the logs of a folder small while their processes run, for years if need be. A process holds its log open for
 * appending, so the content is copied aside and the file cut to nothing; what is written in between, some lines at
 * most, is lost.
 */
export function keepLogsSmall(folder: string, bytesMax = logBytesMax): { look(): Promise<void>; stop(): void } {
  const look = async (): Promise<void> => {
    const names = await readdir(folder).catch(() => []);
    for (const file of names.filter((name) => name.endsWith('.log')).map((name) => path.join(folder, name))) {
      // oxlint-disable-next-line no-await-in-loop -- few files, nobody waits
      await cutLog(file, bytesMax).catch(() => undefined);
    }
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  timer.unref();
  return { look, stop: () => clearInterval(timer) };
}

async function cutLog(file: string, bytesMax: number): Promise<void> {
  if ((await sizeOf(file)) <= bytesMax) return;
  // A full disk refuses the copy; then the log itself is what must go, or it fills the disk for good.
  await copyFile(file, `${file}.1`).catch(() => undefined);
  await truncate(file);
}

function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    (found) => found.size,
    () => 0,
  );
}
