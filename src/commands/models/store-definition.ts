import { rootsOf } from '../../access/source-roots.ts';
import type { ApplyAnswer, PinnedView } from '../../contracts/http/answers.ts';
import { refuseUnlikeBranch } from '../../data/snapshot/branch-manifest.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { readSpecRevision, storeSpec, type SpecStored } from '../../db/models/specs.ts';
import { markPerformed, onceFor } from '../../db/people/command-effects.ts';
import { isRevisionDelivered } from '../../db/people/commands.ts';
import { branchOriginOf } from '../../db/tags/branch-origin.ts';
import { closeAlerts } from '../../db/watching/alerts.ts';
import { sourceAlertKinds } from '../../domain/record/closed-sets.ts';
import { diffSpecs } from '../../domain/spec/diff-spec.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { isTrainable } from '../../domain/spec/trainer-spec.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import { connectSource } from '../../sources/registry.ts';
import type { CommandContext } from '../base/context.ts';
import { actorOf } from '../base/run-command.ts';
import { pinViews } from '../views/pin-views.ts';
import { forecastRollout } from './forecast-rollout.ts';
import { refuseUnapprovable } from './refuse-unapprovable.ts';

/** Changes listed in an answer; a spec may have thousands of features. */
const changesMax = 500;

export interface DefinitionToStore {
  readonly commandId: string;
  readonly model: string;
  readonly reason: string;
  /** Takes the newest revision of each view; otherwise the model stays with the revisions that it has. */
  readonly moveViews: boolean;
  /** The definition, checked; asked once per command, in the transaction that stores it. */
  specOf(tx: Db): Promise<ModelSpec>;
  /** Throws where this definition, with its pins, must not take the place of the one that stands. */
  refuse?(tx: Db, pinned: ModelSpec): Promise<void>;
}

type DefinitionStored = Omit<ApplyAnswer, 'commandId' | 'model' | 'kind'>;

/**
 * Makes a definition the next revision of its model, once per command, and tells the workflow of the model. One that is
 * current already changes nothing, and is delivered again if it never arrived.
 */
export async function storeDefinition(context: CommandContext, given: DefinitionToStore): Promise<DefinitionStored> {
  const { database, bus } = context;
  const { commandId, model, reason } = given;
  const actor = actorOf(context);
  const stored = await withTransaction(database, (tx) =>
    // Once: another definition may stand by the time that this command is repeated, and must not go under.
    onceFor(tx, { commandId, model }, async () => {
      const spec = await given.specOf(tx);
      const { principal } = context;
      const pinned = await pinViews(tx, spec, { principal, moveViews: given.moveViews });
      await given.refuse?.(tx, pinned.spec);
      const origin = await branchOriginOf(tx, spec.name);
      if (origin !== null) refuseUnlikeBranch(pinned.spec, origin);
      const applied = appliedOf(await storeSpec(tx, pinned.spec, actor), pinned.views);
      if (applied.created) {
        await refuseUnapprovable(tx, spec, actor);
        // What was said of the source before is over: the definition begins anew with its own.
        await closeAlerts(tx, model, sourceAlertKinds);
      }
      return applied;
    }),
  );
  await bus.ensureModel(model);
  if (stored.created || !(await isRevisionDelivered(database.db, model, stored.revision)))
    await bus.deliver({
      kind: 'apply',
      model,
      message: { commandId, actor, reason, specRevision: stored.revision },
    });
  else await markPerformed(database.db, commandId);
  const { spec } = await readSpecRevision(database.db, model, stored.revision);
  const forecast = await forecastRollout(database.db, spec);
  return { ...stored, forecast, link: bus.uiUrl(workflowIds.model(model)) };
}

/** The worker checks again when it reads: what a path leads to may change, and control may not see the file at all. */
export async function refuseForeignSource(context: CommandContext, spec: ModelSpec): Promise<void> {
  if (!isTrainable(spec.trainer)) return;
  const { sourceRoots = [], sourcePrivateHosts = [], stateDir } = context;
  const place = {
    ...rootsOf(spec.name, sourceRoots),
    privateHosts: sourcePrivateHosts,
    ...(stateDir === undefined ? {} : { stateDir }),
  };
  await connectSource(spec.source, place).refuseForeign();
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
