import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { readConfig } from '../../../src/config.ts';
import { withDuck } from '../../../src/data/duck/connect.ts';
import { pathLiteral } from '../../../src/data/duck/sql.ts';
import { combineSnapshots } from '../../../src/data/traffic/combine-snapshots.ts';
import { lineageOf } from '../../../src/db/models/snapshots.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { windowRows } from '../../worlds/loop-world.ts';
import {
  drawSpent,
  hourMs,
  iso,
  newestMs,
  outcomeOf,
  startSpendingWorld,
  type Spent,
  type SpendingWorld,
} from '../../worlds/spending-world.ts';
import { until } from '../../worlds/wait.ts';

let world: SpendingWorld;
beforeAll(async () => {
  world = await startSpendingWorld();
}, 300_000);
afterAll(() => world.close());

/** Cards that will be asked about. Fractions: what is not carried bit for bit shows. */
function drawAsked(): readonly Spent[] {
  const random = createRandom('view traffic, asked');
  return Array.from({ length: 2 * windowRows }, (_, at) => ({
    card: `t${at}`,
    atMs: newestMs,
    amount: random.next() * 1_000,
    limit: at / 7,
  }));
}

async function askAll(asked: readonly Spent[], name: string): Promise<void> {
  for (const [at, { card }] of asked.entries())
    // oxlint-disable-next-line no-await-in-loop -- one request after the other, as they come
    await world.predict([{ card, paid: iso(newestMs + hourMs), price: at / 3 }], [`${name}-${at}`]);
}

const bitsOf = (value: unknown): string =>
  typeof value === 'number' ? Buffer.from(new Float64Array([value]).buffer).toString('hex') : String(value);

test(
  'a training from traffic reads the vectors that were answered with, bit for bit, whatever the view says since',
  { timeout: 600_000 },
  async () => {
    const { loop, folder } = world;
    const { database } = loop.stack;
    const asked = drawAsked();
    await world.writeHistory(drawSpent('view traffic'), { spent: asked });
    await world.apply();
    const first = await world.filled();
    let tries = 0;
    await until('the process has heard of it', async () => {
      const id = `try-${++tries}`;
      await world.predict([{ card: 't0', paid: iso(newestMs + hourMs), price: 0 }], [id]);
      return (await world.logged(id)).views.every(({ status }) => status === 'fresh');
    });

    await askAll(asked, 'asked');
    const logged = await Promise.all(asked.map((_, at) => world.logged(`asked-${at}`)));
    const answered = logged.filter((one) => one.views.every(({ status }) => status === 'fresh'));
    // Those that the store answered in time say what the view said; how old that was stands beside it.
    expect(answered.length).toBeGreaterThan(0);
    for (const [at, one] of logged.entries()) {
      if (!answered.includes(one)) continue;
      expect(bitsOf(one.features['spend7d'])).toBe(bitsOf(asked[at]?.amount));
      expect(bitsOf(one.features['limit'])).toBe(bitsOf(at / 7));
      expect(one.views).toEqual([expect.objectContaining({ view: 'spending', status: 'fresh', ageMs: hourMs })]);
    }

    // What the view says of the same moments is another thing by the time of the training.
    await world.writeSpent(
      '2.csv',
      asked.map((one) => ({ ...one, amount: 5_000, limit: 77 })),
    );
    await world.filled(first);
    await requestJson({ url: loop.stack.inferenceUrl, token: loop.stack.tokens.predictor }, 'POST', '/v1/labels', {
      model: 'paid',
      labels: asked.map(({ amount }, at) => ({
        labelId: `label-${at}`,
        predictionId: `asked-${at}`,
        label: outcomeOf(amount),
      })),
    });
    await until('its labels are known', async () => {
      const now = await loop.settled('paid');
      return now.labels >= asked.length && now.lastSeq >= tries + asked.length && now.isSettled;
    });
    // A training takes what was known when the last window closed: one more has to close behind the labels.
    await askAll(asked.slice(0, windowRows), 'later');
    await until('that window is closed and settled', async () => {
      const now = await loop.settled('paid');
      return now.lastSeq >= tries + asked.length + windowRows && now.isSettled;
    });
    await loop.retrain('paid', { reason: 'learn from traffic', rollout: false });
    const snapshots = await until('the second version is there', async () => {
      const { rows } = await database.pool.query(`select snapshots from version where model = 'paid' and version = 2`);
      return rows[0]?.snapshots;
    });
    const { artifactDir } = readConfig({ PERENNIAL_STATE_DIR: path.dirname(loop.stack.tokensFile) });
    const manifests = (await lineageOf(database.db, snapshots)).map(({ manifest }) => manifest);
    const traffic = manifests.find((one) => one.traffic !== undefined);
    expect(traffic?.rows).toBeGreaterThan(windowRows / 2);
    const cells = await withDuck({}, async (duck) => {
      const { paths } = await combineSnapshots(createArtifactStore(artifactDir), manifests, path.join(folder, 'set'));
      const list = paths.map(pathLiteral).join(', ');
      return duck.rows(`SELECT price, "limit", spend7d FROM read_parquet([${list}])
        WHERE _order >= ${traffic?.traffic?.firstOrder ?? 0} ORDER BY _order`);
    });
    // Traffic names nobody: its rows are told by their price, which each has for itself.
    const byPrice = new Map(logged.map((one) => [bitsOf(one.features['price']), one.features]));
    expect(cells).toHaveLength(traffic?.rows ?? 0);
    for (const row of cells) {
      const served = byPrice.get(bitsOf(row['price']));
      expect([row['limit'], row['spend7d']].map(bitsOf)).toEqual([served?.['limit'], served?.['spend7d']].map(bitsOf));
    }
  },
);
