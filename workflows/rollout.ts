import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  ContinueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import { workflowIds } from '../src/domain/words/ids.ts';
import type { CommandMessage } from '../src/domain/record/messages.ts';
import type { RolloutInput, StepOutcome } from '../src/domain/record/runs.ts';
import { refuseUnauthenticated } from './authority.ts';
import { abortUpdate, approveUpdate, championChangedSignal, runEndedSignal } from './messages.ts';
import { modelPage, rolloutPage, versionPage } from './pages.ts';
import { light, waiting, watching } from './proxies.ts';
import { isTimeToContinue, showFacets } from './search-attributes.ts';

interface Word {
  readonly say: 'approve' | 'abort' | 'gone';
  readonly commandId: string | null;
  readonly actor: string;
  readonly reason: string;
}

/**
 * Moves a model from one champion to another: shadow, canary steps, paired evidence; it ends promoted or rolled back.
 * Whatever happens to it, the challenger is taken out before it ends.
 */
export async function rollout(input: RolloutInput): Promise<void> {
  const { model, version } = input.key;
  // Read through a function: handlers write it between awaits, which the compiler cannot see.
  let word = null as Word | null;
  const fromStep = input.fromStep ?? 0;

  setHandler(
    approveUpdate,
    (message: CommandMessage) => {
      // Over an earlier approval too: that one may be without a row behind it, and is being checked right now.
      if (word === null || word.say === 'approve')
        word = { say: 'approve', commandId: message.commandId, actor: message.actor, reason: message.reason };
      return { accepted: true as const, text: `v${version} is being promoted` };
    },
    {
      validator: refuseUnauthenticated,
      description: 'Promote now. Needs an authorised command: use `perennial approve`.',
    },
  );
  setHandler(
    abortUpdate,
    (message: CommandMessage) => {
      const actor = message.commandId === null ? `unauthenticated, through Temporal (${message.actor})` : message.actor;
      word = { say: 'abort', commandId: message.commandId, actor, reason: message.reason };
      return { accepted: true as const, text: `v${version} is being taken out` };
    },
    { description: 'Take the challenger out: {"commandId":null,"actor":"you","reason":"why"}.' },
  );
  setHandler(
    championChangedSignal,
    () => {
      word = { say: 'gone', commandId: null, actor: 'model', reason: 'the champion was moved by a person' };
    },
    { description: 'Sent by the platform: the champion was moved by a person, so this rollout ends.' },
  );

  showFacets({ model, version, stage: 'rollout', needsApproval: false });
  try {
    await run();
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    await CancellationScope.nonCancellable(async () => {
      const reason = isCancellation(error)
        ? 'cancelled through Temporal'
        : `the rollout failed: ${error instanceof Error ? error.message : String(error)}`;
      await light('take the challenger out').withdraw({
        key: input.key,
        actor: 'rollout',
        reason: reason.slice(0, 500),
        evidenceId: null,
      });
    });
    await reportEnd();
    throw error;
  }
  await reportEnd();

  async function run(): Promise<void> {
    if (input.baseVersion === null) {
      if (input.needsPerson)
        return finish(await hold('the first champion needs a person: the automatic bound is below 100 %', null));
      return finish({
        outcome: 'promote',
        reason: 'first champion: the gate passed and nobody answered before',
        evidenceId: -1,
      });
    }
    if (fromStep === 0) tell('planned', await light('how long until which harm is seen').preflight({ key: input.key }));
    for (let step = fromStep; step < input.steps.length; step++) {
      const outcome = await walk(step);
      if (outcome.outcome !== 'step-done') return finish(outcome);
    }
    if (input.needsPerson)
      return finish(await hold('the automatic bound is below 100 %: promotion needs a person', null));
    const verdict = await stay(input.steps.length, 'paired evidence');
    return finish(verdict.outcome === 'hold' ? await hold(verdict.reason, verdict.evidenceId) : verdict);
  }

  /** A step begins when every live process has acknowledged its routing revision. */
  async function walk(step: number): Promise<StepOutcome> {
    const plan = input.steps[step];
    const name = plan?.name ?? `step ${step}`;
    tell(name, `until ${plan?.extentText ?? 'its end'}`);
    showFacets({ stage: name });
    for (;;) {
      const begun = await watching(`${name}: acknowledged by every process?`).beginStep({ key: input.key, step });
      if (begun.outcome === 'begun') return stay(step, name);
      if (begun.outcome === 'gone') return { outcome: 'gone', reason: begun.reason };
      tell(name, `held: ${begun.reason}`);
      await condition(() => word !== null, input.ackTimeoutMs, { summary: `${name} is held; then it is tried again` });
      const said = await heard();
      if (said !== null) return said;
      // A freeze, or a fleet that is away, may hold an advance for weeks.
      if (isTimeToContinue() && word === null) {
        await condition(allHandlersFinished);
        if (word === null) await continueAsNew<typeof rollout>({ ...input, fromStep: step });
      }
    }
  }

  /** Stays with a step until its exposure is used up, it is stopped, or a person speaks. */
  async function stay(step: number, name: string): Promise<StepOutcome> {
    for (;;) {
      const said = await heard();
      if (said !== null) return said;
      // Every step is idempotent by its number, so the next run goes on where this one stands. A word that came
      // meanwhile is heard first.
      if (isTimeToContinue()) {
        await condition(allHandlersFinished);
        if (word !== null) continue;
        await continueAsNew<typeof rollout>({ ...input, fromStep: step });
      }
      const scope = new CancellationScope();
      const looking = scope.run(() => watching(`${name}: look`).watchStep({ key: input.key, step }));
      const result = await Promise.race([
        looking,
        condition(() => word !== null).then((): StepOutcome => ({ outcome: 'still' })),
      ]);
      if (result.outcome !== 'still') return result;
      scope.cancel();
      looking.catch(() => undefined);
    }
  }

  /** Waits for a person; the lease is renewed meanwhile, and after `holdMsMax` the slot is freed. */
  async function hold(reason: string, evidenceId: number | null): Promise<StepOutcome> {
    showFacets({ stage: 'held', needsApproval: true });
    tell('**waits for a person**', reason);
    await light('held for a person').holdRollout({ key: input.key, reason, evidenceId });
    const scope = new CancellationScope();
    const renewing = scope.run(async () => {
      for (;;) await waiting('renew the lease').keepLease({ key: input.key });
    });
    renewing.catch(() => undefined);
    let said: StepOutcome | null = null;
    while (
      said === null &&
      (await condition(() => word !== null, input.holdMsMax, { summary: 'waits for a person; then it is rolled back' }))
    )
      said = await heard();
    scope.cancel();
    showFacets({ needsApproval: false });
    return (
      said ?? { outcome: 'stop', reason: `nobody answered the hold (${reason}) in time`, evidenceId: evidenceId ?? -1 }
    );
  }

  /** What a person said, if anything: an approval counts only with an authorised command row behind it. */
  async function heard(): Promise<StepOutcome | null> {
    const said = word;
    if (said === null) return null;
    if (said.say === 'gone') return { outcome: 'gone', reason: said.reason };
    const reason = `${said.say === 'approve' ? 'approved' : 'aborted'} by ${said.actor}: ${said.reason}`;
    if (said.say === 'abort') return { outcome: 'stop', reason, evidenceId: -1 };
    const authorised = await light('is the approval authorised?').verifyCommand({
      model,
      kind: 'approve',
      commandId: said.commandId,
    });
    if (authorised) return { outcome: 'promote', reason, evidenceId: -1 };
    if (word === said) word = null;
    return null;
  }

  async function finish(outcome: StepOutcome): Promise<void> {
    const actor = word?.actor ?? 'rollout';
    if (outcome.outcome === 'promote') {
      const done = await light(`promote v${version}`).promote({
        key: input.key,
        actor,
        reason: outcome.reason,
        evidenceId: known(outcome.evidenceId),
      });
      showFacets({ stage: 'done', verdict: done.promoted ? 'promoted' : 'superseded' });
      tell(done.promoted ? 'promoted' : 'superseded', outcome.reason);
      return;
    }
    const evidenceId = outcome.outcome === 'stop' ? known(outcome.evidenceId) : null;
    const reason = 'reason' in outcome ? outcome.reason : 'ended';
    await light(`take v${version} out`).withdraw({ key: input.key, actor, reason, evidenceId });
    showFacets({ stage: 'done', verdict: 'rolled-back' });
    tell('rolled back', reason);
  }

  async function reportEnd(): Promise<void> {
    await getExternalWorkflowHandle(workflowIds.model(model))
      .signal(runEndedSignal, { runId: input.runId })
      .catch(() => undefined);
  }

  function tell(stage: string, text: string): void {
    setCurrentDetails(
      [
        `**${model} v${version}**: ${stage}`,
        text,
        `An operator may promote it (\`perennial approve ${model} --reason …\`) or take it out (\`perennial abort ` +
          `${model} --reason …\`, or the Update \`abort\` from here). An approval needs an authorised command, so ` +
          `not from here.`,
        `${rolloutPage(model, version, input.key.attempt)} · ${versionPage(model, version)} · ${modelPage(model)}`,
      ].join('\n\n'),
    );
  }
}

function known(evidenceId: number | null): number | null {
  return evidenceId === null || evidenceId < 0 ? null : evidenceId;
}
