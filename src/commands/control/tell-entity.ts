import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { readModel } from '../../db/models/specs.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';

/** A command that is one word to the entity of a model: nothing but who and why goes with it. */
export async function tellEntity(
  context: CommandContext,
  input: CommandInput,
  kind: 'pause' | 'resume',
): Promise<CommandAnswer> {
  return runCommand(context, input, {
    kind,
    permission: 'operate',
    body: {},
    perform: async (commandId) => {
      await readModel(context.database.db, input.model);
      await context.bus.ensureModel(input.model);
      const message = { commandId, actor: actorOf(context), reason: input.reason };
      const receipt = await context.bus.deliver({ kind, model: input.model, message });
      return { text: receipt.text, link: context.bus.uiUrl(workflowIds.model(input.model)) };
    },
  });
}
