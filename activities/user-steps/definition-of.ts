import type { UserStepsAsk } from '../../src/domain/record/user-steps/messages.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { readSpecRevision, type StoredSpec } from '../../src/db/models/specs.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';

/** The definition under which the run began: a later one changes none of its steps. */
export async function definitionOf(db: Db, { model, specRevision, rollout }: UserStepsAsk): Promise<StoredSpec> {
  const revision = specRevision ?? (rollout === undefined ? undefined : (await findRollout(db, rollout))?.specRevision);
  if (revision === undefined)
    throw new PerennialError('not_found', `No definition is known for the steps of ${model}.`);
  return readSpecRevision(db, model, revision);
}
