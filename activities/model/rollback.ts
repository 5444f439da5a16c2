import { and, desc, eq, ne } from 'drizzle-orm';
import type { RolloutKey } from '../../src/domain/words/ids.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { findCommand } from '../../src/db/people/commands.ts';
import { freezeOf } from '../../src/db/routing/freezes.ts';
import { moveChampionTo } from '../../src/db/routing/move-champion.ts';
import { lockRouting, readRouting } from '../../src/db/routing/routing.ts';
import { aliasMove } from '../../src/db/schema/index.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import type { ActivityDependencies } from '../dependencies.ts';

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

  /**
   * Resolved once and kept in history, so that a retried move cannot go back a second time. Null when there is nowhere
   * to go.
   */
  async function resolveRollback(input: {
    readonly model: string;
    readonly toVersion: number | null;
    readonly commandId: string | null;
  }): Promise<{ readonly version: number } | null> {
    const champion = (await readRouting(db, input.model))?.champion?.version ?? null;
    if (input.toVersion !== null) {
      const found = await findVersion(db, input.model, input.toVersion);
      if (
        found !== null &&
        (found.status === 'released' || (await isForced(db, input.model, input.toVersion, input.commandId)))
      )
        return { version: input.toVersion };
      await sayNo(db, input.model, input.toVersion, `v${input.toVersion} was never released, so the champion stays.`);
      return null;
    }
    const before = champion === null ? null : await championBefore(db, input.model, champion);
    if (before !== null) return { version: before };
    await sayNo(db, input.model, null, 'There is no champion before this one.');
    return null;
  }

  /**
   * Moves the champion, taking a challenger out first. A move to the version that is champion already changes nothing.
   */
  async function moveChampion(input: MoveInput): Promise<{ readonly endedRollout: RolloutKey | null }> {
    const asked = input.commandId === null ? null : await findCommand(db, input.commandId);
    if (input.commandId !== null && asked === null) return { endedRollout: null };
    const forced = await isForced(db, input.model, input.version, input.commandId);
    // An Update typed into the Temporal Web UI may name any id: what asks for no move is not written beside one.
    const isAskedFor = asked?.model === input.model && (asked.kind === 'rollback' || asked.kind === 'promote');
    const commandId = isAskedFor ? asked.commandId : null;
    return withTransaction(database, async (tx) => {
      await lockRouting(tx, input.model);
      // A guard (it alone names where from) proposes while the model is frozen; its alert stands already.
      if (input.onlyFrom !== null && (await freezeOf(tx, input.model)) !== null) return { endedRollout: null };
      const { endedRollout } = await moveChampionTo(tx, { ...input, commandId, isForced: forced });
      return { endedRollout };
    });
  }

  return { resolveRollback, moveChampion };
}

async function championBefore(db: Db, model: string, champion: number): Promise<number | null> {
  const [move] = await db
    .select({ version: aliasMove.toVersion })
    .from(aliasMove)
    .where(and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion'), ne(aliasMove.toVersion, champion)))
    .orderBy(desc(aliasMove.moveId))
    .limit(1);
  return move?.version ?? null;
}

/** A person with the permission insisted on this very version. */
async function isForced(db: Db, model: string, version: number, commandId: string | null): Promise<boolean> {
  const row = commandId === null ? null : await findCommand(db, commandId);
  return (
    row !== null &&
    row.model === model &&
    row.kind === 'promote' &&
    row.body['version'] === version &&
    row.body['force'] === true
  );
}

async function sayNo(db: Db, model: string, version: number | null, body: string): Promise<void> {
  const { spec } = await readCurrentSpec(db, model);
  await openAlert(db, {
    model,
    kind: 'rolled-back',
    subject: { of: 'refusal', version },
    severity: 'warning',
    title: 'A roll-back was not possible',
    body,
    webhooks: spec.watch.webhooks,
  });
}
