import { PerennialError } from '../../domain/words/errors.ts';
import { questionOf } from '../../domain/spec/parts/target-spec.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { readCurrentSpec, readSpecRevision } from '../../db/models/specs.ts';
import { findVersion } from '../../db/models/versions.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { freezeOf, sayFreeze } from '../../db/routing/freezes.ts';
import { activeRollout, insertRollout, lastAttemptOf } from '../../db/routing/rollouts.ts';
import { lockRouting } from '../../db/routing/routing.ts';
import type { CommandContext } from '../base/context.ts';

interface Begun extends Record<string, unknown> {
  readonly attempt: number;
  readonly revision: number;
  readonly runId: string;
}

/**
 * Opens another rollout of a version, by the plan of the definition that stands now: its own salt, evidence and errors.
 * Once per command. Throws `conflict` for the champion, while a rollout is under way, while the model is frozen, and
 * where the target is another one now.
 */
export async function beginRollout(
  { database, bus }: CommandContext,
  input: { readonly model: string; readonly version: number },
  commandId: string,
): Promise<string> {
  const { model, version } = input;
  const begun = await withTransaction(database, (tx) =>
    performOnce(tx, { commandId, model }, () => open(tx, model, version)),
  );
  if (begun === null) throw refused(`The rollout of v${version} of "${model}" was not begun.`);
  await bus.ensureModel(model);
  // Otherwise it would learn of it only when it next re-reads its facts.
  await bus.nudge({ model, window: null, openedRunId: begun.runId });
  return `a rollout of v${version} begins by the plan of revision ${begun.revision}, attempt ${begun.attempt}`;
}

async function open(tx: Db, model: string, version: number): Promise<Begun> {
  const { champion } = await lockRouting(tx, model);
  const found = await findVersion(tx, model, version);
  if (found === null) throw refused(`Version ${version} of "${model}" does not exist.`);
  if (champion?.version === version) throw refused(`Version ${version} of "${model}" is champion already.`);
  const under = await activeRollout(tx, model);
  if (under !== null) throw refused(`A rollout of v${under.version} of "${model}" is under way: end it first.`);
  const frozen = await freezeOf(tx, model);
  if (frozen !== null) throw refused(`No rollout of "${model}" begins, because ${sayFreeze(frozen)}.`);
  const { spec, revision } = await readCurrentSpec(tx, model);
  const own = await readSpecRevision(tx, model, found.specRevision);
  if (questionOf(own.spec) !== questionOf(spec))
    throw refused(`Version ${version} of "${model}" answers another question than the current definition asks.`);
  const attempt = (await lastAttemptOf(tx, model, version)) + 1;
  await insertRollout(tx, {
    key: { model, version, attempt },
    baseVersion: champion?.version ?? null,
    specRevision: revision,
    salt: workflowIds.rollout(model, version, attempt),
  });
  return { attempt, revision, runId: found.runId };
}

function refused(message: string): PerennialError {
  return new PerennialError('conflict', message, { path: 'version' });
}
