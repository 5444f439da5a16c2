import { sourceAlertKinds } from '../../domain/record/closed-sets.ts';
import { authorise } from '../../access/principal.ts';
import type { ApplyAnswer, PinnedView } from '../../contracts/http/answers.ts';
import { rootsOf } from '../../access/source-roots.ts';
import { parseSpec } from '../../contracts/spec/parse-spec.ts';
import { markPerformed, onceFor } from '../../db/people/command-effects.ts';
import { isRevisionDelivered } from '../../db/people/commands.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { branchOriginOf } from '../../db/tags/branch-origin.ts';
import { refuseUnlikeBranch } from '../../data/snapshot/branch-manifest.ts';
import { closeAlerts } from '../../db/watching/alerts.ts';
import {
  isSameSpec,
  lockCurrentSpec,
  specDigest,
  specTagOf,
  storeSpec,
  type SpecStored,
} from '../../db/models/specs.ts';
import { diffSpecs } from '../../domain/spec/diff-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { isTrainable } from '../../domain/spec/trainer-spec.ts';
import { connectSource } from '../../sources/registry.ts';
import type { CommandContext } from '../base/context.ts';
import { tagsOf } from '../base/precondition.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { pinViews } from '../views/pin-views.ts';
import { forecastRollout } from './forecast-rollout.ts';
import { refuseUnapprovable } from './refuse-unapprovable.ts';

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

/** Changes listed in an answer; a spec may have thousands of features. */
const changesMax = 500;

/**
 * Stores a definition as the model's next revision and tells its workflow. A definition that is already current
 * changes nothing (and is delivered again if it never arrived). Throws `invalid_spec` naming path and fix, and
 * `invalid_data` for a source that lies outside of the model's roots.
 */
export async function apply(context: CommandContext, input: ApplyInput): Promise<ApplyAnswer> {
  authorise(context.principal, 'apply', null);
  const spec = parseSpec(input.spec);
  const { database, bus } = context;
  const actor = actorOf(context);
  return runCommand(
    context,
    { model: spec.name, key: input.key, reason: input.reason },
    {
      kind: 'apply',
      permission: 'apply',
      body: { digest: specDigest(spec), ...conditionsOf(input) },
      perform: async (commandId) => {
        await refuseForeignSource(context, spec);
        const stored = await withTransaction(database, (tx) =>
          // Once: another definition may stand by the time that this command is repeated, and must not go under.
          onceFor(tx, { commandId, model: spec.name }, async () => {
            const { principal } = context;
            const pinned = await pinViews(tx, spec, { principal, moveViews: input.moveViews ?? false });
            await refuseOtherSpec(tx, pinned.spec, input);
            const origin = await branchOriginOf(tx, spec.name);
            if (origin !== null) refuseUnlikeBranch(pinned.spec, origin);
            const applied = appliedOf(await storeSpec(tx, pinned.spec, actor), pinned.views);
            if (applied.created) {
              await refuseUnapprovable(tx, spec, actor);
              // What was said of the source before is over: the definition begins anew with its own.
              await closeAlerts(tx, spec.name, sourceAlertKinds);
            }
            return applied;
          }),
        );
        await bus.ensureModel(spec.name);
        if (stored.created || !(await isRevisionDelivered(database.db, spec.name, stored.revision))) {
          const message = { commandId, actor, reason: input.reason, specRevision: stored.revision };
          await bus.deliver({ kind: 'apply', model: spec.name, message });
        } else await markPerformed(database.db, commandId);
        const forecast = await forecastRollout(database.db, spec);
        return { ...stored, forecast, link: bus.uiUrl(workflowIds.model(spec.name)) };
      },
    },
  );
}

/** The worker checks again when it reads: what a path leads to may change, and control may not see the file at all. */
async function refuseForeignSource(context: CommandContext, spec: ModelSpec): Promise<void> {
  if (!isTrainable(spec.trainer)) return;
  const { sourceRoots = [], sourcePrivateHosts = [], stateDir } = context;
  const place = {
    ...rootsOf(spec.name, sourceRoots),
    privateHosts: sourcePrivateHosts,
    ...(stateDir === undefined ? {} : { stateDir }),
  };
  await connectSource(spec.source, place).refuseForeign();
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

type Applied = Pick<ApplyAnswer, 'text' | 'revision' | 'digest' | 'created' | 'changes' | 'views'>;

function appliedOf(stored: SpecStored, views: readonly PinnedView[]): Applied {
  const { revision, digest, created } = stored;
  const pinned = views.length === 0 ? {} : { views: [...views] };
  return { text: textOf(stored), revision, digest, created, changes: changesOf(stored), ...pinned };
}

function changesOf(stored: SpecStored): ApplyAnswer['changes'] {
  if (!stored.created || stored.previous === null) return [];
  return diffSpecs(stored.previous.spec, stored.spec).slice(0, changesMax);
}

function textOf(stored: SpecStored): string {
  if (!stored.created) return `"${stored.model}" is unchanged at revision ${stored.revision}`;
  return stored.previous === null
    ? `"${stored.model}" is new: revision 1`
    : `"${stored.model}" is now at revision ${stored.revision}`;
}
