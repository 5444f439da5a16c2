import { and, desc, eq, ne } from 'drizzle-orm';
import { workflowIds, type RolloutKey } from '../src/domain/ids.ts';
import { withTransaction } from '../src/db/connect.ts';
import { openAlert } from '../src/db/alerts.ts';
import { findCommand } from '../src/db/commands.ts';
import { activeRollout, withdrawChallenger } from '../src/db/rollouts.ts';
import { lockRouting, readRouting, recordMove, routedVersionOf, writeRouting } from '../src/db/routing.ts';
import { aliasMove } from '../src/db/schema.ts';
import { readCurrentSpec } from '../src/db/specs.ts';
import { findVersion } from '../src/db/versions.ts';
import type { ActivityDependencies } from './dependencies.ts';

export interface MoveInput {
  readonly model: string;
  readonly version: number;
  readonly actor: string;
  readonly why: string;
  readonly commandId: string | null;
  /** Move only if this version is champion now (a guard speaks of one version). */
  readonly onlyFrom: number | null;
}

export function rollbackActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Resolved once and kept in history, so that a retried move cannot go back a second time. Null when there is nowhere to go. */
  async function resolveRollback(input: { readonly model: string; readonly toVersion: number | null; readonly commandId: string | null }): Promise<{ readonly version: number } | null> {
    const champion = (await readRouting(db, input.model))?.champion?.version ?? null;
    if (input.toVersion !== null) {
      const found = await findVersion(db, input.model, input.toVersion);
      if (found !== null && found.status === 'released') return { version: input.toVersion };
      await sayNo(input.model, `v${input.toVersion} was never released, so the champion stays.`);
      return null;
    }
    const [move] =
      champion === null
        ? []
        : await db
            .select({ version: aliasMove.toVersion })
            .from(aliasMove)
            .where(and(eq(aliasMove.model, input.model), eq(aliasMove.alias, 'champion'), ne(aliasMove.toVersion, champion)))
            .orderBy(desc(aliasMove.moveId))
            .limit(1);
    if (move?.version != null) return { version: move.version };
    await sayNo(input.model, 'There is no champion before this one.');
    return null;
  }

  /** Moves the champion, taking a challenger out first. A move to the version that is champion already changes nothing. */
  async function moveChampion(input: MoveInput): Promise<{ readonly endedRollout: RolloutKey | null }> {
    if (input.commandId !== null && (await findCommand(db, input.commandId)) === null) return { endedRollout: null };
    return withTransaction(database, async (tx) => {
      const locked = await lockRouting(tx, input.model);
      const from = locked.champion?.version ?? null;
      if (from === input.version || (input.onlyFrom !== null && input.onlyFrom !== from)) return { endedRollout: null };
      const open = await activeRollout(tx, input.model);
      if (open !== null) {
        const runId = workflowIds.rollout(open.model, open.version, open.attempt);
        await withdrawChallenger(tx, open, runId, { actor: input.actor, reason: `the champion was moved back: ${input.why}`, evidenceId: null });
      }
      const entry = await lockRouting(tx, input.model);
      const champion = await routedVersionOf(tx, input.model, input.version);
      const routingRevision = await writeRouting(tx, { ...entry, champion, stage: 'steady' }, null);
      await recordMove(tx, { model: input.model, fromVersion: from, toVersion: input.version, actor: input.actor, why: input.why, evidenceId: null, routingRevision });
      return { endedRollout: open === null ? null : { model: open.model, version: open.version, attempt: open.attempt } };
    });
  }

  async function sayNo(model: string, body: string): Promise<void> {
    const { spec } = await readCurrentSpec(db, model);
    await openAlert(db, { model, kind: 'rolled-back', subject: `refused: ${body}`, severity: 'warning', title: 'A roll-back was not possible', body, webhooks: spec.watch.webhooks });
  }

  return { resolveRollback, moveChampion };
}
