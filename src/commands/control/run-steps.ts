import { authorise } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import { findRun, type RunRow } from '../../db/runs/runs.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { RunStep } from '../../domain/record/messages.ts';
import type { CommandContext } from '../base/context.ts';

/** The steps of a run as Temporal has them: where it can be started again from. Empty for a run without a workflow. */
export async function runSteps(
  context: CommandContext,
  input: { readonly runId: string },
): Promise<{ readonly steps: readonly RunStep[] }> {
  const row = await coveredRun(context, input.runId);
  authorise(context.principal, 'read', row.model);
  return { steps: row.kind === 'import' || row.kind === 'replay' ? [] : await context.bus.steps(row.runId) };
}

/** A run of a model outside the scope is "not found" like one that does not exist: ids must not leak names. */
export async function coveredRun(context: CommandContext, runId: string): Promise<RunRow> {
  const row = await findRun(context.database.db, runId);
  if (row !== null && isInScope(context.principal.scope, row.model)) return row;
  throw new PerennialError('not_found', `There is no run "${runId}".`, {
    path: 'id',
    hint: 'Runs are listed by `perennial history <model>`.',
  });
}
