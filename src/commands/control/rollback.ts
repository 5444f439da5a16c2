import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { readModel } from '../../db/models/specs.ts';
import { servingStateOf } from '../../db/routing/serving-state.ts';
import { isReleasedVersion } from '../../db/views/views-versions.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { refuseAlone } from './refuse-alone.ts';
import { waitUntilMoved, waitUntilServed } from '../base/wait-until-served.ts';

export interface RollbackInput extends CommandInput {
  /** Null means the champion before this one. */
  readonly toVersion: number | null;
}

/**
 * Moves the champion back. Throws `version_not_found` listing what exists, `conflict` for a version that was never
 * released, and what `promote` throws for one that was never champion.
 */
export async function rollback(context: CommandContext, input: RollbackInput): Promise<CommandAnswer> {
  return runCommand(context, input, {
    kind: 'rollback',
    permission: 'operate',
    body: { toVersion: input.toVersion },
    perform: async (commandId, row) => {
      await readModel(context.database.db, input.model);
      await refuseUnreleased(context, input);
      const { model, toVersion } = input;
      if (toVersion !== null && row.performedAt === null)
        await refuseAlone(context.database.db, { model, version: toVersion }, row.actor);
      const from = (await servingStateOf(context.database.db, input.model)).championVersion;
      await context.bus.ensureModel(input.model);
      const message = { commandId, actor: actorOf(context), reason: input.reason, toVersion: input.toVersion };
      const receipt = await context.bus.deliver({ kind: 'rollback', model: input.model, message });
      const version = input.toVersion ?? (await waitUntilMoved(context, input.model, from));
      const said =
        version === null
          ? 'it has not been moved yet'
          : `v${version} ${await waitUntilServed(context, input.model, version)}`;
      return { text: `${receipt.text}; ${said}`, link: context.bus.uiUrl(workflowIds.model(input.model)) };
    },
  });
}

async function refuseUnreleased(context: CommandContext, input: RollbackInput): Promise<void> {
  if (input.toVersion === null || (await isReleasedVersion(context.database.db, input.model, input.toVersion))) return;
  throw new PerennialError(
    'conflict',
    `Version ${input.toVersion} of "${input.model}" was never released: it did not pass its gate, ` +
      `or was an experiment.`,
    {
      path: 'toVersion',
      hint: 'Name a released version; `perennial history <model>` lists them.',
    },
  );
}
