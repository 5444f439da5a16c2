import { and, desc, eq, ne } from 'drizzle-orm';
import type { RolloutKey } from '../../src/domain/words/ids.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { aimCommand, markPerformed, performOnce } from '../../src/db/people/command-effects.ts';
import { findCommand, type CommandRow } from '../../src/db/people/commands.ts';
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

interface RollbackAsked {
  readonly model: string;
  readonly toVersion: number | null;
  readonly commandId: string | null;
}

export function rollbackActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /**
   * Resolved once and kept on the row of the command, so that neither a retried move nor the same command delivered to
   * a later run of the entity can go back a second time. Null when there is nowhere to go.
   */
  async function resolveRollback(input: RollbackAsked): Promise<{ readonly version: number } | null> {
    const asked = await askedFor(db, input);
    if (asked === null) return targetOf(input);
    const target = await aimCommand(db, asked.commandId, () => targetOf(input));
    if (target === null) await markPerformed(db, asked.commandId, 'There was no version to go to.');
    return target;
  }

  async function targetOf(input: RollbackAsked): Promise<{ version: number } | null> {
    const { model, toVersion, commandId } = input;
    if (toVersion !== null) {
      const found = await findVersion(db, model, toVersion);
      if (found !== null && (found.status === 'released' || (await isForced(db, model, toVersion, commandId))))
        return { version: toVersion };
      await sayNo(db, model, toVersion, `v${toVersion} was never released, so the champion stays.`);
      return null;
    }
    const champion = (await readRouting(db, model))?.champion?.version ?? null;
    const before = champion === null ? null : await championBefore(db, model, champion);
    if (before !== null) return { version: before };
    await sayNo(db, model, null, 'There is no champion before this one.');
    return null;
  }

  /**
   * Moves the champion, taking a challenger out first. A move to the version that is champion already changes nothing,
   * and a command moves it once, however often it is delivered.
   */
  async function moveChampion(input: MoveInput): Promise<{ readonly endedRollout: RolloutKey | null }> {
    if (input.commandId !== null && (await findCommand(db, input.commandId)) === null) return { endedRollout: null };
    const isForcedMove = await isForced(db, input.model, input.version, input.commandId);
    const commandId = (await askedFor(db, input))?.commandId ?? null;
    return withTransaction(database, async (tx) => {
      await lockRouting(tx, input.model);
      // A guard (it alone names where from) proposes while the model is frozen; its alert stands already.
      if (input.onlyFrom !== null && (await freezeOf(tx, input.model)) !== null) return { endedRollout: null };
      return performOnce(tx, { commandId, model: input.model }, async () => {
        const { endedRollout } = await moveChampionTo(tx, { ...input, commandId, isForced: isForcedMove });
        return { endedRollout };
      });
    });
  }

  return { resolveRollback, moveChampion };
}

/** The command that asks for a move of this model: an Update typed into the Temporal Web UI may name any id. */
async function askedFor(
  db: Db,
  { model, commandId }: { readonly model: string; readonly commandId: string | null },
): Promise<CommandRow | null> {
  const row = commandId === null ? null : await findCommand(db, commandId);
  return row?.model === model && (row.kind === 'rollback' || row.kind === 'promote') ? row : null;
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
