import { and, desc, eq, lt, ne } from 'drizzle-orm';
import { workflowIds, type RolloutKey } from '../../src/domain/words/ids.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { authorityOf, unauthenticated, type Authority } from '../../src/db/people/command-authority.ts';
import { aimCommand, markPerformed, performOnce } from '../../src/db/people/command-effects.ts';
import type { CommandRow } from '../../src/db/people/commands.ts';
import { findEvidence } from '../../src/db/runs/evidence.ts';
import { freezeOf } from '../../src/db/routing/freezes.ts';
import { lastMoveTo } from '../../src/db/routing/champion-moves.ts';
import { moveChampionTo } from '../../src/db/routing/move-champion.ts';
import { refusalOfMove } from '../../src/db/routing/moves-by-hand.ts';
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

interface Moved extends Record<string, unknown> {
  readonly endedRollout: RolloutKey | null;
  /** The routing revision that the move made, null when nothing moved; absent in older histories and effects. */
  readonly revision?: number | null;
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
    const asked = await withTransaction(database, (tx) => askedFor(tx, input, (row) => asksFor(row, input.toVersion)));
    if (asked === null) return wayBack(input);
    // There was nowhere to go when it was heard first, and that was its end.
    if (asked.row.failure !== null) return null;
    const target = await aimCommand(db, asked.commandId, () => targetOf(input, asked));
    if (target === null) await markPerformed(db, asked.commandId, 'There was no version to go to.');
    return target;
  }

  /**
   * Where a person may go with a command: to any released version, or to one that she insists on, where its approval is
   * hers to give.
   */
  async function targetOf(input: RollbackAsked, { row, actor }: Authority): Promise<{ version: number } | null> {
    const { model, toVersion } = input;
    const isInsisted = isForced(row);
    if (toVersion !== null) {
      const found = await findVersion(db, model, toVersion);
      if (found !== null && (found.status === 'released' || isInsisted)) {
        const refusal = await refusalOfMove(db, { model, version: toVersion, actor });
        if (refusal === null) return { version: toVersion };
        await sayNo(db, model, toVersion, refusal.message);
        return null;
      }
      await sayNo(db, model, toVersion, `v${toVersion} was never released, so the champion stays.`);
      return null;
    }
    return previous(model, ne);
  }

  /** Without a command: to an earlier version that was champion, and to nothing else. */
  async function wayBack({ model, toVersion }: RollbackAsked): Promise<{ version: number } | null> {
    if (toVersion === null) return previous(model, lt);
    const champion = (await readRouting(db, model))?.champion?.version ?? null;
    if (champion !== null && toVersion < champion && (await wasChampion(db, model, toVersion)))
      return { version: toVersion };
    await sayNo(db, model, toVersion, `v${toVersion} was not champion before, so the champion stays.`);
    return null;
  }

  async function previous(model: string, than: typeof ne): Promise<{ version: number } | null> {
    const champion = (await readRouting(db, model))?.champion?.version ?? null;
    const before = champion === null ? null : await championBefore(db, model, champion, than);
    if (before !== null) return { version: before };
    await sayNo(db, model, null, 'There is no champion before this one.');
    return null;
  }

  /**
   * Moves the champion, taking a challenger out first. A move to the version that is champion already changes nothing,
   * and a command moves it once, however often it is delivered.
   */
  async function moveChampion(input: MoveInput): Promise<Moved> {
    const { model, version, onlyFrom } = input;
    return withTransaction(database, async (tx) => {
      await lockRouting(tx, model);
      // A guard (it alone names where from) proposes while the model is frozen; its alert stands already.
      if (onlyFrom !== null && (await freezeOf(tx, model)) !== null) return { endedRollout: null };
      const asked = await askedFor(tx, input, (row) => isResolvedTo(row, version));
      const said = asked ?? { commandId: null, actor: await strangerOf(tx, input), reason: input.why };
      const done = await performOnce(tx, { commandId: said.commandId, model }, async () => {
        const { commandId, actor, reason: why } = said;
        const isForcedMove = asked !== null && isForced(asked.row);
        const move = await moveChampionTo(tx, { ...input, commandId, actor, why, isForced: isForcedMove });
        return { endedRollout: move.endedRollout, revision: move.hasMoved ? move.routingRevision : null };
      });
      return done ?? { endedRollout: null };
    });
  }

  return { resolveRollback, moveChampion };
}

/** The command that asks for a move of this model: an Update typed into the Temporal Web UI may name any id. */
function askedFor(
  tx: Db,
  { model, commandId }: { readonly model: string; readonly commandId: string | null },
  isAimedAt: (row: CommandRow) => boolean,
): Promise<Authority | null> {
  return authorityOf(tx, { model, kinds: ['rollback', 'promote'], commandId, isAimedAt });
}

/** True when the row asks for just the target that came with the word. */
function asksFor({ kind, body }: CommandRow, toVersion: number | null): boolean {
  // A person who asked for a rollout of it has not asked for more.
  if (body['rollout'] === true) return false;
  return (kind === 'promote' ? body['version'] : body['toVersion']) === toVersion;
}

function isResolvedTo({ target }: CommandRow, version: number): boolean {
  return target?.['version'] === version;
}

/** A guard that has proven it is the guard; whoever else moves without a command is a stranger. */
async function strangerOf(tx: Db, { model, version, actor, onlyFrom }: MoveInput): Promise<string> {
  if (onlyFrom === null) return unauthenticated(actor);
  const byHand = await lastMoveTo(tx, model, onlyFrom);
  const runId = workflowIds.guard(model, onlyFrom, byHand?.routingRevision);
  const proofs = [
    await findEvidence(tx, model, 'guard', { of: 'run', runId }),
    await findEvidence(tx, model, 'guard', { of: 'version', version: onlyFrom }),
  ];
  const isProven = proofs.some((proof) => proof?.verdict === 'worse' && proof.body['predecessor'] === version);
  return isProven ? 'guard' : unauthenticated(actor);
}

async function championBefore(db: Db, model: string, champion: number, than: typeof ne): Promise<number | null> {
  const [move] = await db
    .select({ version: aliasMove.toVersion })
    .from(aliasMove)
    .where(and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion'), than(aliasMove.toVersion, champion)))
    .orderBy(desc(aliasMove.moveId))
    .limit(1);
  return move?.version ?? null;
}

async function wasChampion(db: Db, model: string, version: number): Promise<boolean> {
  const [move] = await db
    .select({ moveId: aliasMove.moveId })
    .from(aliasMove)
    .where(and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion'), eq(aliasMove.toVersion, version)))
    .limit(1);
  return move !== undefined;
}

/** A person with the permission insisted on this very version. */
function isForced({ kind, body }: CommandRow): boolean {
  return kind === 'promote' && body['force'] === true;
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
