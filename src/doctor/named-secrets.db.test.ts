import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import { readConfig } from '../config.ts';
import { withTransaction } from '../db/base/connect.ts';
import { inspectDatabase } from '../db/installation/inspect.ts';
import { storeSpec } from '../db/models/specs.ts';
import { namedSecretsCheck } from './named-secrets.ts';

const { database } = await openTestDatabase();

const findings = (folder = '') =>
  namedSecretsCheck.run({
    config: readConfig({ PERENNIAL_SECRETS_DIR: folder }),
    stack: null,
    isStackAlive: false,
    database: inspectDatabase(database, null),
  });

test('each secret that a definition names is looked for; one that is missing is said with both places', async () => {
  expect(await findings()).toEqual([
    { name: 'named secrets', state: 'ok', says: 'no definition names one', fix: null },
  ]);
  for (const name of ['one', 'two']) {
    const source = { kind: 'postgres', secret: 'test-doctor-shop', query: 'select 1' } as const;
    await withTransaction(database, (tx) => storeSpec(tx, { ...specOf(name), source }, 'somebody'));
  }
  expect(await findings()).toEqual([
    {
      name: 'named secrets',
      state: 'warn',
      says: 'The secret "test-doctor-shop" is not there (named by one, two)',
      fix: expect.stringMatching(/PERENNIAL_SECRET_TEST_DOCTOR_SHOP.*PERENNIAL_SECRETS_DIR/),
    },
  ]);
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-named-'));
  await writeFile(path.join(folder, 'test-doctor-shop'), 'hunter2', { mode: 0o600 });
  try {
    const found = await findings(folder);
    expect(found).toMatchObject([{ state: 'ok', says: '"test-doctor-shop" of one, two is there' }]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  } finally {
    await rm(folder, { recursive: true });
  }
});
