import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { readModel } from '../../db/models/specs.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';

export interface RetrainInput extends CommandInput {
  /** False ends with the version: an experiment, compared but not released. */
  readonly rollout: boolean;
}

/** Asks the model to train now; its decision (also a "no, because") is read from the history. */
export async function retrain(context: CommandContext, input: RetrainInput): Promise<CommandAnswer> {
  return runCommand(context, input, {
    kind: 'retrain',
    permission: 'operate',
    body: { rollout: input.rollout },
    perform: async (commandId) => {
      await readModel(context.database.db, input.model);
      await context.bus.ensureModel(input.model);
      const message = { commandId, actor: actorOf(context), reason: input.reason, rollout: input.rollout };
      const receipt = await context.bus.deliver({ kind: 'retrain', model: input.model, message });
      return { text: receipt.text, link: context.bus.uiUrl(workflowIds.model(input.model)) };
    },
  });
}
