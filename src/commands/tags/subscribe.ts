import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { readModel } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { subscribe as putSubscription, unsubscribe as removeSubscription } from '../../db/tags/subscriptions.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';

export interface SubscribeInput extends CommandInput {
  readonly publisher: string;
  readonly tag: string;
}

/**
 * From the next edition of another model's tag on, this one is asked whether to train again: cooldown, budget and
 * freezes hold it back as ever. The right is the model's, not the person's, and is asked anew at every edition.
 */
export async function subscribe(context: CommandContext, input: SubscribeInput): Promise<CommandAnswer> {
  const { model, publisher, tag, reason } = input;
  return runCommand(context, input, {
    kind: 'subscribe',
    permission: 'operate',
    body: { publisher, tag },
    perform: async (commandId) => {
      await readModel(context.database.db, model);
      const actor = actorOf(context);
      const done = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, async () => {
          const edition = await putSubscription(tx, { model, publisher, tag, actor });
          await appendAudit(tx, {
            type: 'perennial.snapshot.subscribed',
            model,
            subject: { of: 'model', model },
            actor,
            tokenId: context.principal.tokenId,
            reason: reason === '' ? `"${tag}" of ${publisher}` : reason,
            data: { publisher, tag, edition },
          });
          return { edition };
        }),
      );
      const from = done === null ? 'a later edition' : `edition ${done.edition + 1}`;
      return { text: `it trains again when "${tag}" of ${publisher} is published, from ${from} on`, link: null };
    },
  });
}

/** Ends a subscription. Throws `conflict` where there is none. */
export async function unsubscribe(context: CommandContext, input: SubscribeInput): Promise<CommandAnswer> {
  const { model, publisher, tag, reason } = input;
  return runCommand(context, input, {
    kind: 'unsubscribe',
    permission: 'operate',
    body: { publisher, tag },
    perform: async (commandId) => {
      await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, async () => {
          await removeSubscription(tx, { model, publisher, tag });
          await appendAudit(tx, {
            type: 'perennial.snapshot.unsubscribed',
            model,
            subject: { of: 'model', model },
            actor: actorOf(context),
            tokenId: context.principal.tokenId,
            reason: reason === '' ? `"${tag}" of ${publisher}` : reason,
            data: { publisher, tag },
          });
          return {};
        }),
      );
      return { text: `it trains no more for "${tag}" of ${publisher}`, link: null };
    },
  });
}
