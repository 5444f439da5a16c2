import { authorise } from '../../access/principal.ts';
import type { ApplyAnswer } from '../../contracts/http/answers.ts';
import { parseSpec } from '../../contracts/spec/parse-spec.ts';
import type { Db } from '../../db/base/connect.ts';
import { isSameSpec, lockCurrentSpec, specDigest, specTagOf } from '../../db/models/specs.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { CommandContext } from '../base/context.ts';
import { tagsOf } from '../base/precondition.ts';
import { runCommand } from '../base/run-command.ts';
import { refuseForeignSource, storeDefinition } from './store-definition.ts';

export interface ApplyInput {
  /** A definition as JSON; checked here. */
  readonly spec: unknown;
  readonly key: string | null;
  readonly reason: string;
  /** `If-Match`: the ETag of the definition that this one was made from. */
  readonly ifMatch?: string | null | undefined;
  /** Only a model that does not exist yet (`If-None-Match: *`). */
  readonly onlyNew?: boolean;
  /** Takes the newest revision of each view; otherwise the model stays with the revisions that it has. */
  readonly moveViews?: boolean;
}

/**
 * Stores a definition as the model's next revision and tells its workflow. A definition that is already current
 * changes nothing (and is delivered again if it never arrived). Throws `invalid_spec` naming path and fix, and
 * `invalid_data` for a source that lies outside of the model's roots.
 */
export async function apply(context: CommandContext, input: ApplyInput): Promise<ApplyAnswer> {
  authorise(context.principal, 'apply', null);
  const spec = parseSpec(input.spec);
  return runCommand(
    context,
    { model: spec.name, key: input.key, reason: input.reason },
    {
      kind: 'apply',
      permission: 'apply',
      body: { digest: specDigest(spec), ...conditionsOf(input) },
      perform: async (commandId) => {
        await refuseForeignSource(context, spec);
        return storeDefinition(context, {
          commandId,
          model: spec.name,
          reason: input.reason,
          moveViews: input.moveViews ?? false,
          specOf: () => Promise.resolve(spec),
          refuse: (tx, pinned) => refuseOtherSpec(tx, pinned, input),
        });
      },
    },
  );
}

/** Part of the command's hash: the same definition under another condition is another command. */
function conditionsOf(input: ApplyInput): Record<string, unknown> {
  return {
    ...(input.ifMatch === undefined || input.ifMatch === null ? {} : { specIfMatch: input.ifMatch }),
    ...(input.onlyNew === true ? { onlyNew: true } : {}),
    ...(input.moveViews === true ? { moveViews: true } : {}),
  };
}

/**
 * Throws `precondition_failed` unless the current definition is the one that the caller knows. Locks the model's row.
 */
async function refuseOtherSpec(tx: Db, spec: ModelSpec, input: ApplyInput): Promise<void> {
  const { ifMatch = null, onlyNew = false } = input;
  if (ifMatch === null && !onlyNew) return;
  const { name } = spec;
  const current = await lockCurrentSpec(tx, name);
  // What is asked for already stands: an earlier attempt was cut off before its answer.
  if (current !== null && isSameSpec(current, spec)) return;
  if (onlyNew && current !== null)
    throw new PerennialError('precondition_failed', `"${name}" exists already, at revision ${current.revision}.`, {
      path: 'If-None-Match',
    });
  if (ifMatch === null) return;
  if (current !== null && (ifMatch.trim() === '*' || tagsOf(ifMatch).includes(specTagOf(current)))) return;
  const stands = current === null ? 'does not exist' : `is at revision ${current.revision} ("${specTagOf(current)}")`;
  throw new PerennialError(
    'precondition_failed',
    `"${name}" ${stands}: it is not the definition that this one was made from.`,
    { path: 'If-Match' },
  );
}
