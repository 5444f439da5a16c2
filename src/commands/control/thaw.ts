import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { freezeOf, removeFreeze, sayFreeze } from '../../db/routing/freezes.ts';
import { frozenDecisions } from '../../db/watching/frozen-decisions.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { authoriseFor, everyModel, linkOf, modelOrNull, refuseWithoutReason } from './freeze.ts';
import { actorOf, runCommand } from '../base/run-command.ts';

/** Models that are woken at once; the others find out when they next re-read their facts. */
const nudgedMax = 100;

/**
 * Ends a freeze (or the one that a kill left). What was held goes on by itself. Throws `conflict` when nothing is
 * frozen.
 */
export async function thaw(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'thaw');
  authoriseFor(context, input.model);
  return runCommand(context, input, {
    kind: 'thaw',
    permission: 'operate',
    body: {},
    perform: async (commandId) => {
      const done = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model: input.model }, () => thawNow(tx, context, input)),
      );
      const still = await freezeOf(context.database.db, input.model);
      if (done?.hasThawed !== true) throw nothingToThaw(input.model, still === null ? null : sayFreeze(still));
      if (still === null) await wake(context, input.model);
      const text =
        still === null
          ? 'thawed: what was held goes on'
          : `its own freeze is gone, but ${sayFreeze(still)}; end that with \`perennial thaw --all\``;
      return { text, link: linkOf(context, input.model) };
    },
  });
}

async function thawNow(tx: Db, context: CommandContext, input: CommandInput): Promise<{ hasThawed: boolean }> {
  const { model, reason } = input;
  const removed = await removeFreeze(tx, model);
  if (removed === null) return { hasThawed: false };
  await appendAudit(tx, {
    type: 'perennial.model.thawed',
    model: modelOrNull(model),
    subject: { of: 'model', model },
    actor: actorOf(context),
    tokenId: context.principal.tokenId,
    reason,
    data: { frozenBy: removed.actor, frozenSince: removed.since.toISOString() },
  });
  return { hasThawed: true };
}

function nothingToThaw(model: string, other: string | null): PerennialError {
  const subject = model === everyModel ? 'There is no freeze of every model' : `"${model}" has no freeze of its own`;
  return new PerennialError(
    'conflict',
    other === null ? `${subject}: there is nothing to thaw.` : `${subject}; ${other}.`,
    {
      path: 'model',
      hint: other === null ? 'See `perennial status`.' : 'Thaw every model with `perennial thaw --all`.',
    },
  );
}

/** A training that was held back is decided again at once, not when the next window closes. */
async function wake({ database, bus }: CommandContext, model: string): Promise<void> {
  const held = await frozenDecisions(database.db, model === everyModel ? null : model, nudgedMax);
  for (const { model: name, window } of held) {
    // oxlint-disable-next-line no-await-in-loop -- when Temporal is away, one wait is enough
    if (!(await bus.nudge({ model: name, window }))) return;
  }
}
