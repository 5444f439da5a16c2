import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { readModel } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { closeAlerts } from '../../db/watching/alerts.ts';
import { resetBest as forgetBest } from '../../db/watching/best-reference.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { refuseWithoutReason } from './freeze.ts';

/**
 * A model is no longer held against the best that it ever was: the next window begins anew with the champion of its
 * day. Throws `conflict` where no best is kept.
 */
export async function resetBest(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'reset of the best');
  return runCommand(context, input, {
    kind: 'reset-best',
    permission: 'operate',
    body: {},
    perform: async (commandId) => {
      await readModel(context.database.db, input.model);
      const done = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model: input.model }, () => resetNow(tx, context, input)),
      );
      const was = done === null ? '' : `v${done.version} was the best; `;
      return { text: `${was}the best begins anew with the champion of the next window`, link: null };
    },
  });
}

async function resetNow(tx: Db, context: CommandContext, { model, reason }: CommandInput) {
  const actor = actorOf(context);
  const version = await forgetBest(tx, model, actor, reason);
  if (version === null)
    throw new PerennialError('conflict', `"${model}" has no best to reset: no window has kept one since.`, {
      path: 'model',
      hint: 'It is kept when a champion has labelled rows enough to be held against.',
    });
  await closeAlerts(tx, model, ['below-best']);
  await appendAudit(tx, {
    type: 'perennial.best.reset',
    model,
    subject: { of: 'model', model },
    actor,
    tokenId: context.principal.tokenId,
    reason,
    data: { version },
  });
  return { version };
}
