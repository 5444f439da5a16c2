import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { readModel } from '../../db/models/specs.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';

/** Stops automatic trainings of the model; serving, watching and a rollout under way go on. */
export async function pause(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  return runCommand(context, input, {
    kind: 'pause',
    permission: 'operate',
    body: {},
    perform: async (commandId) => {
      await readModel(context.database.db, input.model);
      await context.bus.ensureModel(input.model);
      const message = { commandId, actor: actorOf(context), reason: input.reason };
      const receipt = await context.bus.deliver({ kind: 'pause', model: input.model, message });
      return { text: receipt.text, link: context.bus.uiUrl(workflowIds.model(input.model)) };
    },
  });
}
