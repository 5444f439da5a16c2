import type { RolloutCommandKind } from '../../domain/record/messages.ts';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { activeRollout } from '../../db/routing/rollouts.ts';
import { readModel } from '../../db/models/specs.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';

/** What `approve` and `abort` share: a person's word to the rollout that holds the model's slot. */
export async function decideRollout(
  context: CommandContext,
  input: CommandInput,
  kind: RolloutCommandKind,
): Promise<CommandAnswer> {
  return runCommand(context, input, {
    kind,
    permission: 'operate',
    body: {},
    perform: async (commandId) => {
      await readModel(context.database.db, input.model);
      const open = await activeRollout(context.database.db, input.model);
      if (open === null) {
        throw new PerennialError(
          'conflict',
          `No rollout of "${input.model}" is under way: there is nothing to ${kind}.`,
        );
      }
      const rollout = { model: open.model, version: open.version, attempt: open.attempt };
      const message = { commandId, actor: actorOf(context), reason: input.reason };
      const receipt = await context.bus.deliver({ kind, model: input.model, rollout, message });
      return {
        text: receipt.text,
        link: context.bus.uiUrl(workflowIds.rollout(rollout.model, rollout.version, rollout.attempt)),
      };
    },
  });
}
