import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SpoolRecord } from '../../../domain/record/records.ts';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { createServingWorld, type ServingWorld } from '../../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../../tests/worlds/spool-records.ts';
import { countLabelled } from '../read/count-labelled.ts';

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
});
afterAll(() => world.close());

const predictionOf = (id: number): SpoolRecord =>
  predictionRecord(`p${id}`, { eventTimeMs: id, entityHash: `e${id % 7}` });
const labelOf = (labelId: string, id: number, isByEntity: boolean, label: string): SpoolRecord =>
  labelRecord(labelId, {
    predictionId: isByEntity ? null : `p${id}`,
    entityHash: isByEntity ? `e${id % 7}` : null,
    eventTimeMs: isByEntity ? id : null,
    label,
  });

const query = async <Row extends Record<string, unknown>>(text: string): Promise<readonly Row[]> =>
  (await world.database.pool.query<Row>(text)).rows;

/** What the totals must be, counted from all rows: a row is labelled from its first label on, and not before itself. */
const countedAnew = `
  select w.number, (
    select count(*) from (
      select greatest(p.window_number, min(l.known_window)) as became from prediction p
      join label l on l.model = p.model and l.prediction_id = p.prediction_id
      where p.model = w.model group by p.prediction_id, p.window_number
    ) labelled where labelled.became <= w.number
  )::int as rows from "window" w where w.model = 'fraud' order by w.number`;

test('totals follow late, early, corrected, repeated and foreign labels in any order of segments', async () => {
  const random = createRandom('labelled rows');
  let labels = 0;
  for (let segment = 0; segment < 60; segment++) {
    const records = Array.from({ length: 1 + random.integer(8) }, (): SpoolRecord => {
      if (random.next() < 0.5) return predictionOf(random.integer(200));
      const labelId = random.next() < 0.2 ? `l${random.integer(Math.max(1, labels))}` : `l${labels++}`;
      return labelOf(labelId, random.integer(220), random.next() < 0.5, random.next() < 0.5 ? 'fraud' : 'fine');
    });
    const one = { segmentId: `s${segment}`, processId: 'p', records };
    // oxlint-disable-next-line no-await-in-loop -- segments come one after the other, some of them twice
    await Promise.all([world.sink.store(one), world.sink.store(one)]);
  }
  const anew = await query<{ number: number; rows: number }>(countedAnew);
  expect(anew.length).toBeGreaterThan(5);
  expect(anew.at(-1)?.rows).toBeGreaterThan(30);
  expect(await query('select number, labelled_rows::int as rows from "window" order by number')).toEqual(anew);
  expect(await countLabelled(world.database.db, 'fraud', [...anew.map(({ number }) => number), null, 9_999])).toEqual([
    ...anew.map(({ rows }) => rows),
    0,
    0,
  ]);
});
