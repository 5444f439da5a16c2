import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SnapshotView } from '../../../src/contracts/http/data/snapshots.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { repair } from '../../../src/sdk/index.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { tinyTable, toCsv } from '../../worlds/tiny-table.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

interface Answer {
  readonly version: number;
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly repaired?: readonly string[];
}

async function ask(row: object): Promise<Answer> {
  const door = { url: world.stack.inferenceUrl, token: world.stack.tokens.predictor };
  const { predictions } = await requestJson<{ readonly predictions: readonly Answer[] }>(
    door,
    'POST',
    '/v1/models/repaired/predict',
    { rows: [row] },
  );
  const [first] = predictions;
  if (first === undefined) throw new Error('no answer');
  return first;
}

async function snapshotOf(model: string): Promise<SnapshotView> {
  const door = { url: world.stack.controlUrl, token: world.stack.tokens.admin };
  const { snapshots } = await requestJson<{ readonly snapshots: readonly { readonly digest: string }[] }>(
    door,
    'GET',
    `/v1/models/${model}/snapshots`,
  );
  return requestJson<SnapshotView>(door, 'GET', `/v1/snapshots/${snapshots.at(-1)?.digest ?? ''}`);
}

test('dirty cells are repaired alike in history, in requests and in what is logged of them', async () => {
  const rows = tinyTable({ seed: 'history', rows: 400 });
  await world.champion('clean');
  const spec = await world.define('repaired', {
    repairs: [
      repair.trim('colour'),
      repair.toCase('colour', 'lower'),
      repair.castTo('width', 'number'),
      repair.unit('width', { from: 'cm', to: 'mm' }),
      repair.map('y', { J: 'yes', N: 'no' }),
      repair.dropRows('colour', '=', 'test'),
    ],
  });
  // The same table, as somebody else would have exported it: widths in centimetres with a sign, colours in any case.
  const dirty = rows.map(({ cells, label }, index) => {
    const colour = index % 3 === 0 ? ` ${cells.colour.toUpperCase()}\u00a0` : cells.colour;
    return `${cells.height ?? ''},${cells.width / 10} €,${colour},${label === 'yes' ? 'J' : 'N'}`;
  });
  await writeFile(world.historyFile('repaired'), `height,width,colour,y\n${dirty.join('\n')}\n0,0,TEST,J\n`);
  await world.apply(spec);
  await until('the repaired table has a champion', async () => {
    const view = await world.settled('repaired');
    return view.championVersion === 1 && view.isSettled;
  });

  const [clean, repaired] = [await snapshotOf('clean'), await snapshotOf('repaired')];
  expect(toCsv(rows).split('\n').length - 2).toBe(repaired.rows);
  expect(repaired.quarantinedRows).toBe(0);
  expect(repaired.repairs).toMatchObject({
    removedRows: 1,
    counts: [{ repair: 'trim', count: 134 }, {}, {}, {}, {}, {}],
  });
  expect(repaired.columns.map(({ name, missing }) => [name, missing])).toEqual(
    clean.columns.map(({ name, missing }) => [name, missing]),
  );
  const colours = ({ columns }: SnapshotView) => columns.find(({ name }) => name === 'colour')?.distinct;
  expect(colours(repaired)).toBe(colours(clean));
  const { rows: runs } = await world.stack.database.pool.query<{ detail: string }>(
    "select detail from run where model = 'repaired' and kind = 'ingest' order by started_at desc limit 1",
  );
  expect(runs[0]?.detail).toContain('repaired trim colour: 134 cells, case colour: ');

  const right = await ask({ height: 2, width: 0.1, colour: 'red' });
  expect(right).toMatchObject({ label: 'yes', version: 1, repaired: ['width'] });
  const wrong = await ask({ height: 2, width: '0.1 €', colour: ' RED' });
  expect(wrong).toMatchObject({ probabilities: right.probabilities, repaired: ['width', 'colour'] });

  // Traffic is logged behind its repairs, so a training from it repairs nothing again.
  await world.play('repaired', 2);
  const { rows: logged } = await world.stack.database.pool.query<{ numbers: number[] }>(
    "select numbers from prediction where model = 'repaired' and numbers[1] = 2 order by requested_at limit 2",
  );
  expect(logged.map(({ numbers }) => numbers[1])).toEqual([1, 1]);
});
