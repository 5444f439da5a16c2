import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
import { createServingWorld, type ServingWorld } from '../../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../../tests/worlds/spool-records.ts';
import { readMaturity } from './read-maturity.ts';
import { recentScores } from '../read/recent-scores.ts';

const target: TargetSpec = {
  task: 'binary',
  column: 'label',
  positive: 'fraud',
  negative: 'fine',
  labelDelay: { rows: 1 },
};
const delayRows = { fraud: 5, fine: 40 } as const;
const rows = 160;
let world: ServingWorld;

/** Every fourth row is fraud, and is known 5 rows later; the others 40. Labels come in segments of ten rows. */
beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
  for (let seq = 10; seq <= rows; seq += 10) {
    const records = [
      ...range(seq - 9, seq).map((row) => predictionRecord(`p${row}`)),
      ...range(1, seq).flatMap((row) => {
        const label = labelOf(row);
        const dueSeq = row + delayRows[label];
        return dueSeq > seq - 10 && dueSeq <= seq ? [labelRecord(`l${row}`, { predictionId: `p${row}`, label })] : [];
      }),
    ];
    // oxlint-disable-next-line no-await-in-loop -- traffic has an order
    await world.sink.store({ segmentId: `s${seq}`, processId: 'p', records });
  }
});
afterAll(() => world.close());

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const labelOf = (row: number) => (row % 4 === 0 ? ('fraud' as const) : ('fine' as const));
const at = (throughSeq: number) => readMaturity(world.database.db, 'fraud', { target, coverage: 0.95 }, { throughSeq });

test('rows wait for the class that is known later, as it was known at each position', async () => {
  expect(await at(5)).toMatchObject({ basis: 'none', text: 'No row is mature yet: no label has come.' });
  // Only frauds are known, and every row before the first of them waits.
  expect(await at(30)).toMatchObject({ basis: 'none', throughSeq: 0 });
  const young = await at(100);
  expect(young).toMatchObject({ basis: 'complete', delayRows: null });
  expect(young.throughSeq).toBeGreaterThanOrEqual(50);
  expect(young.throughSeq).toBeLessThanOrEqual(63);
  const grown = await at(rows);
  expect(grown.basis).toBe('arrival');
  // A label is known at the end of its segment.
  expect(rows - grown.throughSeq).toBeGreaterThanOrEqual(delayRows.fine - 10);
  expect(rows - grown.throughSeq).toBeLessThanOrEqual(delayRows.fine + 10);
});

test('rows that never get a label are counted among those that are old enough, and are said', async () => {
  expect((await at(rows)).never).toMatchObject({ share: 0, bands: [{ name: '25 %' }] });
  const { pool } = world.database;
  await pool.query("delete from label where prediction_id in ('p11', 'p22', 'p33', 'p44', 'p55')");
  const { never, text, throughSeq } = await at(rows);
  expect(never?.rows).toBeGreaterThan(100);
  expect(never?.share).toBe(5 / (never?.rows ?? 0));
  expect(text).toMatch(/\. 4\.\d+ % of old rows never got a label: of these no verdict knows anything\.$/);
  // They are not waited for.
  expect(throughSeq).toBeGreaterThan(100);
  expect((await at(30)).never).toBeUndefined();
});

test('what is read of mature rows holds both classes in their shares, however many labels came last', async () => {
  const { throughSeq } = await at(rows);
  const read = await recentScores(world.database.db, 'fraud', {
    version: 1,
    throughWindow: 99,
    matureSeq: throughSeq,
    rowsMax: 40,
  });
  expect(read).toHaveLength(40);
  expect(read.filter(({ label }) => label === 'fraud')).toHaveLength(10);
});
