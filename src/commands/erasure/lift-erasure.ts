import { authorise } from '../../access/principal.ts';
import type { LiftAnswer } from '../../contracts/http/erasures.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { liftErasure as lift, readErasure } from '../../db/erasure/erasures.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { erasureSubjectOf } from '../../domain/record/erasure/erasure.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { refuseWithoutReason } from '../control/freeze.ts';
import type { CommandContext } from '../base/context.ts';
import { isErasureSeen } from './read-erasures.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { sayComesBack, whatComesBack } from './what-comes-back.ts';

/**
 * Readings of sources take in rows of the entity again: it gave its consent anew, or no source holds it any more. What
 * was erased stays so: a source that is read whole gives its rows again to the next training, one that is read on does
 * not, and the answer says which is which. Throws `conflict` when nobody is left out by it.
 */
export async function liftErasure(
  context: CommandContext,
  ask: { readonly erasureId: string; readonly key: string | null; readonly reason: string },
): Promise<LiftAnswer> {
  authorise(context.principal, 'data:erase', null);
  const { scope, name } = await readErasure(context.database.db, ask.erasureId, (row) => isErasureSeen(context, row));
  refuseWithoutReason(ask.reason, 'lifting');
  return runCommand(
    context,
    { model: name, key: ask.key, reason: ask.reason },
    {
      kind: 'lift-erasure',
      permission: 'data:erase',
      body: { erasureId: ask.erasureId },
      perform: async (commandId) => {
        await withTransaction(context.database, (tx) =>
          performOnce(tx, { commandId, model: name }, async () => {
            if (!(await lift(tx, ask.erasureId)))
              throw new PerennialError('conflict', 'Nobody is left out by this erasure any more.', { path: 'id' });
            await appendAudit(tx, {
              type: 'perennial.erasure.lifted',
              model: scope === 'view' ? null : name,
              subject: erasureSubjectOf({ scope, name }),
              actor: actorOf(context),
              tokenId: context.principal.tokenId,
              reason: ask.reason,
              data: { erasureId: ask.erasureId },
            });
            return {};
          }),
        );
        const { sources, isMore } = await whatComesBack(context.database.db, { scope, name });
        return { text: sayComesBack(sources), link: null, sources: [...sources], isMore };
      },
    },
  );
}
