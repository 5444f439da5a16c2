import { eq, sql } from 'drizzle-orm';
import type { MetricIntervals } from '../../domain/metrics/metric-intervals.ts';
import type { Metrics } from '../../domain/metrics/metrics.ts';
import type { ReliabilityBin } from '../../domain/metrics/reliability.ts';
import type { GateCheck } from '../../domain/training/gate-check.ts';
import type { FootprintOutcome } from '../../domain/training/gates/footprint-rounds.ts';
import type { Db } from '../base/connect.ts';
import { evidence } from '../schema/index.ts';

/** What the gate left behind; members that an older or imported version does not have are absent. */
export interface GateFacts {
  readonly evidenceId: number;
  readonly at: Date;
  readonly verdict: string;
  readonly text: string;
  readonly checks: readonly GateCheck[];
  /** Version that it was held against. */
  readonly champion: number | null;
  readonly candidate: Metrics | null;
  readonly intervals: MetricIntervals;
  readonly reliability: readonly ReliabilityBin[] | null;
  /** Which rows of the traffic it was trained on; null where none were asked for, or nothing says it. */
  readonly traffic: string | null;
  /** What both took as programs; null where no gate asked. */
  readonly footprint: FootprintOutcome | null;
  readonly code: { readonly digest: string; readonly node: string; readonly platform: string } | null;
}

/** The evidence of a gate as people read it; what an older row lacks is empty rather than wrong. */
export async function gateOf(db: Db, evidenceId: number): Promise<GateFacts | null> {
  const [row] = await db
    .select({
      at: evidence.createdAt,
      verdict: evidence.verdict,
      body: sql<Record<string, unknown>>`${evidence.body} - 'holdOutLosses' - 'holdOutQuarterHours'`,
    })
    .from(evidence)
    .where(eq(evidence.evidenceId, evidenceId));
  if (row === undefined) return null;
  const { body } = row;
  const champion = body['champion'];
  return {
    evidenceId,
    at: row.at,
    verdict: row.verdict,
    text: typeof body['text'] === 'string' ? body['text'] : '',
    // Written by judgeVersion with these very types; JSON has no others.
    checks: (Array.isArray(body['checks']) ? body['checks'] : []) as readonly GateCheck[],
    champion: typeof champion === 'number' ? champion : null,
    candidate: (body['candidate'] ?? null) as Metrics | null,
    intervals: (body['intervals'] ?? {}) as MetricIntervals,
    reliability: (body['reliability'] ?? null) as readonly ReliabilityBin[] | null,
    traffic: (body['traffic'] as { readonly text: string } | null | undefined)?.text ?? null,
    footprint: (body['footprint'] ?? null) as FootprintOutcome | null,
    code: (body['code'] ?? null) as GateFacts['code'],
  };
}
