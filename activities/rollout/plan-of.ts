import type { RolloutSpec } from '../../src/domain/spec/spec.ts';
import type { RolloutKey } from '../../src/domain/words/ids.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import type { RolloutRow } from '../../src/db/routing/rollouts.ts';

export interface RolloutRef {
  readonly key: RolloutKey;
}

/** The plan of the revision that the rollout began with. */
export async function planOf(db: Db, row: RolloutRow): Promise<RolloutSpec> {
  return (await readSpecRevision(db, row.model, row.specRevision)).spec.rollout;
}
