import { Context } from '@temporalio/activity';
import { setTimeout as delay } from 'node:timers/promises';
import { workflowIds, type RolloutKey } from '../../src/domain/words/ids.ts';
import { stepsOf, stepTexts, type PlannedStep } from '../../src/domain/rollout/rollout-plan.ts';
import type { RolloutInput, StepOutcome } from '../../src/domain/record/runs.ts';
import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import { closeAlerts, openAlert } from '../../src/db/watching/alerts.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { freezeOf, sayFreeze } from '../../src/db/routing/freezes.ts';
import {
  enterPairing,
  findRollout,
  lastSeqOf,
  markHeld,
  markStepBegun,
  promoteChallenger,
  routeStep,
  withdrawChallenger,
  type RolloutRow,
  type RouteStep,
} from '../../src/db/routing/rollouts.ts';
import { isAcknowledged, lockRouting, renewLease } from '../../src/db/routing/routing.ts';
import { openRun } from '../../src/db/runs/runs.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { lookAtStep } from './look.ts';
import { judgePairs } from './pairs.ts';

export interface RolloutRef {
  readonly key: RolloutKey;
}

/** An activity that waits returns within this, so that a stuck one is seen as stuck. */
const stayMsMax = 60_000;
/** How soon a thaw is noticed, and how long one activity waits for it: a person's word is not heard meanwhile. */
const frozenPollMs = 500;
const frozenStayMsMax = 5_000;
/** A hold lasts for days. */
const holdStayMsMax = 3_600_000;

