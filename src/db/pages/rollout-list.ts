import { endedRolloutStatuses, openRolloutStatuses, type RolloutStatus } from '../../domain/rollout/routing.ts';
import { and, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { rollout } from '../schema/index.ts';
import { coveredBy } from './runs-scope.ts';

export interface RolloutLine {
  readonly model: string;
  readonly version: number;
  readonly attempt: number;
  readonly status: RolloutStatus;
  readonly step: number | null;
  /** Canary steps and shadow of its plan; null for one that ended, since a plan is read out of a whole definition. */
  readonly steps: number | null;
  readonly baseVersion: number | null;
  readonly reason: string | null;
  readonly startedAt: Date;
  readonly heldSince: Date | null;
  readonly endedAt: Date | null;
}

export interface RolloutFilter {
  readonly scope: string;
  readonly model: string | null;
  readonly state: 'open' | 'ended';
  readonly limit: number;
}

const stepsOfPlan = sql<
  number | null
>`(select 1 + jsonb_array_length(s.spec -> 'rollout' -> 'canary') from spec_revision s where s.model =
  "rollout"."model" and s.revision = "rollout"."spec_revision")::int`;

/**
 * Rollouts of all models that a scope covers: those that are open (what waits for a person first), or those that ended,
 * latest first.
 */
export async function rolloutLines(db: Db, filter: RolloutFilter): Promise<readonly RolloutLine[]> {
  const states = filter.state === 'open' ? openRolloutStatuses : endedRolloutStatuses;
  return db
    .select({
      model: rollout.model,
      version: rollout.version,
      attempt: rollout.attempt,
      status: rollout.status,
      step: rollout.step,
      steps: filter.state === 'open' ? stepsOfPlan : sql<number | null>`null::int`,
      baseVersion: rollout.baseVersion,
      reason: rollout.reason,
      startedAt: rollout.startedAt,
      heldSince: rollout.heldSince,
      endedAt: rollout.endedAt,
    })
    .from(rollout)
    .where(
      and(
        inArray(rollout.status, [...states]),
        // Whatever has ended has an end: so the index has the order, and nothing is sorted.
        filter.state === 'open' ? undefined : isNotNull(rollout.endedAt),
        coveredBy(rollout.model, filter.scope),
        filter.model === null ? undefined : eq(rollout.model, filter.model),
      ),
    )
    .orderBy(
      ...(filter.state === 'open'
        ? [sql`${rollout.status} = 'held' desc`, desc(rollout.startedAt)]
        : [desc(rollout.endedAt)]),
    )
    .limit(filter.limit);
}
