import type { Erasure } from '../../src/db/erasure/erasures.ts';
import type { Owner } from '../../src/db/erasure/owners.ts';
import { withTransaction, type Database, type Db } from '../../src/db/base/connect.ts';
import { isHeld } from '../../src/db/retention/holds.ts';
import { isPerennialError, PerennialError } from '../../src/domain/words/errors.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export type EraseDependencies = Pick<ActivityDependencies, 'database' | 'store' | 'workDir' | 'trainDir' | 'log'>;

/** What every part of an erasure works with; `entity` stands nowhere else. */
export interface ErasePartInput {
  readonly deps: EraseDependencies;
  readonly erasure: Erasure;
  readonly entity: string;
  readonly owner: Owner;
  /** Empty folder of this step. */
  readonly workDir: string;
  /** Files that hold nothing of the entity, as far as this step has looked. */
  readonly clean: Set<string>;
}

/**
 * One part of the walk over an owner. Goes on from `cursor` (null: from its beginning) until it is through or `isOver`
 * says that the step has lasted long enough; answers where to go on, null when it is through.
 */
export type ErasePart = (input: ErasePartInput, cursor: string | null, isOver: () => boolean) => Promise<string | null>;

/** Somebody has set a legal hold since: nothing of the model goes any more. */
class NowHeld extends PerennialError {
  constructor(model: string) {
    super('conflict', `${model} has a legal hold.`, { path: nowHeld });
  }
}

const nowHeld = 'legal hold';

export function isNowHeld(error: unknown): boolean {
  return isPerennialError(error) && error.path === nowHeld;
}

/** A transaction that nobody can set a legal hold in between. Throws what `isNowHeld` tells. */
export async function unlessHeld<T>(
  database: Pick<Database, 'pool'>,
  { of, name }: Owner,
  work: (tx: Db) => Promise<T>,
): Promise<T> {
  return withTransaction(database, async (tx) => {
    if (of === 'model' && (await isHeld(tx, name))) throw new NowHeld(name);
    return work(tx);
  });
}
