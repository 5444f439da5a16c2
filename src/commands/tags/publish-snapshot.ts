import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { publishSnapshot, withdrawPublication, type Published } from '../../db/tags/publications.ts';
import type { CommandContext } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import type { TagInput } from './tag-snapshot.ts';

export interface PublishInput extends TagInput {
  /** Globs over models; null leaves who may as it is: nobody, at first. */
  readonly readers: readonly string[] | null;
  readonly subscribers: readonly string[] | null;
}

/**
 * Offers what a tag names now to other models, as its next edition: who subscribes is asked at the next tick whether to
 * train again. Nobody outside the model's own scope may read it or subscribe unless a glob says so.
 */
export async function publish(context: CommandContext, input: PublishInput): Promise<CommandAnswer> {
  const { model, tag, reason, readers, subscribers } = input;
  return runCommand(context, input, {
    kind: 'publish-snapshot',
    permission: 'operate',
    body: { tag, readers, subscribers },
    perform: async (commandId) => {
      const actor = actorOf(context);
      const done = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, async () => {
          const published = await publishSnapshot(tx, { model, tag, readers, subscribers, actor, reason });
          await appendAudit(tx, {
            type: 'perennial.snapshot.published',
            model,
            subject: { of: 'snapshot', id: published.digest },
            actor,
            tokenId: context.principal.tokenId,
            reason: reason === '' ? sayPublished(tag, published) : reason,
            data: { tag, ...published },
          });
          return { ...published };
        }),
      );
      return { text: done === null ? `"${tag}" was not published` : sayPublished(tag, done), link: null };
    },
  });
}

/** Withdraws it: nobody outside reads it any more, and it starts no training until it is published again. */
export async function unpublish(context: CommandContext, input: TagInput): Promise<CommandAnswer> {
  const { model, tag, reason } = input;
  return runCommand(context, input, {
    kind: 'unpublish-snapshot',
    permission: 'operate',
    body: { tag },
    perform: async (commandId) => {
      await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, async () => {
          const { digest, edition } = await withdrawPublication(tx, model, tag);
          await appendAudit(tx, {
            type: 'perennial.snapshot.unpublished',
            model,
            subject: { of: 'snapshot', id: digest },
            actor: actorOf(context),
            tokenId: context.principal.tokenId,
            reason: reason === '' ? `"${tag}" is withdrawn` : reason,
            data: { tag, digest, edition },
          });
          return {};
        }),
      );
      return { text: `"${tag}" is withdrawn: nobody outside reads it, and it starts no training`, link: null };
    },
  });
}

function sayPublished(tag: string, { edition, isNew, readers, subscribers }: Published): string {
  const may = (what: string, globs: readonly string[]): string =>
    globs.length === 0 ? `nobody else may ${what}` : `${globs.join(', ')} may ${what}`;
  return (
    `"${tag}" is published as edition ${edition}${isNew ? '' : ', with other rights'}: ` +
    `${may('read it', [...readers, ...subscribers])}, ${may('subscribe', subscribers)}`
  );
}
