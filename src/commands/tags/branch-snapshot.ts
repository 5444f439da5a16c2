import { authorise } from '../../access/principal.ts';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { newestHistoryOf } from '../../db/models/snapshots.ts';
import { readModel } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { putBranch, removeBranch } from '../../db/tags/branches.ts';
import { digestOfTag } from '../../db/tags/tags.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { findSnapshot } from '../snapshots/find-snapshot.ts';

export interface BranchInput extends CommandInput {
  readonly origin: string;
  /** A tag of the origin or the beginning of a digest; null takes its newest history. */
  readonly from: string | null;
}

/**
 * Lets the history of a model, which need not exist yet, begin with the rows of a snapshot of another one (or of its
 * own): the same files, by reference. It hands rows over, so it takes what an export takes: `operate`, of both models.
 * It counts for definitions under which nothing was read yet. Throws as `findSnapshot` and `putBranch`.
 */
export async function branch(context: CommandContext, input: BranchInput): Promise<CommandAnswer> {
  const { model, origin, from, reason } = input;
  authorise(context.principal, 'operate', origin);
  return runCommand(context, input, {
    kind: 'branch-snapshot',
    permission: 'operate',
    body: { origin, from },
    perform: async (commandId) => {
      const actor = actorOf(context);
      const done = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, async () => {
          const digest = await digestFrom({ ...context, database: { ...context.database, db: tx } }, input);
          await putBranch(tx, { model, origin, digest, actor, reason });
          await appendAudit(tx, {
            type: 'perennial.snapshot.branched',
            model,
            subject: { of: 'snapshot', id: digest },
            actor,
            tokenId: context.principal.tokenId,
            reason: reason === '' ? sayBranch(origin, digest) : reason,
            data: { origin, digest },
          });
          return { digest };
        }),
      );
      return { text: done === null ? 'it has a branch' : sayBranch(origin, done.digest), link: null };
    },
  });
}

/** Under definitions that come from now on, a history begins with its own source again; what was begun stays. */
export async function unbranch(context: CommandContext, input: CommandInput): Promise<CommandAnswer> {
  const { model, reason } = input;
  const text = 'its next definition begins with its own source alone; the history that stands stays as it is';
  return runCommand(context, input, {
    kind: 'unbranch-snapshot',
    permission: 'operate',
    body: {},
    perform: async (commandId) => {
      await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, async () => {
          const { origin, digest } = await removeBranch(tx, model);
          await appendAudit(tx, {
            type: 'perennial.snapshot.unbranched',
            model,
            subject: { of: 'snapshot', id: digest },
            actor: actorOf(context),
            tokenId: context.principal.tokenId,
            reason: reason === '' ? `no longer ${digest.slice(0, 16)} of ${origin}` : reason,
            data: { origin, digest },
          });
          return {};
        }),
      );
      return { text, link: null };
    },
  });
}

async function digestFrom(context: CommandContext, { origin, from }: BranchInput): Promise<string> {
  const { db } = context.database;
  const { specRevision } = await readModel(db, origin);
  if (from === null) {
    const newest = await newestHistoryOf(db, origin, specRevision);
    if (newest !== null) return newest.digest;
    throw new PerennialError('not_found', `"${origin}" has read no history under its definition yet.`, {
      path: 'from',
      hint: 'Name a snapshot: `perennial snapshot list` says which there are.',
    });
  }
  if (!/^[0-9a-f]{8,64}$/.test(from)) return digestOfTag(db, origin, from);
  const found = await findSnapshot(context, from, 'operate');
  if (found.model === origin) return found.digest;
  throw new PerennialError('invalid_request', `Snapshot ${found.digest.slice(0, 16)} is of "${found.model}".`, {
    path: 'from',
    hint: `Name one of "${origin}".`,
  });
}

function sayBranch(origin: string, digest: string): string {
  return `its history begins with ${digest.slice(0, 16)} of ${origin}, under definitions that read nothing yet`;
}
