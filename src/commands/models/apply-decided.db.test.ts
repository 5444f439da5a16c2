import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../../tests/worlds/recording-bus.ts';
import { rootDir } from '../../config.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { performDecided } from '../../db/people/perform-decided.ts';
import { command } from '../../db/schema/index.ts';
import { formatOccasion } from '../../domain/record/occasion.ts';
import type { Command } from '../../domain/record/messages.ts';
import { fraud } from '../../../models/fraud.ts';
import { apply } from './apply.ts';

const { database } = await openTestDatabase();

/** Decides about a definition before whoever applied it has been answered. */
class FastBus extends RecordingBus {
  override async deliver(given: Command): Promise<{ accepted: true; text: string }> {
    const receipt = await super.deliver(given);
    if (given.kind !== 'apply') return receipt;
    const { specRevision } = given.message;
    const key = formatOccasion({ of: 'apply', specRevision, afterRun: null });
    await withTransaction(database, (tx) => performDecided(tx, { model: given.model, key }));
    return receipt;
  }
}

test('a definition that is decided about before its maker is answered is performed', async () => {
  const spec = { ...fraud, name: 'fast', source: { ...fraud.source, path: path.join(rootDir, 'data', 'fast.csv') } };
  await apply(
    {
      database,
      bus: new FastBus(),
      principal: { tokenId: randomUUID(), name: 'ana', role: 'admin', scope: '*' },
      sourceRoots: [{ scope: '*', path: rootDir }],
    },
    { spec, key: null, reason: 'new' },
  );
  const [row] = await database.db.select().from(command).where(eq(command.model, 'fast'));
  expect(row).toMatchObject({ kind: 'apply', status: 'done', performedAt: expect.any(Date) as Date });
});
