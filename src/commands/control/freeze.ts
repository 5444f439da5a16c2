import { authorise, authoriseEverywhere } from '../../access/principal.ts';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { putFreeze } from '../../db/routing/freezes.ts';
import { lockAllRouting, lockRouting } from '../../db/routing/routing.ts';
import { readModel } from '../../db/models/specs.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';

/** `*` instead of a model's name: all of them, also those to come. Needs a token for all models. */
export const everyModel = '*';

/**
 * From now on nothing automatic changes the model: no training, no step of a rollout, no promotion, no roll-back by a
 * guard, no correction. A challenger that breaches is still taken out, and people may still command.
 */
export async function freeze(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'freeze');
  authoriseFor(context, input.model);
  return runCommand(context, input, {
    kind: 'freeze',
    permission: 'operate',
    body: {},
    perform: async (commandId) => {
      await refuseUnknown(context, input.model);
      await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model: input.model }, () => freezeNow(tx, context, input)),
      );
      const text =
        `${input.model === everyModel ? 'every model is' : 'it is'} frozen: nothing automatic changes ` +
        `${input.model === everyModel ? 'any of them' : 'it'} until \`perennial thaw\``;
      return { text, link: linkOf(context, input.model) };
    },
  });
}

async function freezeNow(tx: Db, context: CommandContext, input: CommandInput): Promise<Record<string, never>> {
  const { model, reason } = input;
  const actor = actorOf(context);
  // Behind whoever is changing the routing: what locks it next sees the freeze.
  await (model === everyModel ? lockAllRouting(tx) : lockRouting(tx, model));
  await putFreeze(tx, { model, kind: 'freeze', actor, reason });
  await appendAudit(tx, {
    type: 'perennial.model.frozen',
    model: modelOrNull(model),
    subject: { of: 'model', model },
    actor,
    tokenId: context.principal.tokenId,
    reason,
  });
  return {};
}

/** Freezing all models is more than freezing each: it covers models that the token may not even see. */
export function authoriseFor(context: CommandContext, model: string): void {
  if (model === everyModel) authoriseEverywhere(context.principal, 'operate');
  else authorise(context.principal, 'operate', model);
}

export async function refuseUnknown(context: CommandContext, model: string): Promise<void> {
  if (model !== everyModel) await readModel(context.database.db, model);
}

/** Whoever comes later must know why. */
export function refuseWithoutReason(reason: string, verb: string): void {
  if (reason.trim() !== '') return;
  throw new PerennialError('invalid_request', `A ${verb} needs a reason: whoever reads the history must know why.`, {
    path: 'reason',
    hint: 'Send a reason.',
  });
}

export function modelOrNull(model: string): string | null {
  return model === everyModel ? null : model;
}

export function linkOf(context: CommandContext, model: string): string | null {
  return model === everyModel ? null : context.bus.uiUrl(workflowIds.model(model));
}
