import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { readModel } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { endOpenAbTest } from '../../db/routing/ab-tests.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { refuseWithoutReason } from '../control/freeze.ts';

/**
 * Ends the A/B test that is under way, at once and without Temporal: its entities are answered as all others. What was
 * counted stays, and nothing is concluded of it. Throws `conflict` where none is under way.
 */
export async function stopAbTest(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'stop');
  return runCommand(context, input, {
    kind: 'stop-ab-test',
    permission: 'operate',
    body: {},
    perform: async (commandId) => {
      const { model, reason } = input;
      const actor = actorOf(context);
      await readModel(context.database.db, model);
      const ended = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, async () => {
          const key = await endOpenAbTest(tx, model, actor, reason);
          if (key !== null) return { number: key.number };
          throw new PerennialError('conflict', `No A/B test of "${model}" is under way.`, { path: 'model' });
        }),
      );
      const number = ended?.number ?? 0;
      const link = context.bus.uiUrl(workflowIds.abTest(model, number));
      return { text: `A/B test ${number} of ${model} is over; nothing was promoted`, link };
    },
  });
}
