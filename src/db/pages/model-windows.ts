import { and, asc, desc, eq, gte, inArray, lt, lte, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { evidence, qualityTotal, window, windowQuality } from '../schema/index.ts';
import type { WindowQualityRow } from '../watching/window-quality.ts';

export interface WindowTraffic {
  readonly rows: number;
  readonly failed: number;
  readonly slow: number;
  readonly latencyMeanMs: number | null;
  readonly latencyMaxMs: number | null;
  /** Rows that a challenger answered. */
  readonly challengerRows: number;
}

export interface WindowLine {
  readonly number: number;
  readonly rows: number;
  readonly lastSeq: number;
  readonly openedAt: Date;
  readonly closedAt: Date;
  readonly verdict: string | null;
  readonly evidenceId: number | null;
  readonly traffic: WindowTraffic;
  readonly quality: WindowQualityRow | null;
  /** Body of the window's evidence; null until it is judged. */
  readonly evidence: Readonly<Record<string, unknown>> | null;
}

/** Windows on one page: what the heat map has columns for. */
export const windowsPerPage = 50;

/** A page of closed windows, oldest first, that ends before window `before` (null: with the latest). Four queries. */
export async function windowLines(db: Db, model: string, before: number | null): Promise<readonly WindowLine[]> {
  const windows = await db
    .select()
    .from(window)
    .where(and(eq(window.model, model), before === null ? undefined : lt(window.number, before)))
    .orderBy(desc(window.number))
    .limit(windowsPerPage);
  windows.reverse();
  const first = windows[0];
  const last = windows.at(-1);
  if (first === undefined || last === undefined) return [];
  const ids = windows.flatMap((row) => (row.evidenceId === null ? [] : [row.evidenceId]));
  const [traffic, quality, bodyBy] = await Promise.all([
    trafficOf(db, model, first.number, last.number),
    db
      .select()
      .from(windowQuality)
      .where(
        and(
          eq(windowQuality.model, model),
          gte(windowQuality.windowNumber, first.number),
          lte(windowQuality.windowNumber, last.number),
        ),
      )
      .orderBy(asc(windowQuality.windowNumber)),
    bodiesOf(db, ids),
  ]);
  const qualityBy = new Map(quality.map((row) => [row.windowNumber, row]));
  return windows.map((row) => ({
    number: row.number,
    rows: row.rows,
    lastSeq: row.lastSeq,
    openedAt: row.openedAt,
    closedAt: row.closedAt,
    verdict: row.verdict,
    evidenceId: row.evidenceId,
    traffic: traffic.get(row.number) ?? {
      rows: row.rows,
      failed: 0,
      slow: 0,
      latencyMeanMs: null,
      latencyMaxMs: null,
      challengerRows: 0,
    },
    quality: qualityBy.get(row.number) ?? null,
    evidence: row.evidenceId === null ? null : (bodyBy.get(row.evidenceId) ?? null),
  }));
}

/**
 * Evidence is written once and never changed, and a page reads fifty large bodies of it: the latest that were read are
 * kept.
 */
const keptBodies = new WeakMap<Db, Map<number, Readonly<Record<string, unknown>>>>();
const keptMax = 400;

async function bodiesOf(
  db: Db,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Readonly<Record<string, unknown>>>> {
  const kept = keptBodies.get(db) ?? new Map<number, Readonly<Record<string, unknown>>>();
  keptBodies.set(db, kept);
  const found = new Map(
    ids.flatMap((id) => {
      const body = kept.get(id);
      return body === undefined ? [] : [[id, body] as const];
    }),
  );
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length === 0) return found;
  const rows = await db
    .select({ id: evidence.evidenceId, body: evidence.body })
    .from(evidence)
    .where(inArray(evidence.evidenceId, missing));
  if (kept.size + rows.length > keptMax) kept.clear();
  for (const { id, body } of rows) {
    kept.set(id, body);
    found.set(id, body);
  }
  return found;
}

type RawTraffic = {
  number: number;
  rows: number;
  failed: number;
  slow: number;
  latency_sum_us: string;
  latency_max_us: string;
  challenger: number;
};

/** Counters summed over versions, arms and revisions; their cells stay where they are. */
async function trafficOf(db: Db, model: string, from: number, to: number): Promise<ReadonlyMap<number, WindowTraffic>> {
  const result = await db.execute<RawTraffic>(sql`
    select window_number as number, sum(rows)::int as rows, sum(failed)::int as failed, sum(slow)::int as slow,
      sum(latency_sum_us)::bigint as latency_sum_us, max(latency_max_us) as latency_max_us, (coalesce(sum(rows)
      filter (where arm = 'challenger'), 0))::int as challenger
    from counter where model = ${model} and window_number between ${from} and ${to}
    group by window_number`);
  return new Map(
    result.rows.map((row) => [
      row.number,
      {
        rows: row.rows,
        failed: row.failed,
        slow: row.slow,
        latencyMeanMs: row.rows === 0 ? null : Number(row.latency_sum_us) / row.rows / 1_000,
        latencyMaxMs: Number(row.latency_max_us) / 1_000,
        challengerRows: row.challenger,
      },
    ]),
  );
}

export interface ValueTotal {
  readonly fromWindow: number | null;
  readonly toWindow: number | null;
  readonly comparedRows: number;
  readonly rows: number;
  readonly labelledRows: number;
  readonly value: number | null;
  readonly firstValue: number | null;
  readonly differenceVariance: number | null;
  readonly firstVersion: number | null;
}

/** What the answers brought against the first champion's, over every measured window: one row, kept as they are. */
export async function valueTotal(db: Db, model: string): Promise<ValueTotal> {
  const [row] = await db.select().from(qualityTotal).where(eq(qualityTotal.model, model));
  if (row === undefined) return nothingMeasured;
  const { model: _model, comparedWindows, value, firstValue, differenceVariance, ...total } = row;
  return comparedWindows === 0
    ? { ...total, value: null, firstValue: null, differenceVariance: null }
    : { ...total, value, firstValue, differenceVariance };
}

const nothingMeasured: ValueTotal = {
  fromWindow: null,
  toWindow: null,
  comparedRows: 0,
  rows: 0,
  labelledRows: 0,
  value: null,
  firstValue: null,
  differenceVariance: null,
  firstVersion: null,
};