export function rolloutActivities(deps: ActivityDependencies) {
  const { database } = deps;
  const { db } = database;

  /** The row was written with the version; null when the rollout is over already. */
  async function openRollout(input: {
    readonly model: string;
    readonly version: number;
    readonly attempt: number;
    readonly cause: string;
  }): Promise<RolloutInput | null> {
    const key: RolloutKey = { model: input.model, version: input.version, attempt: input.attempt };
    const row = await findRollout(db, key);
    if (row === null || row.status === 'promoted' || row.status === 'rolled-back') return null;
    // A first champion has no step that could hold: it is not started while the model is frozen, and the entity finds
    // it again as a rollout that nobody has started. Any other waits before its first step.
    if (row.baseVersion === null && (await freezeOf(db, input.model)) !== null) return null;
    const plan = await planOf(row);
    const runId = workflowIds.rollout(key.model, key.version, key.attempt);
    await openRun(db, {
      runId,
      model: key.model,
      kind: 'rollout',
      trigger: input.cause,
      input: { ...key, baseVersion: row.baseVersion },
    });
    return {
      key,
      runId,
      baseVersion: row.baseVersion,
      steps: stepTexts(plan),
      needsPerson: plan.automaticPercentMax < 100,
      holdMsMax: plan.holdMsMax,
      ackTimeoutMs: plan.ackTimeoutMs,
    };
  }

  /**
   * Routes the step, then waits until every live process holds that revision; an advance that is not acknowledged
   * holds.
   */
  async function beginStep({
    key,
    step,
  }: RolloutRef & { readonly step: number }): Promise<
    { readonly outcome: 'begun' } | { readonly outcome: 'held' | 'gone'; readonly reason: string }
  > {
    const row = await findRollout(db, key);
    if (row === null) return { outcome: 'gone', reason: 'the rollout does not exist' };
    if (row.step === step && row.stepBegun) return { outcome: 'begun' };
    const plan = await planOf(row);
    const planned = stepsOf(plan)[step];
    if (planned === undefined) return { outcome: 'gone', reason: `the plan has no step ${step}` };
    const routed = await routeUnlessFrozen(key, row, step, planned, plan);
    if (routed.state === 'frozen') return { outcome: 'held', reason: routed.reason };
    if (routed.state === 'gone') return { outcome: 'gone', reason: routed.reason };
    const deadlineMs = Date.now() + Math.min(plan.ackTimeoutMs, stayMsMax);
    while (!(await isAcknowledged(db, key.model, routed.revision))) {
      if (Date.now() > deadlineMs)
        return {
          outcome: 'held',
          reason: `not every inference process has acknowledged routing revision ${routed.revision}`,
        };
      await breathe(key, plan, 25);
    }
    await withTransaction(database, (tx) => markStepBegun(tx, key, step));
    return { outcome: 'begun' };
  }

  /** A freeze holds the advance where it is; the workflow asks again, and between two asks it hears what people say. */
  async function routeUnlessFrozen(
    key: RolloutKey,
    row: RolloutRow,
    step: number,
    planned: PlannedStep,
    plan: RolloutSpec,
  ): Promise<RouteStep | { readonly state: 'frozen'; readonly reason: string }> {
    const deadlineMs = Date.now() + frozenStayMsMax;
    for (;;) {
      const routed = await withTransaction(database, async (tx) => {
        await lockRouting(tx, key.model);
        const frozen = row.step >= step ? null : await freezeOf(tx, key.model);
        return frozen === null
          ? routeStep(tx, key, step, planned, plan.leaseMs)
          : { state: 'frozen' as const, reason: sayFreeze(frozen) };
      });
      if (routed.state !== 'frozen' || Date.now() > deadlineMs) return routed;
      const now = await findRollout(db, key);
      if (now === null || now.status === 'promoted' || now.status === 'rolled-back')
        return { state: 'gone', reason: now?.reason ?? 'the rollout was closed' };
      await breathe(key, plan, frozenPollMs);
    }
  }

  /** Looks whenever a look is due, renewing the lease meanwhile; the last step is the wait for paired evidence. */
  async function watchStep({ key, step }: RolloutRef & { readonly step: number }): Promise<StepOutcome> {
    const first = await findRollout(db, key);
    if (first === null) return { outcome: 'gone', reason: 'the rollout does not exist' };
    const plan = await planOf(first);
    const isPairing = step >= stepsOf(plan).length;
    if (isPairing) await withTransaction(database, (tx) => enterPairing(tx, key, step));
    const deadlineMs = Date.now() + stayMsMax;
    while (Date.now() < deadlineMs) {
      const row = await findRollout(db, key);
      if (row === null || row.status === 'promoted' || row.status === 'rolled-back')
        return { outcome: 'gone', reason: row?.reason ?? 'closed' };
      if (row.step > step || (row.step === step && !row.stepBegun && !isPairing)) return { outcome: 'step-done' };
      const lastSeq = await lastSeqOf(db, key.model);
      const frozen = (await freezeOf(db, key.model)) !== null;
      // Frozen, only harm is looked for: what would advance or promote is judged after the thaw, on the same rows.
      const looked = !isPairing
        ? await lookAtStep(deps, row, plan, lastSeq, frozen)
        : frozen
          ? null
          : await judgePairs(deps, row, plan, lastSeq);
      if (looked !== null && looked.outcome !== 'still') return looked;
      await breathe(key, plan, Math.min(Math.max(plan.pollMs, 20), 5_000));
    }
    return { outcome: 'still' };
  }

  async function keepLease({ key }: RolloutRef): Promise<void> {
    const row = await findRollout(db, key);
    if (row === null) return;
    const plan = await planOf(row);
    const deadlineMs = Date.now() + holdStayMsMax;
    while (Date.now() < deadlineMs) await breathe(key, plan, Math.min(plan.leaseMs / 4, 2_000));
  }

  async function holdRollout({
    key,
    reason,
  }: RolloutRef & { readonly reason: string; readonly evidenceId: number | null }): Promise<void> {
    const row = await findRollout(db, key);
    if (row === null) return;
    await markHeld(db, key, reason);
    await tell(
      row,
      'held',
      'warning',
      `${key.model} v${key.version} waits for a person`,
      `${reason} Approve with \`perennial approve ${key.model}\` or abort with \`perennial abort ${key.model}\`.`,
    );
  }

  async function promote(
    input: RolloutRef & { readonly actor: string; readonly reason: string; readonly evidenceId: number | null },
  ): Promise<{ readonly promoted: boolean }> {
    const { key } = input;
    const runId = workflowIds.rollout(key.model, key.version, key.attempt);
    const promoted = await withTransaction(database, async (tx) => {
      await lockRouting(tx, key.model);
      await refuseFrozen(tx, input);
      return promoteChallenger(tx, key, runId, input);
    });
    if (promoted) {
      // What was said about the champion before does not hold for this one.
      for (const kind of ['held', 'drift', 'decay'] as const) await closeAlerts(db, key.model, kind);
      return { promoted };
    }
    await withTransaction(database, (tx) =>
      withdrawChallenger(tx, key, runId, { ...input, reason: `superseded: ${input.reason}` }),
    );
    return { promoted };
  }

  /** Unconditional and idempotent: going to 0 % never waits for anybody. */
  async function withdraw(
    input: RolloutRef & { readonly actor: string; readonly reason: string; readonly evidenceId: number | null },
  ): Promise<void> {
    const { key } = input;
    const runId = workflowIds.rollout(key.model, key.version, key.attempt);
    await withTransaction(database, (tx) => withdrawChallenger(tx, key, runId, input));
    await closeAlerts(db, key.model, 'held');
    const row = await findRollout(db, key);
    if (row !== null)
      await tell(
        row,
        'rolled-back',
        'warning',
        `${key.model} v${key.version} was taken out`,
        row.reason ?? input.reason,
      );
  }

  /**
   * A freeze that came between the verdict and the promotion: retried until it is thawed or half an hour is over, and
   * then the rollout takes its challenger out. A person's approval goes through.
   */
  async function refuseFrozen(tx: Db, { key, actor }: RolloutRef & { readonly actor: string }): Promise<void> {
    const frozen = actor === 'rollout' ? await freezeOf(tx, key.model) : null;
    if (frozen !== null) throw new Error(`v${key.version} is not promoted, because ${sayFreeze(frozen)}`);
  }

  async function planOf(row: RolloutRow): Promise<RolloutSpec> {
    return (await readSpecRevision(db, row.model, row.specRevision)).spec.rollout;
  }

  async function tell(
    row: RolloutRow,
    kind: 'held' | 'rolled-back',
    severity: 'warning' | 'critical',
    title: string,
    body: string,
  ): Promise<void> {
    const { spec } = await readSpecRevision(db, row.model, row.specRevision);
    await openAlert(db, {
      model: row.model,
      kind,
      subject: `v${row.version}/${row.attempt}`,
      severity,
      title,
      body,
      webhooks: spec.watch.webhooks,
    });
  }

  const leaseRenewedMs = new Map<string, number>();
  /**
   * One breath of a waiting activity: heartbeat, renew the lease well before it runs out, wait a little; throws when
   * cancelled.
   */
  async function breathe(key: RolloutKey, plan: RolloutSpec, waitMs: number): Promise<void> {
    const context = Context.current();
    context.heartbeat();
    context.cancellationSignal.throwIfAborted();
    if (Date.now() - (leaseRenewedMs.get(key.model) ?? 0) > Math.min(plan.leaseMs / 4, 2_000)) {
      await renewLease(db, key.model, key, plan.leaseMs);
      leaseRenewedMs.set(key.model, Date.now());
    }
    await delay(waitMs, undefined, { signal: context.cancellationSignal });
  }

  return { openRollout, beginStep, watchStep, keepLease, holdRollout, promote, withdraw };
}
