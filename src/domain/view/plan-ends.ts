import { joinedRowsMax } from './plan-joins.ts';

/** A snapshot of the line of a view, as far as it matters to the age of its rows. */
export interface AgingPart {
  readonly digest: string;
  /** Accepted rows. */
  readonly rows: number;
  /** The oldest event in it, epoch milliseconds; null without a row. */
  readonly oldestMs: number | null;
  /** Up to when its rows have ended; null where none have. */
  readonly endedMs: number | null;
}

const dayMs = 86_400_000;

/** Beyond what a view keeps: looks that were served within it are still computed anew. */
const marginMs = 7 * dayMs;

/** A part is written anew so often, at most, while what it keeps grows old. */
const stepsMax = 8;

/**
 * The first part of a line (oldest first) of which rows are to end now, and up to when; null where there is none. The
 * newest stays as it is: its source is read on from it. So a line holds rows for an eighth of `keepMs`, and for some
 * days, longer than it has to, and each row is written anew nine times at most.
 */
export function nextEnd(
  line: readonly AgingPart[],
  { keepMs, nowMs }: { readonly keepMs: number; readonly nowMs: number },
): { readonly digest: string; readonly throughMs: number } | null {
  const throughMs = nowMs - keepMs - marginMs;
  const stepMs = Math.max(dayMs, keepMs / stepsMax);
  const due = line.slice(0, -1).find(({ rows, oldestMs, endedMs }) => {
    if (rows === 0 || oldestMs === null || oldestMs > throughMs) return false;
    return endedMs === null || throughMs - endedMs >= stepMs;
  });
  return due === undefined ? null : { digest: due.digest, throughMs };
}

/** The level of a part of which rows have ended: what has become small is joined again. */
export function levelBehindEnd(level: number | null, rows: number): number | null {
  return rows >= joinedRowsMax / 2 ? level : (level ?? 0);
}
