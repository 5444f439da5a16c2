import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { workflowIds, type RolloutKey } from '../src/domain/words/ids.ts';
import type { CommandMessage, CommandReceipt } from '../src/domain/record/messages.ts';
import { formatOccasion, parseOccasion } from '../src/domain/record/occasion.ts';
import type { Person, TrainInput } from '../src/domain/record/runs.ts';
import { guard } from './guard.ts';
import {
  applyUpdate,
  championChangedSignal,
  guardAsksSignal,
  pauseUpdate,
  resumeUpdate,
  retrainUpdate,
  rollbackUpdate,
  runEndedSignal,
  windowDueSignal,
} from './messages.ts';
import { refuseUnauthenticated } from './authority.ts';
import { modelPage, pageLink, runPage } from './pages.ts';
import { light } from './proxies.ts';
import { rollout } from './rollout.ts';
import { isTimeToContinue, showFacets } from './search-attributes.ts';
import { train } from './train.ts';

type Task =
  | { readonly task: 'decide'; readonly key: string; readonly window: number | null; readonly person: Person | null }
  | { readonly task: 'outcome'; readonly runId: string }
  | {
      readonly task: 'rollback';
      readonly message: CommandMessage;
      readonly toVersion: number | null;
      readonly onlyFrom: number | null;
    }
  | { readonly task: 'pause' | 'resume'; readonly message: CommandMessage };

export interface ModelState {
  readonly queue: readonly Task[];
  /** Runs whose outcome this entity still has to act upon. */
  readonly awaited: readonly string[];
  readonly pausedBy: string | null;
  /** A spec change that came while a run was under way is decided again when the run ends. */
  readonly changedSpec: number | null;
}

export interface ModelInput {
  readonly model: string;
  /** How often outcomes are re-read from Postgres in case a signal was lost. */
  readonly refreshMs: number;
  readonly state?: ModelState;
}

const queueMax = 200;

const applied = (specRevision: number, afterRun: string | null = null): string =>
  formatOccasion({ of: 'apply', specRevision, afterRun });

/**
 * The long-lived entity: serialises every decision about one model. It never waits for a child: runs report by signal,
 * and outcomes are re-read from Postgres now and then, so a lost signal delays and never loses.
 */
