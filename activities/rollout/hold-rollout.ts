import { findRollout, markHeld } from '../../src/db/routing/rollouts.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { RolloutRef } from './plan-of.ts';
import { tell } from './tell.ts';

export function holdRolloutActivities({ database }: ActivityDependencies) {
  const { db } = database;

  async function holdRollout({
    key,
    reason,
  }: RolloutRef & { readonly reason: string; readonly evidenceId: number | null }): Promise<void> {
    const row = await findRollout(db, key);
    if (row === null) return;
    await markHeld(db, key, reason);
    await tell(
      db,
      row,
      'held',
      `${key.model} v${key.version} waits for a person`,
      `${reason} Approve with \`perennial approve ${key.model}\` or abort with \`perennial abort ${key.model}\`.`,
    );
  }

  return { holdRollout };
}
