import { WorkflowNotFoundError } from '@temporalio/client';
import { cronTimes } from '../../src/contracts/spec/spec-cron.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { decideAgainAt, dueTriggerLooks, type TriggerLook } from '../../src/db/watching/trigger-looks.ts';
import { formatOccasion } from '../../src/domain/record/occasion.ts';
import { isCron } from '../../src/domain/spec/parts/retrain-spec.ts';
import type { RetrainTrigger } from '../../src/domain/watch/decide-retrain.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { decideAndStore, decideAsOf } from './decide.ts';

/** More wait for the next tick, or the next batch of this one. */
const batchMax = 50;
/** While something holds back what has fired, and until a training that was asked for is known. */
const againMs = 300_000;

/** Triggers that need no traffic: no window says that they have fired. The first one waits for rows of its source. */
const timedTriggers: readonly RetrainTrigger[] = ['first', 'source-change', 'publication', 'schedule'];

export function decideDueActivities(deps: ActivityDependencies) {
  const { database, log } = deps;
  const { db } = database;

  /**
   * Asks, of models whose calendar or source may have something to say, whether one of these triggers fires. A yes is
   * the entity's to decide, because only it serialises; a no with its reason is stored when the reason is another one.
   */
  async function decideDue(): Promise<{ readonly asked: number; readonly more: boolean }> {
    const looks = await dueTriggerLooks(db, 'decide', batchMax);
    for (const look of looks) {
      const { model } = look;
      try {
        await decideOf(look);
      } catch (error) {
        // One model's fault is its own: it is asked again later, and those behind it now.
        log.error({ model, err: error }, 'it could not be asked whether a training is due');
        await decideAgainAt(db, look, { atMs: Date.now() + againMs, heldBy: look.heldBy });
      }
    }
    return { asked: looks.length, more: looks.length === batchMax };
  }

  async function decideOf(look: TriggerLook): Promise<void> {
    const { model, heldBy } = look;
    const { spec } = await readCurrentSpec(db, model);
    const atMs = Date.now();
    const occasion = { model, key: formatOccasion({ of: 'due', atMs }), window: null, person: null };
    const verdict = await decideAsOf(deps, occasion, null);
    const { decided } = verdict;
    const { schedule } = spec.retrain;
    const nextMs = isCron(schedule) ? (cronTimes(schedule, atMs).next?.ms ?? null) : null;
    const hasFired = decided.considered.some(({ trigger, fired }) => fired && timedTriggers.includes(trigger));
    if (!hasFired) return decideAgainAt(db, look, { atMs: nextMs, heldBy: null });
    const held = decided.retrain ? null : `${decided.trigger}: ${decided.blockedBy}`;
    if (held === null) await nudge(model, atMs);
    // What has just been asked for is under way: nothing holds it back.
    else if (decided.blockedBy !== 'running' && held !== heldBy) await decideAndStore(deps, occasion, null, verdict);
    await decideAgainAt(db, look, { atMs: atMs + againMs, heldBy: held });
  }

  async function nudge(model: string, dueAtMs: number): Promise<void> {
    try {
      await deps.client.workflow.getHandle(workflowIds.model(model)).signal('windowDue', { window: null, dueAtMs });
    } catch (error) {
      // It is asked again; `reconcile` starts the entity.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      log.warn({ model }, 'no entity to decide; reconcile will start it');
    }
  }

  return { decideDue };
}
