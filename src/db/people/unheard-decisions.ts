import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { rolloutCommandKinds, type Command } from '../../domain/record/messages.ts';
import { openRolloutStatuses } from '../../domain/rollout/routing.ts';
import type { Db } from '../base/connect.ts';
import { command, rollout } from '../schema/index.ts';

/**
 * Approvals and abortions that their makers were told are accepted, of which nothing has come within `graceMs` although
 * their rollout goes on: whoever should have heard was lost or set back. Which of them, where there are more than
 * `limit`, is left to chance: rollouts that cannot be told keep no other from being told.
 */
export async function unheardDecisions(
  db: Db,
  { graceMs, limit }: { readonly graceMs: number; readonly limit: number },
): Promise<readonly Command[]> {
  const isAimedAt = and(
    eq(rollout.model, command.model),
    eq(rollout.version, sql`(${command.target} ->> 'version')::int`),
    eq(rollout.attempt, sql`(${command.target} ->> 'attempt')::int`),
  );
  const rows = await db
    .select({ said: command, version: rollout.version, attempt: rollout.attempt })
    .from(command)
    .innerJoin(rollout, isAimedAt)
    .where(
      and(
        isNull(command.performedAt),
        eq(command.status, 'done'),
        inArray(command.kind, rolloutCommandKinds),
        inArray(rollout.status, openRolloutStatuses),
        sql`${command.createdAt} < now() - make_interval(secs => ${graceMs / 1_000})`,
      ),
    )
    .orderBy(sql`random()`)
    .limit(limit);
  return rows.flatMap(({ said: { kind, model, commandId, actor, body }, version, attempt }) => {
    const message = { commandId, actor, reason: String(body['reason'] ?? '') };
    return kind === 'approve' || kind === 'abort'
      ? [{ kind, model, rollout: { model, version, attempt }, message }]
      : [];
  });
}