export async function model(input: ModelInput): Promise<void> {
  const name = input.model;
  const queue: Task[] = [...(input.state?.queue ?? [])];
  const awaited = new Set<string>(input.state?.awaited ?? []);
  let pausedBy = input.state?.pausedBy ?? null;
  let changedSpec = input.state?.changedSpec ?? null;

  const enqueue = (task: Task, text: string): CommandReceipt => {
    queue.push(task);
    return { accepted: true, text };
  };
  const refuseWhenFull = (): void => {
    if (queue.length >= queueMax)
      throw new Error(`The model has ${queueMax} commands waiting; try again when some are done.`);
  };
  const anyone = (_message: CommandMessage): void => refuseWhenFull();
  const authorised = (message: CommandMessage): void => {
    refuseUnauthenticated(message);
    refuseWhenFull();
  };

  setHandler(
    applyUpdate,
    (message) =>
      enqueue(
        { task: 'decide', key: applied(message.specRevision), window: null, person: null },
        `revision ${message.specRevision} received`,
      ),
    {
      validator: authorised,
      description: 'A new spec revision was stored (sent by `perennial apply`).',
    },
  );
  setHandler(
    retrainUpdate,
    (message) => {
      const person = {
        commandId: message.commandId ?? '',
        by: message.actor,
        reason: message.reason,
        rollout: message.rollout,
      };
      return enqueue(
        { task: 'decide', key: formatOccasion({ of: 'command', commandId: person.commandId }), window: null, person },
        'the request to retrain is being decided',
      );
    },
    { validator: authorised, description: 'Retrain now. Needs an authorised command: use `perennial retrain`.' },
  );
  setHandler(
    rollbackUpdate,
    (message) =>
      enqueue(
        { task: 'rollback', message, toVersion: message.toVersion, onlyFrom: null },
        'the champion is being moved back',
      ),
    {
      validator: anyone,
      description:
        'Move the champion back: {"commandId":null,"actor":"you","reason":"why","toVersion":null}. Null means the ' +
        'one before.',
    },
  );
  setHandler(
    pauseUpdate,
    (message) => {
      pausedBy = message.actor;
      return enqueue({ task: 'pause', message }, 'paused: no automatic training starts');
    },
    { validator: anyone, description: 'Stop automatic trainings: {"commandId":null,"actor":"you","reason":"why"}.' },
  );
  setHandler(
    resumeUpdate,
    (message) => {
      pausedBy = null;
      return enqueue({ task: 'resume', message }, 'resumed');
    },
    {
      validator: authorised,
      description: 'Resume automatic trainings. Needs an authorised command: use `perennial resume`.',
    },
  );
  setHandler(
    windowDueSignal,
    ({ window }) => {
      const key = formatOccasion({ of: 'window', window });
      if (queue.length < queueMax && !queue.some((task) => task.task === 'decide' && task.key === key))
        queue.push({ task: 'decide', key, window, person: null });
    },
    { description: 'Sent by the platform: a trigger fired in this window, and the model decides.' },
  );
  setHandler(
    runEndedSignal,
    ({ runId }) => {
      if (queue.length < queueMax) queue.push({ task: 'outcome', runId });
    },
    { description: 'Sent by the platform: a training or rollout is over, and its outcome is read.' },
  );
  setHandler(
    guardAsksSignal,
    ({ version, predecessor, reason }) => {
      if (queue.length < queueMax)
        queue.push({
          task: 'rollback',
          message: { commandId: null, actor: 'guard', reason },
          toVersion: predecessor,
          onlyFrom: version,
        });
    },
    { description: 'Sent by the guard of a champion that is proven worse than its predecessor.' },
  );

  showFacets({ model: name });
  await refresh();

  for (;;) {
    describe();
    const woken = await condition(() => queue.length > 0 || isTimeToContinue(), input.refreshMs, {
      summary: 'nothing to decide; then outcomes are re-read',
    });
    if (!woken) await refresh();
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      await perform(task);
      if (isTimeToContinue()) break;
    }
    if (isTimeToContinue()) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof model>({
        model: name,
        refreshMs: input.refreshMs,
        state: { queue, awaited: [...awaited], pausedBy, changedSpec },
      });
    }
  }

  /** Level-triggered: what Postgres says is under way or undecided, whatever signals came. */
  async function refresh(): Promise<void> {
    const facts = await light('re-read outcomes').readEntityFacts({ model: name, awaited: [...awaited] });
    pausedBy = facts.pausedBy;
    for (const runId of facts.running) awaited.add(runId);
    for (const runId of facts.ended) queue.push({ task: 'outcome', runId });
    for (const window of facts.undecidedWindows)
      queue.push({ task: 'decide', key: formatOccasion({ of: 'window', window }), window, person: null });
    if (facts.neverTrained)
      queue.push({ task: 'decide', key: applied(facts.specRevision), window: null, person: null });
  }

  async function perform(task: Task): Promise<void> {
    if (task.task === 'decide') await decide(task);
    else if (task.task === 'outcome') await settle(task.runId);
    else if (task.task === 'rollback') await rollBack(task);
    else await light(task.task).setPaused({ model: name, paused: task.task === 'pause', message: task.message });
  }

  async function decide(task: Extract<Task, { task: 'decide' }>): Promise<void> {
    const answer = await light(`retrain? (${task.key})`).decideRetrain({
      model: name,
      key: task.key,
      window: task.window,
      person: task.person,
    });
    if (!answer.retrain) {
      if (parseOccasion(task.key)?.of === 'apply' && answer.blockedBy === 'running') changedSpec = answer.specRevision;
      return;
    }
    await startTraining(answer.training);
  }

  async function startTraining(training: TrainInput): Promise<void> {
    awaited.add(training.runId);
    await startOnce(() =>
      startChild(train, {
        workflowId: training.runId,
        args: [training],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `train ${name} #${training.number}: ${training.trigger}`,
      }),
    );
  }

  async function settle(runId: string): Promise<void> {
    if (!awaited.has(runId)) return;
    const outcome = await light(`outcome of ${runId}`).readOutcome({ model: name, runId });
    if (outcome.state === 'running') return;
    awaited.delete(runId);
    if (outcome.state === 'version-ready') await startRollout(outcome.version, runId);
    if (outcome.state === 'promoted') await startGuard(outcome.rollout);
    if (changedSpec !== null) {
      queue.push({ task: 'decide', key: applied(changedSpec, runId), window: null, person: null });
      changedSpec = null;
    }
  }

  async function startRollout(version: number, cause: string): Promise<void> {
    const opened = await light(`open the rollout of v${version}`).openRollout({
      model: name,
      version,
      attempt: 1,
      cause,
    });
    if (opened === null) return;
    const runId = workflowIds.rollout(name, version, 1);
    awaited.add(runId);
    await startOnce(() =>
      startChild(rollout, {
        workflowId: runId,
        args: [opened],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `roll out ${name} v${version}`,
      }),
    );
  }

  async function startGuard(key: RolloutKey): Promise<void> {
    const plan = await light(`guard v${key.version}?`).planGuard({ model: name, version: key.version });
    if (plan === null) return;
    await getExternalWorkflowHandle(workflowIds.guard(name, plan.predecessor))
      .signal(championChangedSignal)
      .catch(() => undefined);
    await startOnce(() =>
      startChild(guard, {
        workflowId: workflowIds.guard(name, key.version),
        args: [plan],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `guard ${name} v${key.version} against v${plan.predecessor}`,
      }),
    );
  }

  async function rollBack({ message, toVersion, onlyFrom }: Extract<Task, { task: 'rollback' }>): Promise<void> {
    const target = await light('which version to go back to').resolveRollback({
      model: name,
      toVersion,
      commandId: message.commandId,
    });
    if (target === null) return;
    const moved = await light(`champion back to v${target.version}`).moveChampion({
      model: name,
      version: target.version,
      actor:
        message.commandId === null && onlyFrom === null
          ? `unauthenticated, through Temporal (${message.actor})`
          : message.actor,
      why: message.reason,
      commandId: message.commandId,
      onlyFrom,
    });
    if (moved.endedRollout !== null) {
      await getExternalWorkflowHandle(workflowIds.rollout(name, moved.endedRollout.version, moved.endedRollout.attempt))
        .signal(championChangedSignal)
        .catch(() => undefined);
    }
  }

  function describe(): void {
    const runs = [...awaited].map((runId) => `- \`${runId}\` ${runPage(runId)}`).join('\n');
    setCurrentDetails(
      [
        `**${name}** ${pausedBy === null ? 'decides by itself' : `is paused by ${pausedBy}`}`,
        runs === '' ? 'No training or rollout is under way.' : `Under way:\n${runs}`,
        `Why it was (not) retrained: ${pageLink('decisions', `/models/${name}`)}, or \`perennial history ${name}\`.`,
        `An operator may, each with \`--reason …\`: \`perennial retrain ${name}\`, \`rollback\`, \`pause\`, ` +
          `\`resume\`, \`freeze\`, \`kill\`. From here the Updates \`pause\` and \`rollback\` are taken; they are ` +
          `written down as unauthenticated.`,
        modelPage(name),
      ].join('\n\n'),
    );
  }

  async function startOnce(start: () => Promise<unknown>): Promise<void> {
    try {
      await start();
    } catch (error) {
      // A retried decision names the same business identity: it is under way already.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      log.info('already under way');
    }
  }
}
