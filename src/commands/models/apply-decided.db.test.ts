import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../../tests/worlds/recording-bus.ts';
import { rootDir } from '../../config.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { performDecided } from '../../db/people/perform-decided.ts';
import { alert, command } from '../../db/schema/index.ts';
import { openAlert } from '../../db/watching/alerts.ts';
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

const contextOf = (bus: RecordingBus) => ({
  database,
  bus,
  principal: { tokenId: randomUUID(), name: 'ana', role: 'admin', scope: '*' } as const,
  sourceRoots: [{ scope: '*', path: rootDir }],
});
const specOf = (name: string) => ({
  ...fraud,
  name,
  source: { ...fraud.source, path: path.join(rootDir, 'data', `${name}.csv`) },
});

test('another definition ends what was said of the source before; the same one does not', async () => {
  const spec = specOf('elsewhere');
  const context = contextOf(new RecordingBus());
  const input = { key: null, reason: 'new' };
  await apply(context, { ...input, spec });
  const about = { model: 'elsewhere', kind: 'source-unreadable', subject: { of: 'source' } } as const;
  await openAlert(database.db, { ...about, severity: 'warning', title: 't', body: 'b', webhooks: [] });
  const isOpen = async () =>
    (await database.db.select().from(alert).where(eq(alert.model, 'elsewhere'))).map(
      ({ closedAt }) => closedAt === null,
    );
  await apply(context, { ...input, spec });
  expect(await isOpen()).toEqual([true]);
  await apply(context, { ...input, spec: { ...spec, about: { ...spec.about, useCase: 'Another.' } } });
  expect(await isOpen()).toEqual([false]);
});

test('a definition that is decided about before its maker is answered is performed', async () => {
  await apply(contextOf(new FastBus()), { spec: specOf('fast'), key: null, reason: 'new' });
  const [row] = await database.db.select().from(command).where(eq(command.model, 'fast'));
  expect(row).toMatchObject({ kind: 'apply', status: 'done', performedAt: expect.any(Date) as Date });
});
