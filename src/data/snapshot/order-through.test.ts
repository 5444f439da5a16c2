import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withDuck } from '../duck/connect.ts';
import { orderThrough } from './order-through.ts';
import { pathLiteral } from '../duck/sql.ts';

let folder = '';
const file = (name: string) => join(folder, `${name}.parquet`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-order-'));
  await withDuck({}, async (duck) => {
    const write = (name: string, from: number, to: number, order: number) =>
      duck.run(
        `COPY (SELECT CAST(i AS BIGINT) AS "at", CAST(i - ${from} + ${order} AS BIGINT) AS _order FROM
          range(${from}, ${to}) AS r(i)) TO ${pathLiteral(file(name))} (FORMAT parquet)`,
      );
    await write('history', 1_000, 1_100, 0);
    await write('traffic', 1_100, 1_150, 100);
    await write('export', 1_020, 1_400, 0);
    await write('later', 2_000, 2_010, 0);
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('orderThrough', () => {
  it('finds by event time how far an earlier training saw into an export that is numbered afresh', async () => {
    // The youngest row that was seen is of 1,149; in the export it stands at 1,149 - 1,020.
    expect(await orderThrough([file('export')], [file('history'), file('traffic')], 'at')).toBe(129);
  });

  it('says -1 when every row is younger, or nothing was seen', async () => {
    expect(await orderThrough([file('later')], [file('history')], 'at')).toBe(-1);
    expect(await orderThrough([file('later')], [], 'at')).toBe(-1);
  });

  it('refuses a column that is not there', async () => {
    await expect(orderThrough([file('export')], [file('history')], 'when')).rejects.toMatchObject({
      code: 'invalid_data',
    });
  });
});
