import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../../tests/worlds/recording-bus.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { insertRollout } from '../../db/routing/rollouts.ts';
import { rollout } from '../../db/schema/index.ts';
import { NotRunningError } from '../../domain/words/errors.ts';
import type { Command, CommandReceipt } from '../../domain/record/messages.ts';
import { fraud } from '../../../models/fraud.ts';
import type { CommandContext } from '../base/context.ts';
import { approve } from './approve.ts';

const { database } = await openTestDatabase();

/** Finds nothing that runs `missing` times, and does something else meanwhile. */
class LateBus extends RecordingBus {
  #missing: number;
  readonly #meanwhile: () => Promise<unknown>;

  constructor(missing: number, meanwhile: () => Promise<unknown> = async () => undefined) {
    super();
    this.#missing = missing;
    this.#meanwhile = meanwhile;
  }

  override async deliver(given: Command): Promise<CommandReceipt & { accepted: true }> {
    if (this.#missing-- > 0) {
      await this.#meanwhile();
      throw new NotRunningError('Nothing runs there.');
    }
    return super.deliver(given);
  }
}

async function opened(name: string): Promise<void> {
  await withTransaction(database, (tx) => storeSpec(tx, { ...fraud, name }, 'ana'));
  const key = { model: name, version: 2, attempt: 1 };
  await withTransaction(database, (tx) => insertRollout(tx, { key, baseVersion: 1, specRevision: 1, salt: 'x' }));
}

const contextOf = (bus: RecordingBus): CommandContext => ({
  database,
  bus,
  principal: { tokenId: randomUUID(), name: 'ana', role: 'admin', scope: '*' },
});
const said = (model: string) => ({ model, reason: 'seen enough', key: null });

test('an approval in the moment before its rollout begins reaches it', async () => {
  await opened('begins');
  const bus = new LateBus(2);
  expect(await approve(contextOf(bus), said('begins'))).toMatchObject({ text: 'approve received' });
  expect(bus.delivered).toMatchObject([{ kind: 'approve', rollout: { model: 'begins', version: 2, attempt: 1 } }]);
});

test('a rollout that ends meanwhile is not waited for', async () => {
  await opened('ends');
  const bus = new LateBus(Infinity, () =>
    database.db.update(rollout).set({ status: 'rolled-back' }).where(eq(rollout.model, 'ends')),
  );
  await expect(approve(contextOf(bus), said('ends'))).rejects.toMatchObject({ code: 'conflict' });
  expect(bus.delivered).toEqual([]);
});
