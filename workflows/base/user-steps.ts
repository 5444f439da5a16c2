import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  scheduleActivity,
  TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import {
  answerCharsMax,
  type PlannedStep,
  type StepOutcomeSaid,
  type StepSaid,
  type UserStepsAsk,
} from '../../src/domain/record/user-steps/messages.ts';
import { pointWords } from '../../src/domain/record/user-steps/say-step.ts';
import { stepPauseMsMax, stepTimes } from '../../src/domain/spec/user-steps/step-times.ts';
import { describeExtent } from '../../src/domain/words/extent.ts';
import { sayMany } from '../../src/domain/words/say.ts';
import { rootOf } from './failures.ts';
import { Unreadable } from './payload-converter.ts';
import { light } from './proxies.ts';
import { whileWatched } from './watch-queue.ts';
import { watchOfQueue } from './watched-queue.ts';

/** Shows in the Temporal Web UI which step is asked, and what it waits for. */
type Tell = (text: string) => void;

/**
 * Asks the steps of a point, one after another. One that fails ends the asking where its definition does not go on
 * without it; before a gate all are asked, since each is a row of it.
 */
export async function askUserSteps(ask: UserStepsAsk, tell: Tell): Promise<readonly StepOutcomeSaid[]> {
  const outcomes: StepOutcomeSaid[] = [];
  for (const planned of await light(`which steps ${pointWords[ask.point]}?`).planUserSteps(ask)) {
    const outcome = await askStep(ask, planned, tell);
    outcomes.push(outcome);
    if (ask.point !== 'evaluate' && outcome.verdict !== 'pass' && outcome.onFailure !== 'continue') break;
  }
  return outcomes;
}

async function askStep(ask: UserStepsAsk, planned: PlannedStep, tell: Tell): Promise<StepOutcomeSaid> {
  const { name } = planned.step;
  const activityId = `${ask.point}/${name}`;
  tell(`asks the step \`${name}\` on \`${planned.step.queue}\``);
  // By the clock of the history, which is the same whenever it is replayed.
  const askedAtMs = Date.now();
  const said = await saidBy(ask, planned, activityId, tell);
  const tookMs = Date.now() - askedAtMs;
  return light(`what ${name} said`).endUserStep({ ask, name, activityId, said, askedAtMs, tookMs });
}

/** What it answers, or why it does not. Throws only when the run itself is cancelled, or its code is at fault. */
async function saidBy(ask: UserStepsAsk, planned: PlannedStep, activityId: string, tell: Tell): Promise<StepSaid> {
  const { name, queue, heartbeatMs, attemptsMax } = planned.step;
  const { startToCloseMs, scheduleToStartMs, scheduleToCloseMs } = stepTimes(planned.step);
  const asked = scheduleActivity<unknown>(name, [planned.input], {
    activityId,
    summary: `${name}, ${pointWords[ask.point]}`,
    taskQueue: queue,
    startToCloseTimeout: startToCloseMs,
    scheduleToStartTimeout: scheduleToStartMs,
    scheduleToCloseTimeout: scheduleToCloseMs,
    // Nobody waits for a worker of somebody else to notice that a run was cancelled.
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    ...(heartbeatMs === undefined ? {} : { heartbeatTimeout: heartbeatMs }),
    retry: {
      initialInterval: 1_000,
      backoffCoefficient: 2,
      maximumInterval: stepPauseMsMax,
      maximumAttempts: attemptsMax,
    },
  });
  try {
    const watched = { model: ask.model, runId: ask.runId, taskQueue: queue, userStep: name };
    const watch = watchOfQueue(watched, (isServed) =>
      tell(
        isServed
          ? `the step \`${name}\` is under way on \`${queue}\``
          : `**waiting**: no worker serves the queue \`${queue}\` of the step \`${name}\``,
      ),
    );
    const result = await whileWatched(asked, watch);
    return boundedAnswer(result);
  } catch (error) {
    // A worker of somebody else may call its failure a cancellation: ours is what this scope was told.
    if (CancellationScope.current().consideredCancelled || !(error instanceof TemporalFailure)) throw error;
    return { failure: whyNot(error, planned) };
  }
}

/** What is too large is not handed on: it stands in the history once already. */
function boundedAnswer(result: unknown): StepSaid {
  if (result instanceof Unreadable) return { failure: 'it answered in an encoding that is not read here: use JSON' };
  const chars = JSON.stringify(result ?? null).length;
  return chars > answerCharsMax
    ? { failure: `it answered with ${chars} characters of JSON, where ${answerCharsMax} are allowed` }
    : { result: result ?? null };
}

function whyNot(error: TemporalFailure, { step }: PlannedStep): string {
  const { cause } = error;
  if (!(error instanceof ActivityFailure) || !(cause instanceof TimeoutFailure)) return rootOf(error);
  const attempts = sayMany(step.attemptsMax, 'attempt');
  switch (cause.timeoutType) {
    case 'SCHEDULE_TO_START':
      return `no worker of the queue ${step.queue} took it within ${describeExtent({ ms: step.waitMs })}`;
    case 'HEARTBEAT':
      return `it was not heard of for ${describeExtent({ ms: step.heartbeatMs ?? 0 })}, after ${attempts}`;
    case 'START_TO_CLOSE':
      return `it was not done within ${describeExtent({ ms: step.timeoutMs })}, after ${attempts}`;
    default: {
      const all = describeExtent({ ms: stepTimes(step).scheduleToCloseMs });
      return `it was not done within ${all}, all attempts and waits together`;
    }
  }
}
