import type { GuardInput, GuardPlan } from '../../src/domain/record/runs.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { findMove, lastMoveTo } from '../../src/db/routing/champion-moves.ts';
import { findRollout, lastSeqOf } from '../../src/db/routing/rollouts.ts';
import { closeRun, findRun, openRun, runningRuns } from '../../src/db/runs/runs.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** What a definition that declares no guard gets. */
export const guardDefault = { labelledRows: 500, action: 'propose' } as const;
const guardPollMsMin = 2_000;

export interface NewChampion {
  readonly model: string;
  readonly version: number;
  /** Of the rollout that promoted it; absent in older histories, and for a move by hand. */
  readonly attempt?: number;
  /** The routing revision at which a person moved the champion to it, without a rollout. */
  readonly moved?: number;
}

export function planGuardActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /**
   * Opens the guard of a new champion, and ends those of others; null when there is none to compare with, and for a
   * move that is told again after its guard has ended.
   */
  async function planGuard(input: NewChampion): Promise<GuardPlan | null> {
    const { model, version } = input;
    const since = await sinceOf(db, input);
    const found = await findVersion(db, model, version);
    if (since === null) return null;
    const { moved, predecessor } = since;
    const runId = workflowIds.guard(model, version, moved);
    const known = await findRun(db, runId);
    if (moved !== undefined && known !== null && known.status !== 'running') return null;
    const { spec } = await readSpecRevision(db, model, since.specRevision ?? found?.specRevision ?? 1);
    const plan = spec.rollout.guard ?? guardDefault;
    const about = { model, version, predecessor, ...(moved === undefined ? {} : { moved }) };
    // As it was written down first: rows that came since are answers of this champion too.
    const afterSeq = Number(known?.input['afterSeq'] ?? since.afterSeq);
    await openRun(db, {
      runId,
      model,
      kind: 'guard',
      trigger: moved === undefined ? `v${version} was promoted` : `v${version} was put in charge by hand`,
      input: { ...about, afterSeq },
    });
    // They are told to end and do not look again: unless one has ended, this is its end.
    const others = (await runningRuns(db, model, ['guard'])).filter((run) => run.runId !== runId);
    for (const { runId: other } of others)
      await closeRun(db, other, {
        status: 'completed',
        detail: `superseded: v${version} is champion`,
        output: { verdict: 'superseded' },
      });
    return {
      ...about,
      afterSeq,
      pollMs: Math.max(guardPollMsMin, spec.rollout.pollMs * 10),
      // To go forward again takes a person: who went back may have had reasons that no metric knows.
      action: predecessor < version ? plan.action : 'propose',
      superseded: others.map((run) => run.runId),
    };
  }

  return { planGuard };
}

type Since = Pick<GuardInput, 'predecessor' | 'moved'> & {
  readonly afterSeq: number;
  /** Of the plan that it was rolled out by; null for a move by hand, which has none. */
  readonly specRevision: number | null;
};

/** Since when it is champion, and who was before. Only the first rollout of a version is known by the version alone. */
async function sinceOf(db: Db, { model, version, attempt = 1, moved }: NewChampion): Promise<Since | null> {
  if (moved !== undefined) {
    const move = await findMove(db, model, moved);
    if (move === null || move.fromVersion === null || move.toVersion !== version) return null;
    return { predecessor: move.fromVersion, moved, afterSeq: await lastSeqOf(db, model), specRevision: null };
  }
  const rollout = await findRollout(db, { model, version, attempt });
  if (rollout?.baseVersion == null) return null;
  const again = attempt === 1 ? null : await lastMoveTo(db, model, version);
  return {
    predecessor: rollout.baseVersion,
    afterSeq: rollout.endedSeq ?? 0,
    specRevision: rollout.specRevision,
    ...(again === null ? {} : { moved: again.routingRevision }),
  };
}
