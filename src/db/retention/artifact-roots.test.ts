import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import * as schema from '../schema/index.ts';
import { artifactRoots, mayHoldDigest, otherDigests } from './artifact-roots.ts';

test('every column that may hold a digest keeps artifacts or says why it does not', () => {
  const columns = Object.values(schema).flatMap((table: unknown) =>
    is(table, PgTable)
      ? Object.values(getTableColumns(table))
          .filter((column) => mayHoldDigest(column.name, column.getSQLType()))
          .map((column) => `${getTableName(table)}.${column.name}`)
      : [],
  );
  expect(columns.length).toBeGreaterThan(30);
  const known = [...Object.keys(artifactRoots), ...Object.keys(otherDigests)];
  expect(columns.filter((column) => !known.includes(column))).toEqual([]);
  expect(known.filter((column) => !columns.includes(column))).toEqual([]);
});
