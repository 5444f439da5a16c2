import { workflowIds, type RolloutKey } from '../../domain/words/ids.ts';
import type { Db } from '../base/connect.ts';
import { endOpenAbTest } from './ab-tests.ts';
import { activeRollout, withdrawChallenger } from './rollouts.ts';
import { lockRouting, recordMove, routedVersionOf, writeRouting } from './routing.ts';

export interface ChampionMove {
  readonly model: string;
  readonly version: number;
  readonly actor: string;
  readonly why: string;
  /** The command that asked for it; null when nobody did. */
  readonly commandId: string | null;
  /** Move only if this version is champion now (a guard speaks of one version). */
  readonly onlyFrom?: number | null;
  readonly isForced?: boolean;
}

export interface ChampionMoved {
  readonly from: number | null;
  readonly hasMoved: boolean;
  readonly endedRollout: RolloutKey | null;
  readonly routingRevision: number;
}

/**
 * Moves the champion, taking a challenger out first, and ending an A/B test. A move to the version that is champion
 * already changes nothing.
 */
export async function moveChampionTo(tx: Db, move: ChampionMove): Promise<ChampionMoved> {
  const locked = await lockRouting(tx, move.model);
  const from = locked.champion?.version ?? null;
  if (from === move.version || (move.onlyFrom != null && move.onlyFrom !== from)) {
    return { from, hasMoved: false, endedRollout: null, routingRevision: locked.revision };
  }
  const endedRollout = await endOpenRollout(tx, move.model, move.actor, `the champion was moved: ${move.why}`);
  // Its control is what this takes away from, and may be what somebody goes back from.
  await endOpenAbTest(tx, move.model, move.actor, `the champion was moved: ${move.why}`);
  const entry = await lockRouting(tx, move.model);
  const champion = await routedVersionOf(tx, move.model, move.version);
  const routingRevision = await writeRouting(tx, { ...entry, champion, stage: 'steady' }, null);
  await recordMove(tx, {
    model: move.model,
    fromVersion: from,
    toVersion: move.version,
    actor: move.actor,
    why: move.why,
    commandId: move.commandId,
    evidenceId: null,
    routingRevision,
    ...(move.isForced === undefined ? {} : { forced: move.isForced }),
  });
  return { from, hasMoved: true, endedRollout, routingRevision };
}

/**
 * Takes the challenger of the rollout under way out; null when there is none. Its workflow finds out by itself, or is
 * told.
 */
export async function endOpenRollout(tx: Db, model: string, actor: string, reason: string): Promise<RolloutKey | null> {
  const open = await activeRollout(tx, model);
  if (open === null) return null;
  const key: RolloutKey = { model: open.model, version: open.version, attempt: open.attempt };
  await withdrawChallenger(tx, key, workflowIds.rollout(key.model, key.version, key.attempt), {
    actor,
    reason,
    evidenceId: null,
  });
  return key;
}
