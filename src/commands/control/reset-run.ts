import { authorise } from '../../access/principal.ts';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { reopenRun, type RunRow } from '../../db/runs/runs.ts';
import type { RunStep } from '../../domain/record/messages.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';
import { refuseWithoutReason } from './freeze.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { coveredRun } from './run-steps.ts';

export interface ResetRunInput {
  readonly runId: string;
  /** One of the event ids that `runSteps` lists. */
  readonly beforeEventId: number;
  readonly key: string | null;
  readonly reason: string;
}

/**
 * Starts a run again from before one of its steps, by Temporal's reset. Throws `conflict` where that makes no sense,
 * and says why.
 */
export async function resetRun(context: CommandContext, input: ResetRunInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'reset');
  authorise(context.principal, 'operate', null);
  const row = await coveredRun(context, input.runId);
  return runCommand(
    context,
    { model: row.model, key: input.key, reason: input.reason },
    {
      kind: 'reset',
      permission: 'operate',
      body: { runId: input.runId, beforeEventId: input.beforeEventId },
      perform: async (commandId, { performedAt }) => {
        const link = context.bus.uiUrl(row.runId);
        // The run may have ended again since, and must not be started a third time.
        if (performedAt !== null) return { text: `${row.runId} has been started again`, link };
        refuseSenseless(row);
        const step = await stepOf(context, input);
        await context.bus.reset({
          runId: row.runId,
          beforeEventId: step.eventId,
          requestId: commandId,
          reason: `${actorOf(context)}: ${input.reason}`,
        });
        await withTransaction(context.database, (tx) =>
          performOnce(tx, { commandId, model: row.model }, () => reopen(tx, context, input, { row, step })),
        );
        // Its model had done with it; otherwise it would learn of the new end only when it next re-reads its facts.
        if (row.kind === 'train') await context.bus.nudge({ model: row.model, window: null, resetRunId: row.runId });
        return { text: `${row.runId} runs again from before "${step.name}"`, link };
      },
    },
  );
}

async function reopen(
  tx: Db,
  context: CommandContext,
  { reason }: ResetRunInput,
  { row, step }: { readonly row: RunRow; readonly step: RunStep },
): Promise<Record<string, never>> {
  await reopenRun(tx, row.runId, `reset to before "${step.name}" by ${actorOf(context)}: ${reason}`);
  await appendAudit(tx, {
    type: 'perennial.run.reset',
    model: row.model,
    subject: { of: 'run', runId: row.runId },
    actor: actorOf(context),
    tokenId: context.principal.tokenId,
    reason,
    runId: row.runId,
    data: { before: step.name, eventId: step.eventId, was: row.status },
  });
  return {};
}

async function stepOf(context: CommandContext, input: ResetRunInput) {
  const steps = await context.bus.steps(input.runId);
  const step = steps.find((candidate) => candidate.eventId === input.beforeEventId);
  if (step !== undefined) return step;
  const known = steps
    .slice(-20)
    .map(({ eventId, name }) => `${eventId} (${name})`)
    .join(', ');
  throw new PerennialError(
    'not_found',
    `${input.runId} has no step before event ${input.beforeEventId}${known === '' ? '' : `; it has ${known}`}.`,
    { path: 'beforeEventId', hint: 'See `perennial run steps <id>`.' },
  );
}

/** Every effect is keyed by what it is about, so what is done would only be found done again. */
function refuseSenseless(row: RunRow): void {
  const say = (why: string, hint: string): never => {
    throw new PerennialError('conflict', `${row.runId} cannot run again: ${why}.`, { path: 'id', hint });
  };
  if (row.kind === 'replay') say('a replay has no workflow', 'Replay the quarantine again.');
  if (row.kind === 'import') say('an import has no workflow', 'Import the file again.');
  if (row.status === 'lost')
    say('Temporal does not know it any more', 'Ask for the work anew, with `perennial retrain` for instance.');
  if (row.status !== 'completed') return;
  if (row.kind === 'rollout')
    say(
      'the rollout has ended, and its challenger has left the slot',
      'Promote the version with `perennial promote`, or train a new one.',
    );
  if (row.kind === 'train') say('its version stands and is never made twice', 'Train anew with `perennial retrain`.');
  if (row.kind === 'ingest')
    say(
      'its snapshot stands, and the same bytes give the same one',
      'Change the source or the definition and apply it.',
    );
  if (row.kind === 'guard')
    say(
      'its verdict stands',
      'Read it in the history; move the champion with `perennial rollback` or `perennial promote`.',
    );
}
