import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { makeStanding, standing } from '../../tests/worlds/delivered-world.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/worlds/database.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { promoteActivities } from './promote.ts';

let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
});
afterAll(async () => {
  await database.close();
  await place.drop();
});

test('a promotion ends what was said of rollout and inputs; decay is for a window to end', async () => {
  const model = await makeStanding(database);
  const subject = { of: 'version', version: standing.champion } as const;
  for (const kind of ['drift', 'decay', 'below-best', 'held', 'retraining-unhelpful'] as const)
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await openAlert(database.db, { model, kind, subject, severity: 'warning', title: kind, body: '', webhooks: [] });
  const { promote } = promoteActivities({ database } as ActivityDependencies);
  const key = { model, version: standing.challenger, attempt: 1 };
  const asked = { key, actor: 'rollout', reason: 'better', evidenceId: null, commandId: null };
  expect(await promote(asked)).toEqual({ promoted: true });
  const { rows } = await database.pool.query(
    'select kind from alert where model = $1 and closed_at is null order by 1',
    [model],
  );
  expect(rows.map(({ kind }: { kind: string }) => kind)).toEqual(['below-best', 'decay']);
});
