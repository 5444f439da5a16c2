import { authorise } from '../access/principal.ts';
import type { ApplyAnswer } from '../contracts/answers.ts';
import { parseSpec } from '../contracts/parse-spec.ts';
import { wasRevisionDelivered } from '../db/commands.ts';
import { withTransaction } from '../db/connect.ts';
import { specDigest, storeSpec, type SpecStored } from '../db/specs.ts';
import { diffSpecs } from '../domain/diff-spec.ts';
import { workflowIds } from '../domain/ids.ts';
import type { CommandContext } from './context.ts';
import { actorOf, runCommand } from './run-command.ts';

export interface ApplyInput {
  /** A definition as JSON; checked here. */
  readonly spec: unknown;
  readonly key: string | null;
  readonly reason: string;
}

/** Changes listed in an answer; a spec may have thousands of features. */
const changesMax = 500;

/**
 * Stores a definition as the model's next revision and tells its workflow. A definition that is already current
 * changes nothing (and is delivered again if it never arrived). Throws `invalid_spec` naming path and fix.
 */
export async function apply(context: CommandContext, input: ApplyInput): Promise<ApplyAnswer> {
  authorise(context.principal, 'apply', null);
  const spec = parseSpec(input.spec);
  const { database, bus } = context;
  const actor = actorOf(context);
  return runCommand(context, { model: spec.name, key: input.key, reason: input.reason }, {
    kind: 'apply',
    permission: 'apply',
    body: { digest: specDigest(spec) },
    perform: async (commandId) => {
      const stored = await withTransaction(database, (tx) => storeSpec(tx, spec, actor));
      await bus.ensureModel(spec.name);
      if (stored.created || !(await wasRevisionDelivered(database.db, spec.name, stored.revision))) {
        const message = { commandId, actor, reason: input.reason, specRevision: stored.revision };
        await bus.deliver({ kind: 'apply', model: spec.name, message });
      }
      return {
        text: textOf(stored),
        link: bus.uiUrl(workflowIds.model(spec.name)),
        revision: stored.revision,
        digest: stored.digest,
        created: stored.created,
        changes: changesOf(stored),
      };
    },
  });
}

function changesOf(stored: SpecStored): ApplyAnswer['changes'] {
  if (!stored.created || stored.previous === null) return [];
  return diffSpecs(stored.previous.spec, stored.spec).slice(0, changesMax);
}

function textOf(stored: SpecStored): string {
  if (!stored.created) return `"${stored.model}" is unchanged at revision ${stored.revision}`;
  return stored.previous === null ? `"${stored.model}" is new: revision 1` : `"${stored.model}" is now at revision ${stored.revision}`;
}
