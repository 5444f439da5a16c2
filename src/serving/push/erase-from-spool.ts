import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isAbsent } from '../../domain/words/is-absent.ts';
import { reasonOf } from '../../domain/words/reason-of.ts';
import type { Log } from '../../telemetry/log.ts';
import { withoutRecords } from '../spool/erase-lines.ts';
import { keptFolder, type KeptSegments } from '../spool/kept-segments.ts';
import { segmentSuffix } from '../spool/segment-file.ts';
import { pushFolder, pushSuffix } from './push-file.ts';

/** Erasures as inference hears of them. */
export interface SpoolErasures {
  /** Says that this spool is there. */
  see(placeId: string): Promise<void>;
  /** Those of which this spool has not said that it is through. */
  toAck(placeId: string): Promise<
    readonly {
      readonly erasureId: string;
      /** Model and name of the entity in its log. */
      readonly names: readonly (readonly [string, string])[];
      readonly untilMs: number;
      /** In clear, while the erasure runs. */
      readonly entity: string | null;
    }[]
  >;
  ack(erasureId: string, placeId: string, records: number): Promise<void>;
}

const lookEveryMs = 2_000;
/** A look that fails is done again less and less often, up to once a minute: Postgres may be away for a night. */
const doublingsMax = 5;
/** Who was not seen for five minutes counts as away. */
const seeEveryMs = 60_000;
/** What was answered by then stands in a whole file; what is written for longer belongs to a process that has ended. */
const writtenMs = 2_000;

/**
 * Cleans a spool of erased entities: ships what waits (what is stored leaves them out), then writes kept segments and
 * set-aside records anew without them, and says so. A look that fails is done again.
 */
export function startSpoolErasing(parts: {
  readonly spoolDir: string;
  readonly erasures: SpoolErasures;
  readonly kept: Pick<KeptSegments, 'beginNext'>;
  /** Stores what waits; false where some of it could not be. */
  readonly ship: () => Promise<boolean>;
  /** Longest time for which a record waits in memory. */
  readonly flushMs: number;
  readonly log: Log;
  readonly intervalMs?: number;
}): { stop(): Promise<void> } {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let tail: Promise<void> = Promise.resolve();
  let placeId: string | null = null;
  let seenMs = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<void> => {
    placeId ??= await placeOf(parts.spoolDir);
    if (performance.now() - seenMs >= seeEveryMs) {
      await parts.erasures.see(placeId);
      seenMs = performance.now();
    }
    await cleanAt(placeId, parts);
  };
  let failures = 0;
  const schedule = (): void => {
    timer = setTimeout(
      () => {
        tail = look()
          .then(() => void (failures = 0))
          .catch((error: unknown) => {
            failures += 1;
            parts.log.warn({ reason: reasonOf(error) }, 'the spool cannot be cleaned at the moment');
          })
          .then(() => {
            if (!isStopped) schedule();
          });
      },
      (parts.intervalMs ?? lookEveryMs) * 2 ** Math.min(failures, doublingsMax),
    );
    timer.unref();
  };
  schedule();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await tail;
    },
  };
}

async function cleanAt(
  placeId: string,
  { spoolDir, erasures, kept, ship, flushMs }: Parameters<typeof startSpoolErasing>[0],
): Promise<void> {
  for (const { erasureId, names, untilMs, entity } of await erasures.toAck(placeId)) {
    // oxlint-disable no-await-in-loop -- one erasure after another
    // What is on its way into a file would be kept, with the entity in it, behind the back of this.
    if (Date.now() < untilMs + flushMs + writtenMs || (await hasUnfinished(spoolDir))) return;
    if (!(await ship())) return;
    // Whoever adds to a file of kept segments goes on with another one: these are written anew.
    kept.beginNext();
    const of = { names: new Set(names.map(([model, hash]) => `${model}/${hash}`)), untilMs };
    const clean = (text: string) => withoutRecords(text, of);
    let records = await rewriteIn(path.join(spoolDir, keptFolder), () => true, clean);
    records += await rewriteIn(spoolDir, (name) => name.endsWith(segmentSuffix.bad), clean);
    if (entity !== null)
      records += await rewriteIn(
        path.join(spoolDir, pushFolder),
        (name) => name.endsWith(pushSuffix.bad),
        (text) => withoutLines(text, entity),
      );
    await erasures.ack(erasureId, placeId, records);
    // oxlint-enable no-await-in-loop
  }
}

/** Whether a process ended while it was writing: what it left becomes a segment soon. */
async function hasUnfinished(spoolDir: string): Promise<boolean> {
  const names = (await namesIn(spoolDir)).filter((name) => name.endsWith(segmentSuffix.writing));
  const ages = await Promise.all(
    names.map(async (name) => {
      const facts = await stat(path.join(spoolDir, name)).catch(() => null);
      return facts === null ? 0 : Date.now() - facts.mtimeMs;
    }),
  );
  return ages.some((ageMs) => ageMs > writtenMs);
}

/** Pushed rows that were set aside stand as they came, and are read by people alone. */
function withoutLines(text: string, entity: string): { readonly text: string; readonly records: number } {
  const lines = text.split('\n');
  const left = lines.filter((line) => !line.includes(JSON.stringify(entity).slice(1, -1)));
  return { text: left.join('\n'), records: lines.length - left.length };
}

async function rewriteIn(
  folder: string,
  isAsked: (name: string) => boolean,
  clean: (text: string) => { readonly text: string; readonly records: number },
): Promise<number> {
  let records = 0;
  for (const name of (await namesIn(folder)).filter((one) => isAsked(one) && !one.endsWith(rewriting))) {
    const file = path.join(folder, name);
    // oxlint-disable no-await-in-loop -- one file in memory at a time
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      // It has reached its end meanwhile.
      if (isAbsent(error)) return '';
      throw error;
    });
    const cleaned = clean(text);
    if (cleaned.records === 0) continue;
    await writeFile(`${file}${rewriting}`, cleaned.text, { mode: 0o600, flush: true });
    await rename(`${file}${rewriting}`, file);
    records += cleaned.records;
    // oxlint-enable no-await-in-loop
  }
  return records;
}

const rewriting = '.cleaned';

async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  for (const { name } of entries.filter((entry) => entry.isFile() && entry.name.endsWith(rewriting)))
    // oxlint-disable-next-line no-await-in-loop -- left by a kill: there is one at most
    await rm(path.join(folder, name), { force: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** What this spool is known by: made once, and kept in it. */
async function placeOf(spoolDir: string): Promise<string> {
  const file = path.join(spoolDir, 'place');
  await mkdir(spoolDir, { recursive: true, mode: 0o700 });
  await writeFile(file, randomUUID(), { mode: 0o600, flag: 'wx', flush: true }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  return (await readFile(file, 'utf8')).trim();
}
