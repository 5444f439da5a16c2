import { withTransaction } from '../../src/db/base/connect.ts';
import { endAbTest, type AbTestKey } from '../../src/db/routing/ab-tests.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export function giveUpAbTestActivities({ database }: ActivityDependencies) {
  /** Whatever happened to its run, no share of a test stays behind. */
  async function giveUpAbTest(input: AbTestKey & { readonly reason: string }): Promise<void> {
    const { model, number, reason } = input;
    await withTransaction(database, (tx) =>
      endAbTest(tx, { model, number }, { ending: 'stopped', actor: 'ab-test', reason }),
    );
  }

  return { giveUpAbTest };
}
