import { getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import * as schema from '../../src/db/schema/index.ts';
import { tableEnds } from '../../src/domain/record/ends.ts';

/** Kept by the migrations themselves, outside of the schema files. */
const migrationTable = 'schema_migration';

test('every table says when its rows end, and no other does', () => {
  const tables = Object.values(schema).flatMap((one: unknown) => (is(one, PgTable) ? [getTableName(one)] : []));
  expect(tables.length).toBeGreaterThan(20);
  expect(Object.keys(tableEnds).toSorted()).toEqual([...tables, migrationTable].toSorted());
});
