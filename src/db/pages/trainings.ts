import { and, desc, eq, gte, lte, sql } from 'drizzle-orm';
import type { RunStatus } from '../../domain/record/closed-sets.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import type { Db } from '../base/connect.ts';
import { run, version } from '../schema/index.ts';

/** A training in the order of time. */
export interface TrainingKey {
  readonly startedAt: string;
  readonly runId: string;
}

export interface TrainingLine {
  readonly runId: string;
  readonly status: RunStatus;
  readonly trigger: string | null;
  readonly detail: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** Null for one that made none. */
  readonly version: number | null;
  readonly gateVerdict: string | null;
  readonly labelledRows: number | null;
  readonly family: string | null;
  /** The metric that is asked about, of the candidate on its own test; null without one. */
  readonly value: number | null;
  readonly key: TrainingKey;
}

/** Most trainings that one page looks at: filters leave rows out, and a page must not read a whole history for them. */
export const trainingsLookedAt = 200;

/**
 * Trainings of a model before a place, the latest first, at most `trainingsLookedAt` of them. Law: an index of the
 * model and kind, and one version each.
 */
export async function trainingLines(
  db: Db,
  model: string,
  {
    metric,
    since,
    until,
    before,
  }: {
    readonly metric: MetricName;
    readonly since: Date | null;
    readonly until: Date | null;
    readonly before: TrainingKey | null;
  },
): Promise<readonly TrainingLine[]> {
  // Version by version, of the runs of this page alone: joined as tables, the plan changes as they grow.
  const made = db
    .select({
      version: version.version,
      gateVerdict: version.gateVerdict,
      labelledRows: version.labelledRows,
      family: sql<string | null>`${version.report} #>> '{candidate,family}'`.as('family'),
      value: sql<number | null>`(${version.report} #>> array['candidate', 'testMetrics', ${metric}::text])::float8`.as(
        'value',
      ),
    })
    .from(version)
    .where(eq(version.runId, run.runId))
    .limit(1)
    .as('made');
  const rows = await db
    .select({
      runId: run.runId,
      status: run.status,
      trigger: run.trigger,
      detail: run.detail,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
      version: made.version,
      gateVerdict: made.gateVerdict,
      labelledRows: made.labelledRows,
      family: made.family,
      value: made.value,
    })
    .from(run)
    .leftJoinLateral(made, sql`true`)
    .where(
      and(
        eq(run.model, model),
        eq(run.kind, 'train'),
        since === null ? undefined : gte(run.startedAt, since),
        until === null ? undefined : lte(run.startedAt, until),
        before === null
          ? undefined
          : sql`(${run.startedAt}, ${run.runId}) < (${before.startedAt}::timestamptz, ${before.runId})`,
      ),
    )
    .orderBy(desc(run.startedAt), desc(run.runId))
    .limit(trainingsLookedAt);
  return rows.map((row) => ({ ...row, key: { startedAt: row.startedAt.toISOString(), runId: row.runId } }));
}
