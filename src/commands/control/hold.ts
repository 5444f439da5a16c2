import { authorise } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import type { HoldView } from '../../contracts/http/command-requests.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { readModel } from '../../db/models/specs.ts';
import { listHolds, putHold, removeHold, type LegalHold } from '../../db/retention/holds.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { refuseWithoutReason } from './freeze.ts';

/** Nothing beyond the deed itself is to be remembered of it. */
type Done = Record<string, never>;

/**
 * From now on nothing of the model is removed, whatever its age: no row, no file. Throws `conflict` when another hold
 * stands, since its reason must not be lost.
 */
export async function setHold(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'legal hold');
  return runCommand(context, input, {
    kind: 'set-hold',
    permission: 'operate',
    body: {},
    perform: async (commandId) => {
      await readModel(context.database.db, input.model);
      await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model: input.model }, () => holdNow(tx, context, input)),
      );
      return { text: 'it is held: nothing of it is removed until `perennial hold release`', link: null };
    },
  });
}

async function holdNow(tx: Db, context: CommandContext, { model, reason }: CommandInput): Promise<Done> {
  const actor = actorOf(context);
  const stands = await putHold(tx, { model, actor, reason });
  if (!stands.isNew) throw alreadyHeld(stands);
  await appendAudit(tx, {
    type: 'perennial.hold.set',
    model,
    subject: { of: 'model', model },
    actor,
    tokenId: context.principal.tokenId,
    reason,
  });
  return {};
}

/** Ends a hold; what has reached its end goes with the next round. Throws `conflict` when nothing is held. */
export async function releaseHold(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'release');
  return runCommand(context, input, {
    kind: 'release-hold',
    permission: 'apply',
    body: {},
    perform: async (commandId) => {
      await readModel(context.database.db, input.model);
      await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model: input.model }, () => releaseNow(tx, context, input)),
      );
      return { text: 'released: what has reached its end goes', link: null };
    },
  });
}

async function releaseNow(tx: Db, context: CommandContext, { model, reason }: CommandInput): Promise<Done> {
  const removed = await removeHold(tx, model);
  if (removed === null) throw notHeld(model);
  await appendAudit(tx, {
    type: 'perennial.hold.released',
    model,
    subject: { of: 'model', model },
    actor: actorOf(context),
    tokenId: context.principal.tokenId,
    reason,
    data: { setBy: removed.actor, setAt: removed.since.toISOString(), setReason: removed.reason },
  });
  return {};
}

/** Legal holds that stand, as far as the scope covers them. */
export async function holds(context: CommandContext): Promise<readonly HoldView[]> {
  authorise(context.principal, 'read', null);
  const rows = await listHolds(context.database.db);
  return rows.filter((row) => isInScope(context.principal.scope, row.model)).map(holdViewOf);
}

function holdViewOf(row: LegalHold): HoldView {
  return { model: row.model, by: row.actor, reason: row.reason, since: row.since.toISOString() };
}

function alreadyHeld({ model, actor, reason, since }: LegalHold): PerennialError {
  return new PerennialError(
    'conflict',
    `"${model}" has been held since ${since.toISOString()} by ${actor}: ${reason}.`,
    { path: 'model', hint: 'It stays held. Release it first if this reason is to stand in its place.' },
  );
}

function notHeld(model: string): PerennialError {
  return new PerennialError('conflict', `"${model}" has no legal hold: there is nothing to release.`, {
    path: 'model',
    hint: 'See `perennial hold list`.',
  });
}
