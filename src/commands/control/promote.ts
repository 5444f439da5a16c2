import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { readRouting } from '../../db/routing/routing.ts';
import { readModel } from '../../db/models/specs.ts';
import { isReleasedVersion } from '../../db/views/views-versions.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { beginRollout } from './begin-rollout.ts';
import { refuseWithoutReason } from './freeze.ts';
import { refuseAlone } from './refuse-alone.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { waitUntilServed } from '../base/wait-until-served.ts';

export interface PromoteInput extends CommandInput {
  readonly version: number;
  /** True takes also a version that its gate refused, or that was only an experiment. */
  readonly force: boolean;
  /** True begins another rollout of it, by the plan of the current definition, and moves nothing. */
  readonly rollout?: boolean;
}

/**
 * Makes a version champion at once by a person's word, without a rollout; a rollout under way ends. Or, where that is
 * asked, begins another rollout of it. A move travels as the Update `rollback` with a target: the entity moves the
 * champion, and the command's row says what was allowed. Throws `version_not_found` listing what exists, `conflict` for
 * an unreleased version without `force`.
 */
export async function promote(context: CommandContext, input: PromoteInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'promotion');
  return runCommand(context, input, {
    kind: 'promote',
    permission: 'operate',
    body: { version: input.version, force: input.force, ...(input.rollout === true ? { rollout: true } : {}) },
    perform: async (commandId, row) => {
      const { db } = context.database;
      await readModel(db, input.model);
      const released = await isReleasedVersion(db, input.model, input.version);
      const text = `v${input.version} becomes champion${released ? '' : ', although its gate did not release it'}`;
      const link = context.bus.uiUrl(workflowIds.model(input.model));
      if (row.performedAt !== null && input.rollout !== true) return { text, link };
      if (!released && !input.force) throw unreleased(input);
      if (input.rollout === true) return { text: await beginRollout(context, input, commandId), link };
      await refuseAlone(db, input, row.actor);
      if ((await readRouting(db, input.model))?.champion?.version === input.version) {
        throw new PerennialError('conflict', `Version ${input.version} of "${input.model}" is champion already.`, {
          path: 'version',
        });
      }
      await context.bus.ensureModel(input.model);
      const message = { commandId, actor: actorOf(context), reason: input.reason, toVersion: input.version };
      await context.bus.deliver({ kind: 'rollback', model: input.model, message });
      return { text: `${text}; it ${await waitUntilServed(context, input.model, input.version)}`, link };
    },
  });
}

function unreleased(input: PromoteInput): PerennialError {
  return new PerennialError(
    'conflict',
    `Version ${input.version} of "${input.model}" was never released: it did not pass its gate, or was an experiment.`,
    {
      path: 'version',
      hint:
        'Name a released version (`perennial history <model>`), or insist with --force; ' +
        'the audit will say that you did.',
    },
  );
}
