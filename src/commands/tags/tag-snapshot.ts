import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { moveTag, undoTag, type TagMoved } from '../../db/tags/tags.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { findSnapshot } from '../snapshots/find-snapshot.ts';

export interface TagInput extends CommandInput {
  readonly tag: string;
}

/** Gives a snapshot of the model a name, or moves the name to it. Throws as `findSnapshot`, and as `moveTag`. */
export async function tagSnapshot(
  context: CommandContext,
  input: TagInput & { readonly digest: string },
): Promise<CommandAnswer> {
  const found = await findSnapshot(context, input.digest, 'operate');
  if (found.model !== input.model)
    throw new PerennialError('invalid_request', `Snapshot ${found.digest.slice(0, 16)} is of "${found.model}".`, {
      path: 'digest',
      hint: 'A tag names snapshots of its own model: `perennial snapshot list` says which.',
    });
  return run(context, input, { digest: found.digest }, (tx, mover) => moveTag(tx, mover, found.digest));
}

/** Takes a tag away: its snapshot is kept by it no more. Its history stays. */
export async function removeTag(context: CommandContext, input: TagInput): Promise<CommandAnswer> {
  return run(context, input, { digest: null }, (tx, mover) => moveTag(tx, mover, null));
}

/** Moves a tag back to where it was before its last move. */
export async function undoTagMove(context: CommandContext, input: TagInput): Promise<CommandAnswer> {
  return run(context, input, { undo: true }, undoTag);
}

type Mover = Parameters<typeof moveTag>[1];

async function run(
  context: CommandContext,
  input: TagInput,
  body: Record<string, unknown>,
  move: (tx: Db, mover: Mover) => Promise<TagMoved>,
): Promise<CommandAnswer> {
  const { model, tag, reason } = input;
  return runCommand(context, input, {
    kind: 'tag-snapshot',
    permission: 'operate',
    body: { tag, ...body },
    perform: async (commandId) => {
      const actor = actorOf(context);
      const moved = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, async () => {
          const { from, to } = await move(tx, { model, tag, actor, reason });
          await appendAudit(tx, {
            type: 'perennial.snapshot.tagged',
            model,
            subject: { of: 'snapshot', id: to ?? from ?? '' },
            actor,
            tokenId: context.principal.tokenId,
            reason: reason === '' ? sayMove(tag, { from, to }) : reason,
            data: { tag, from, to, isUndo: body['undo'] === true },
          });
          return { from, to };
        }),
      );
      return { text: sayMove(tag, moved ?? { from: null, to: null }), link: null };
    },
  });
}

function sayMove(tag: string, { from, to }: TagMoved): string {
  if (to === null) return `"${tag}" names nothing any more`;
  const before = from === null ? '' : `, and ${from.slice(0, 16)} before`;
  return `"${tag}" names ${to.slice(0, 16)}${before}`;
}
