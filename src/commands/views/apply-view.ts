import { authorise } from '../../access/principal.ts';
import { rootsOf } from '../../access/source-roots.ts';
import type { ApplyViewAnswer } from '../../contracts/http/data/feature-views.ts';
import { parseView } from '../../contracts/spec/view-spec.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { storeView, viewDigest, type ViewStored } from '../../db/feature-views/store-view.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { diffSpecs } from '../../domain/spec/diff-spec.ts';
import type { ViewSpec } from '../../domain/view/view-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { connectSource } from '../../sources/registry.ts';
import type { CommandContext } from '../base/context.ts';
import { refuseLostExclusions } from './keep-exclusions.ts';
import { actorOf, runCommand } from '../base/run-command.ts';

export interface ApplyViewInput {
  /** A view's definition as JSON; checked here. */
  readonly spec: unknown;
  readonly key: string | null;
  readonly reason: string;
}

/** Changes listed in an answer; a view may have hundreds of features. */
const changesMax = 500;

/**
 * Stores a definition as the view's next revision. No model takes it by itself: each keeps the revision that it has.
 * Throws `invalid_spec` naming path and fix, `conflict` when a model has the name, and `invalid_data` for a source that
 * lies outside of the roots of the view.
 */
export async function applyView(context: CommandContext, input: ApplyViewInput): Promise<ApplyViewAnswer> {
  authorise(context.principal, 'apply', null);
  const spec = parseView(input.spec);
  const { database } = context;
  return runCommand(
    context,
    { model: spec.name, key: input.key, reason: input.reason },
    {
      kind: 'apply-view',
      permission: 'apply',
      body: { digest: viewDigest(spec) },
      perform: async (commandId) => {
        await refuseForeignSource(context, spec);
        const stored = await withTransaction(database, (tx) =>
          performOnce(tx, { commandId, model: spec.name }, async () => {
            await refuseLostExclusions(tx, spec);
            const { revision, digest, created, previous, ...found } = await storeView(tx, spec, actorOf(context));
            const text = textOf({ revision, digest, created, previous, ...found });
            const changes = created && previous !== null ? diffSpecs(previous.spec, spec).slice(0, changesMax) : [];
            return { text, revision, digest, created, changes };
          }),
        );
        if (stored === null) throw new PerennialError('conflict', 'The command was given up before.', { path: 'key' });
        return { ...stored, link: null };
      },
    },
  );
}

async function refuseForeignSource(context: CommandContext, spec: ViewSpec): Promise<void> {
  const { sourceRoots = [], sourcePrivateHosts = [], stateDir } = context;
  const place = {
    ...rootsOf(spec.name, sourceRoots),
    privateHosts: sourcePrivateHosts,
    ...(stateDir === undefined ? {} : { stateDir }),
  };
  await connectSource(spec.source, place).refuseForeign();
}

function textOf({ view, revision, created }: ViewStored): string {
  if (!created) return `View "${view}" is unchanged at revision ${revision}`;
  return revision === 1 ? `View "${view}" is new: revision 1` : `View "${view}" is now at revision ${revision}`;
}
