import { authorise, type Principal } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { Permission } from '../../access/roles.ts';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { answerCommand, recordCommand, type CommandRow } from '../../db/people/commands.ts';
import { isErrorCode, isPerennialError, PerennialError } from '../../domain/words/errors.ts';
import type { CommandKind } from '../../domain/record/messages.ts';
import { bodyHashOf, commandIdOf } from './command-id.ts';
import { traced } from '../../telemetry/tracer.ts';
import type { CommandContext, CommandInput } from './context.ts';
import { refuseStale } from './precondition.ts';

export interface CommandPlan<Extra extends object> {
  readonly kind: CommandKind;
  readonly permission: Permission;
  /** What the command asks for, beyond model and kind; hashed and stored. */
  readonly body: Record<string, unknown>;
  /**
   * Does it. Called again with the same id when an earlier attempt did not live to store its answer; the row then says
   * what it was aimed at and whether it was performed.
   */
  perform(commandId: string, row: CommandRow): Promise<{ readonly text: string; readonly link: string | null } & Extra>;
}

/**
 * One command from permission to stored answer. The row comes before the deed: it makes the command idempotent across
 * crashes and across Temporal runs, where an Update's own id forgets. The same id with the same body gets the first
 * answer again (a refusal too); with another body it is a conflict. What may succeed later leaves the row unanswered.
 */
export async function runCommand<Extra extends object>(
  context: CommandContext,
  input: CommandInput,
  plan: CommandPlan<Extra>,
): Promise<CommandAnswer & Extra> {
  const { principal, database } = context;
  authorise(principal, plan.permission, input.model);
  const commandId = commandIdOf(input.key, principal.tokenId);
  const ifMatch = input.ifMatch ?? null;
  const body = { ...plan.body, reason: input.reason, ...(ifMatch === null ? {} : { ifMatch }) };
  const { isNew, row } = await recordCommand(database.db, {
    commandId,
    model: input.model,
    kind: plan.kind,
    actor: actorOf(context),
    tokenId: principal.tokenId,
    body,
    bodyHash: bodyHashOf(plan.kind, input.model, body),
  });
  if (!isNew) refuseOther(principal, row, bodyHashOf(plan.kind, input.model, body));
  // The stored document is what this function once wrote for the same kind: its shape is this answer's.
  if (row.answer !== null) return replay(row.status, row.answer) as CommandAnswer & Extra;
  try {
    // Only the first time: an earlier attempt that was cut off may itself have made the state another one.
    if (isNew) await refuseStale(database.db, input.model, ifMatch);
    const done = await traced(
      `command ${plan.kind}`,
      { 'perennial.model': input.model, 'perennial.command': plan.kind, 'perennial.command_id': commandId },
      () => plan.perform(commandId, row),
    );
    const answer = { commandId, model: input.model, kind: plan.kind, ...done };
    const stands = await answerCommand(database.db, commandId, { status: 'done', answer });
    return replay(stands.status, stands.answer) as CommandAnswer & Extra;
  } catch (error) {
    if (isPerennialError(error) && !error.retryable) {
      const refusal = { code: error.code, message: error.message, path: error.path ?? null, hint: error.hint };
      await answerCommand(database.db, commandId, { status: 'refused', answer: refusal });
    }
    throw error;
  }
}

/** Who is written beside every move: the token's name, which an admin chose for a person or a machine. */
export function actorOf(context: Pick<CommandContext, 'principal'>): string {
  return context.principal.name;
}

function refuseOther(principal: Principal, row: CommandRow, bodyHash: string): void {
  if (row.bodyHash === bodyHash) return;
  // An id is a guess away: what stands under it is for those who may see it.
  const what = isInScope(principal.scope, row.model) ? ` (${row.kind} of "${row.model}")` : '';
  throw new PerennialError(
    'idempotency_reused',
    `The command id ${row.commandId} was used before for another command${what}.`,
    { path: 'Idempotency-Key' },
  );
}

function replay(status: CommandRow['status'], answer: Record<string, unknown>): Record<string, unknown> {
  if (status !== 'refused') return answer;
  const code = answer['code'];
  const path = answer['path'];
  const hint = answer['hint'];
  throw new PerennialError(isErrorCode(code) ? code : 'conflict', String(answer['message']), {
    ...(typeof path === 'string' ? { path } : {}),
    ...(typeof hint === 'string' ? { hint } : {}),
  });
}
