import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { rootDir } from '../../../src/config.ts';
import { withTransaction } from '../../../src/db/base/connect.ts';
import { readCurrentSpec, storeSpec } from '../../../src/db/models/specs.ts';
import { defaultTrainers } from '../../../src/domain/spec/trainer-spec.ts';
import { parseSpec } from '../../../src/contracts/spec/parse-spec.ts';
import { openTestDatabase } from '../../worlds/opened-database.ts';

const { database } = await openTestDatabase();

test('a row of an earlier version is read in the form of today, and applying it again makes no revision', async () => {
  const text = await readFile(path.join(rootDir, 'tests', 'fixtures', 'specs', 'v1', 'fixture-linear.json'), 'utf8');
  const { db } = database;
  await db.execute(sql`insert into model (name, spec_revision) values ('fixture', 1)`);
  await db.execute(sql`insert into spec_revision (model, revision, digest, spec, actor)
    values ('fixture', 1, 'as it was', ${text}::jsonb, 'ann')`);
  const stored = await readCurrentSpec(db, 'fixture');
  expect(stored).toMatchObject({ digest: 'as it was', spec: { formatVersion: 3 } });
  expect(stored.spec.trainer).toEqual({ ...defaultTrainers.linear, l2: 3, historyShares: [1, 0.5], refit: false });
  const again = parseSpec(JSON.parse(text));
  const store = (spec: typeof again) => withTransaction(database, (tx) => storeSpec(tx, spec, 'ann'));
  expect(await store(again)).toMatchObject({ created: false, revision: 1, digest: 'as it was' });
  const other = { ...again, trainer: { ...defaultTrainers.linear, l2: 4 } };
  expect(await store(other)).toMatchObject({ created: true, revision: 2, previous: { revision: 1 } });
  expect(await store(other)).toMatchObject({ created: false, revision: 2 });
  expect((await readCurrentSpec(db, 'fixture')).spec).toEqual(other);
});
