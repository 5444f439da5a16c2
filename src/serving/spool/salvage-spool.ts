import { readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../telemetry/log.ts';
import { encodeSegment, salvageLines, segmentSuffix } from './segment-file.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';

/** A live process finishes a file within milliseconds; older ones belong to processes that ended in the middle. */
const abandonedAfterMs = 10_000;

/**
 * Turns what dead processes left half-written into whole segments, as far as their lines are whole. Returns how many.
 * What a full disk has no room for stays as it is, for the next time.
 */
export async function salvageSpool(dir: string, log: Log, nowMs: number = Date.now()): Promise<number> {
  const names = await readdir(dir).catch(() => []);
  let salvaged = 0;
  for (const name of names) {
    if (!name.endsWith(segmentSuffix.writing)) continue;
    const path = join(dir, name);
    // oxlint-disable-next-line no-await-in-loop -- a handful of files at start
    const isSalvaged = await salvageFile(path, nowMs).catch((error: unknown) => {
      log.warn({ file: path, reason: reasonOf(error) }, 'a half-written spool segment could not be salvaged yet');
      return false;
    });
    if (isSalvaged) salvaged++;
  }
  if (salvaged > 0) log.info({ segments: salvaged }, 'half-written spool segments were salvaged');
  return salvaged;
}

async function salvageFile(path: string, nowMs: number): Promise<boolean> {
  const facts = await stat(path).catch(() => null);
  if (facts === null || nowMs - facts.mtimeMs < abandonedAfterMs) return false;
  const { processId, lines } = salvageLines(await readFile(path, 'utf8'));
  const whole = path.slice(0, -segmentSuffix.writing.length);
  if (lines.length > 0) {
    const segmentId = whole.slice(whole.lastIndexOf('/') + 1);
    const copy = `${whole}.salvaged`;
    try {
      await writeFile(copy, encodeSegment(segmentId, processId, lines), { flush: true, mode: 0o600 });
      await rename(copy, whole + segmentSuffix.ready);
    } catch (error) {
      await unlink(copy).catch(() => undefined);
      throw error;
    }
  }
  await unlink(path);
  return lines.length > 0;
}
