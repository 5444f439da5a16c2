import type { RunKind, RunStatus } from '../../domain/record/closed-sets.ts';
import { and, desc, eq, gte, sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { stepCallsOf, type StoredStepCall } from '../runs/step-calls.ts';
import { alert, decision, run, version } from '../schema/index.ts';
import { coveredBy } from './runs-scope.ts';
import { cut } from '../../domain/words/cut.ts';

export type RunLine = Omit<typeof run.$inferSelect, 'input' | 'output' | 'execution'>;

export interface RunFilter {
  readonly scope: string;
  readonly model: string | null;
  readonly kind: RunKind | null;
  readonly status: RunStatus | null;
  /** Text that the trigger begins with. */
  readonly trigger: string | null;
  readonly since: Date | null;
  /** Runs before this one, in the order of the page. */
  readonly before: { readonly startedAt: Date; readonly runId: string } | null;
  readonly limit: number;
}

/** Runs, latest first, one more than the limit when there are more. */
export async function runLines(db: Db, filter: RunFilter): Promise<readonly RunLine[]> {
  const { before, trigger } = filter;
  return db
    .select({
      runId: run.runId,
      model: run.model,
      kind: run.kind,
      status: run.status,
      trigger: run.trigger,
      detail: run.detail,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
    })
    .from(run)
    .where(
      and(
        coveredBy(run.model, filter.scope),
        filter.model === null ? undefined : eq(run.model, filter.model),
        filter.kind === null ? undefined : eq(run.kind, filter.kind),
        filter.status === null ? undefined : eq(run.status, filter.status),
        trigger === null ? undefined : sql`starts_with(lower(${run.trigger}), ${trigger.toLowerCase()})`,
        filter.since === null ? undefined : gte(run.startedAt, filter.since),
        before === null
          ? undefined
          : sql`(${run.startedAt}, ${run.runId}) < (${before.startedAt.toISOString()}::timestamptz, ${before.runId})`,
      ),
    )
    .orderBy(desc(run.startedAt), desc(run.runId))
    .limit(filter.limit + 1);
}

export interface RunPage {
  readonly run: typeof run.$inferSelect;
  readonly version: { readonly version: number; readonly status: string; readonly gateVerdict: string } | null;
  readonly decision: {
    readonly key: string;
    readonly windowNumber: number | null;
    readonly reason: string;
    readonly trigger: string | null;
    readonly at: Date;
  } | null;
  readonly alert: {
    readonly alertId: number;
    readonly title: string;
    readonly body: string;
    readonly closedAt: Date | null;
  } | null;
  /** The same kind of run of the same model before this one, to compare with. */
  readonly previousRunId: string | null;
  /** User steps that it has asked. */
  readonly userSteps: readonly StoredStepCall[];
}

/** One run with what led to it and what came of it. Throws `not_found`. */
export async function runPageOf(db: Db, runId: string): Promise<RunPage> {
  const [row] = await db.select().from(run).where(eq(run.runId, runId));
  if (row === undefined) throw runNotFound(runId);
  const [made] = await db
    .select({ version: version.version, status: version.status, gateVerdict: version.gateVerdict })
    .from(version)
    .where(eq(version.runId, runId));
  const [why] = await db
    .select({
      key: decision.key,
      windowNumber: decision.windowNumber,
      reason: decision.reason,
      trigger: decision.trigger,
      at: decision.createdAt,
    })
    .from(decision)
    .where(and(eq(decision.model, row.model), eq(decision.runId, runId)))
    .limit(1);
  const [failed] = await db
    .select({ alertId: alert.alertId, title: alert.title, body: alert.body, closedAt: alert.closedAt })
    .from(alert)
    .where(and(eq(alert.model, row.model), eq(alert.subject, runId)))
    .orderBy(desc(alert.alertId))
    .limit(1);
  const [previous] = await db
    .select({ runId: run.runId })
    .from(run)
    .where(
      and(
        eq(run.model, row.model),
        eq(run.kind, row.kind),
        sql`${run.startedAt} < ${row.startedAt.toISOString()}::timestamptz`,
      ),
    )
    .orderBy(desc(run.startedAt))
    .limit(1);
  return {
    run: row,
    version: made ?? null,
    decision: why ?? null,
    alert: failed ?? null,
    previousRunId: previous?.runId ?? null,
    userSteps: await stepCallsOf(db, row.model, runId),
  };
}

export function runNotFound(runId: string): PerennialError {
  return new PerennialError('not_found', `There is no run "${cut(runId, 200)}".`, {
    hint: 'Use one of the runs listed at /runs.',
  });
}
