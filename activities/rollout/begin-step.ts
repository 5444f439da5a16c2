import { isOpenRollout } from '../../src/domain/rollout/routing.ts';
import type { RolloutKey } from '../../src/domain/words/ids.ts';
import { stepsOf, type PlannedStep } from '../../src/domain/rollout/rollout-plan.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { markPerformed } from '../../src/db/people/command-effects.ts';
import { approvalStanding } from '../../src/db/routing/approvals.ts';
import { closeAlerts } from '../../src/db/watching/alerts.ts';
import { standstillOf, type Standstill } from '../../src/db/routing/freezes.ts';
import { noteWindow } from '../../src/db/routing/note-window.ts';
import {
  findRollout,
  markStepBegun,
  routeStep,
  type RolloutRow,
  type RouteStep,
} from '../../src/db/routing/rollouts.ts';
import { isAcknowledged, lockRouting, renewLease } from '../../src/db/routing/routing.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { breathe } from './breathe.ts';
import { planOf, type RolloutRef } from './plan-of.ts';
import { watchHarm } from './watch-harm.ts';

/** An activity that waits returns within this, so that a stuck one is seen as stuck. */
const stayMsMax = 60_000;
/** News comes at once; this finds what nobody told, as a lease that ran out. */
const ackPollMs = 100;
const ackRestMs = 5;
/** How soon a thaw is noticed, and how long one activity waits for it: a person's word is not heard meanwhile. */
const frozenPollMs = 500;
const frozenStayMsMax = 5_000;

export function beginStepActivities({ database, bell }: ActivityDependencies) {
  const { db } = database;

  /**
   * Routes the step, then waits until every live process holds that revision; an advance that is not acknowledged
   * holds.
   */
  async function beginStep({ key, step }: RolloutRef & { readonly step: number }): Promise<
    | { readonly outcome: 'begun' }
    | {
        readonly outcome: 'held' | 'gone';
        readonly reason: string;
        readonly untilMs?: number;
        readonly needsApproval?: boolean;
      }
  > {
    const row = await findRollout(db, key);
    if (row === null) return { outcome: 'gone', reason: 'the rollout does not exist' };
    if (row.step === step && row.stepBegun) return { outcome: 'begun' };
    const plan = await planOf(db, row);
    const planned = stepsOf(plan)[step];
    if (planned === undefined) return { outcome: 'gone', reason: `the plan has no step ${step}` };
    const isRouted = row.step !== null && row.step >= step;
    const asked = planned.needsApproval && !isRouted ? await approvalStanding(db, row, plan, step) : null;
    if (asked !== null && !asked.isEnough)
      return { outcome: 'held', reason: `${planned.name} begins when it is approved`, needsApproval: true };
    const routed = await routeUnlessFrozen(key, row, step, planned, plan);
    if (routed.state === 'frozen') {
      if (routed.untilMs === null) await keepShare(key, plan);
      return heldBy(routed);
    }
    if (routed.state === 'gone') return { outcome: 'gone', reason: routed.reason };
    if (planned.needsApproval) await settleApproval(row, plan, step);
    if (!(await waitForProcesses(key, routed.revision, plan))) {
      await keepShare(key, plan);
      return {
        outcome: 'held',
        reason: `not every inference process has acknowledged routing revision ${routed.revision}`,
      };
    }
    await withTransaction(database, (tx) => markStepBegun(tx, key, step));
    return { outcome: 'begun' };
  }

  /**
   * The workflow asks again after `ackTimeoutMs`: with a lease that ends before, entities would go back and forth
   * between the versions as long as the step is held.
   */
  async function keepShare(key: RolloutKey, plan: RolloutSpec): Promise<void> {
    await renewLease(db, key.model, key, plan.ackTimeoutMs + plan.leaseMs);
  }

  /** What people said of the step has come about. */
  async function settleApproval(row: RolloutRow, plan: RolloutSpec, step: number): Promise<void> {
    const { approvals } = await approvalStanding(db, row, plan, step);
    await withTransaction(database, async (tx) => {
      for (const { commandId } of approvals) await markPerformed(tx, commandId);
    });
    await closeAlerts(db, row.model, ['held']);
  }

  async function waitForProcesses(key: RolloutKey, revision: number, plan: RolloutSpec): Promise<boolean> {
    const ear = bell.ear(key.model, ackRestMs);
    const deadlineMs = Date.now() + Math.min(plan.ackTimeoutMs, stayMsMax);
    try {
      while (!(await isAcknowledged(db, key.model, revision))) {
        if (Date.now() > deadlineMs) return false;
        await lookMeanwhile(key, plan);
        await breathe(db, key, plan, ackPollMs, ear);
      }
      return true;
    } finally {
      ear.close();
    }
  }

  /** A freeze holds the advance where it is; the workflow asks again, and between two asks it hears what people say. */
  async function routeUnlessFrozen(
    key: RolloutKey,
    row: RolloutRow,
    step: number,
    planned: PlannedStep,
    plan: RolloutSpec,
  ): Promise<RouteStep | ({ readonly state: 'frozen' } & Standstill)> {
    const deadlineMs = Date.now() + frozenStayMsMax;
    for (;;) {
      const routed = await withTransaction(database, async (tx) => {
        await lockRouting(tx, key.model);
        const still =
          row.step !== null && row.step >= step ? null : await standstillOf(tx, key.model, plan, Date.now());
        if (still === null) return routeStep(tx, key, step, planned, plan.leaseMs);
        if (still.untilMs !== null) await noteWindow(tx, row, { ...still, untilMs: still.untilMs });
        return { state: 'frozen' as const, ...still };
      });
      // The end of a window is known: the workflow waits for it, and hears what people say meanwhile.
      if (routed.state !== 'frozen' || routed.untilMs !== null || Date.now() > deadlineMs) return routed;
      const now = await findRollout(db, key);
      if (now === null || !isOpenRollout(now.status))
        return { state: 'gone', reason: now?.reason ?? 'the rollout was closed' };
      await lookMeanwhile(key, plan);
      await breathe(db, key, plan, frozenPollMs);
    }
  }

  /** The challenger goes on answering its share of the step before; harm closes the rollout, and the wait sees that. */
  async function lookMeanwhile(key: RolloutKey, plan: RolloutSpec): Promise<void> {
    const row = await findRollout(db, key);
    if (row !== null) await watchHarm({ database }, row, plan, 'waits to advance');
  }

  return { beginStep };
}

function heldBy({ reason, untilMs }: Standstill) {
  return { outcome: 'held' as const, reason, ...(untilMs === null ? {} : { untilMs }) };
}
