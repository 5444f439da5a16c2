import { readStepResult } from '../../src/contracts/spec/step-result.ts';
import { putStepCall, type StoredStepCall } from '../../src/db/runs/step-calls.ts';
import { closeAlerts, openAlert } from '../../src/db/watching/alerts.ts';
import type {
  StepCallVerdict,
  StepOutcomeSaid,
  StepSaid,
  UserStepsAsk,
} from '../../src/domain/record/user-steps/messages.ts';
import { sayStep } from '../../src/domain/record/user-steps/say-step.ts';
import type { UserStepSpec } from '../../src/domain/spec/user-steps/user-step-spec.ts';
import { cut, printable } from '../../src/domain/words/cut.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { charsMax } from '../../src/domain/words/limits.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { attemptsOfStep } from './attempts-of-step.ts';
import { definitionOf } from './definition-of.ts';
import { runOfActivity } from './run-of-activity.ts';

export interface EndOfStep {
  readonly ask: UserStepsAsk;
  readonly name: string;
  /** Under which its history has it. */
  readonly activityId: string;
  readonly said: StepSaid;
  /** By the clock of the workflow, since 1970. */
  readonly askedAtMs: number;
  readonly tookMs: number;
}

export function endUserStepActivities({ database, client }: Pick<ActivityDependencies, 'database' | 'client'>) {
  const { db } = database;

  /** Reads what a step said, keeps it with the run, and rings where the run goes on although it failed. */
  async function endUserStep(end: EndOfStep): Promise<StepOutcomeSaid> {
    const { ask, name } = end;
    const { spec } = await definitionOf(db, ask);
    const step = spec.steps?.[ask.point]?.find((one) => one.name === name);
    if (step === undefined)
      throw new PerennialError('not_found', `The definition of ${ask.model} has no step ${name}.`);
    const run = runOfActivity();
    const { attempts, worker } = await attemptsOfStep(client, run, end.activityId);
    const call = await putStepCall(
      db,
      { model: ask.model, runId: ask.runId, execution: run.runId },
      {
        point: ask.point,
        name,
        ...heard(end),
        queue: step.queue,
        onFailure: step.onFailure,
        attempts,
        worker: worker === null ? null : cut(printable(worker), charsMax.columnName),
        askedAt: new Date(end.askedAtMs).toISOString(),
        tookMs: end.tookMs,
      },
    );
    await tell(ask, step, call, spec.watch.webhooks);
    return {
      name,
      onFailure: step.onFailure,
      verdict: call.verdict,
      // A history keeps it for as long as the run, and the gate of a version for longer.
      text: cut(call.text, charsMax.failure),
      evidenceId: call.evidenceId,
    };
  }

  async function tell(
    { model, runId }: UserStepsAsk,
    { onFailure, queue }: UserStepSpec,
    call: StoredStepCall,
    webhooks: readonly string[],
  ): Promise<void> {
    await closeAlerts(db, model, ['queue-unserved'], { about: { of: 'run', runId } });
    // What stops a run, refuses a version or asks a person rings there by itself.
    if (call.verdict === 'pass' || onFailure !== 'continue') return;
    await openAlert(db, {
      model,
      kind: 'step-failed',
      subject: { of: 'step', runId, point: call.point, name: call.name },
      severity: 'warning',
      title: `${runId} went on without its step ${call.name}`,
      body:
        `In ${runId}, ${sayStep(call.point, call)}. It was asked on the queue ${queue}; its definition goes on ` +
        'without it.',
      webhooks,
    });
  }

  return { endUserStep };
}

/** What the answer comes to; texts of somebody else lose what a row of Postgres cannot hold. */
function heard({ ask, said }: EndOfStep): {
  readonly verdict: StepCallVerdict;
  readonly text: string;
  readonly metrics: Readonly<Record<string, number>>;
} {
  const read = 'failure' in said ? said : readStepResult(said.result, ask.point);
  if ('failure' in read) {
    const text = printable(read.failure).replaceAll(/\p{Surrogate}/gu, '·');
    return { verdict: 'none', text: cut(text, charsMax.historyReason), metrics: {} };
  }
  const { verdict = 'pass', text = '', metrics = {} } = read.result;
  return { verdict, text, metrics };
}
