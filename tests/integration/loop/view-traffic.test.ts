import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { readConfig } from '../../../src/config.ts';
import { withDuck } from '../../../src/data/duck/connect.ts';
import { pathLiteral } from '../../../src/data/duck/sql.ts';
import { combineSnapshots } from '../../../src/data/traffic/combine-snapshots.ts';
import { lineageOf } from '../../../src/db/models/snapshots.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { binary, csv, defineModel, defineView, folder, from, number, windowed } from '../../../src/sdk/index.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { startLoopWorld, windowRows, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-view-traffic-'));
  world = await startLoopWorld([root]);
}, 300_000);
afterAll(async () => {
  await world.close();
  await rm(root, { recursive: true, force: true });
});

const hourMs = 3_600_000;
const start = Date.UTC(2026, 0, 1);
const newest = start + 600 * hourMs;
const iso = (ms: number): string => new Date(ms).toISOString();

async function writeSpent(file: string, lines: readonly string[], agedS: number): Promise<void> {
  await mkdir(path.join(root, 'spent'), { recursive: true });
  const at = path.join(root, 'spent', file);
  await writeFile(at, `${['card,at,amount,limit', ...lines].join('\n')}\n`);
  await utimes(at, Date.now() / 1_000 - agedS, Date.now() / 1_000 - agedS);
}

interface Asked {
  readonly card: string;
  readonly amount: number;
}

/** Cards of the history, and those that will be asked about: what they have spent says whether a payment is fraud. */
async function writeWorld(): Promise<readonly Asked[]> {
  const random = createRandom('view traffic');
  const spent: string[] = [];
  const paid: string[] = ['card,paid,price,outcome'];
  for (let at = 0; at < 600; at++) {
    const eventMs = start + at * hourMs;
    const amount = random.next() * 1_000;
    spent.push(`c${at},${iso(eventMs)},${amount},${random.integer(9)}`);
    paid.push(`c${at},${iso(eventMs + hourMs)},${random.integer(50)},${amount > 500 ? 'fraud' : 'genuine'}`);
  }
  // Thirds and sevenths: what is not carried bit for bit shows.
  const asked = Array.from({ length: 2 * windowRows }, (_, at) => ({ card: `t${at}`, amount: random.next() * 1_000 }));
  spent.push(...asked.map(({ card, amount }, at) => `${card},${iso(newest)},${amount},${at / 7}`));
  await writeSpent('1.csv', spent, 3_600);
  await writeFile(path.join(root, 'paid.csv'), `${paid.join('\n')}\n`);
  return asked;
}

interface Logged {
  readonly predictions: readonly {
    readonly seq: number;
    readonly features: Readonly<Record<string, number | null>>;
    readonly views: readonly { readonly view: string; readonly status: string; readonly ageMs: number | null }[];
  }[];
}

const control = () => ({ url: world.stack.controlUrl, token: world.stack.tokens.admin });
const inference = () => ({ url: world.stack.inferenceUrl, token: world.stack.tokens.predictor });

async function askAll(asked: readonly Asked[], name: string): Promise<void> {
  for (const [at, { card }] of asked.entries())
    // oxlint-disable-next-line no-await-in-loop -- one request after the other, as they come
    await requestJson(inference(), 'POST', '/v1/models/paid/predict', {
      rows: [{ card, paid: iso(newest + hourMs), price: at / 3 }],
      predictionIds: [`${name}-${at}`],
    });
}

const bitsOf = (value: unknown): string =>
  typeof value === 'number' ? Buffer.from(new Float64Array([value]).buffer).toString('hex') : String(value);

test(
  'a training from traffic reads the vectors that were answered with, bit for bit, whatever the view says since',
  { timeout: 600_000 },
  async () => {
    const asked = await writeWorld();
    const spending = defineView({
      name: 'spending',
      owner: 'risk',
      entity: 'card',
      eventTime: 'at',
      features: { limit: number(), spend7d: windowed.sum('amount', '7 days') },
      source: folder(path.join(root, 'spent'), { format: 'csv' }),
    });
    await requestJson(control(), 'POST', '/v1/views', { spec: spending, reason: 'test' });
    await world.apply(
      defineModel('paid', {
        about: { owner: 'risk', useCase: 'Hold payments.', successCriterion: 'Less fraud.' },
        source: csv(path.join(root, 'paid.csv')),
        entity: 'card',
        eventTime: 'paid',
        features: { price: number(), ...from(spending, ['limit', 'spend7d']) },
        target: binary('outcome', { positive: 'fraud', negative: 'genuine', labelDelay: '10 rows' }),
        leakage: { allow: ['spend7d'], reason: 'spent before the payment' },
        watch: { window: `${windowRows} rows` },
      }),
    );
    await until('there is a champion', async () => (await world.settled('paid')).championVersion === 1);
    const look = async (): Promise<void> => {
      const { pool } = world.stack.database;
      await pool.query(`update online_view set look_at = now() - interval '1 second'`);
      await world.client.schedule.getHandle(workflowIds.triggers()).trigger();
    };
    const snapshotOfStore = async (): Promise<unknown> =>
      (await world.stack.database.pool.query('select snapshot from online_view where building is null')).rows[0]
        ?.snapshot;
    const first = await until('the store is filled', async () => {
      await look();
      return (await snapshotOfStore()) ?? undefined;
    });

    await askAll(asked, 'asked');
    await until('all of it is stored', async () => (await world.settled('paid')).lastSeq >= asked.length);
    const logged = await Promise.all(
      asked.map(
        async (_, at) =>
          (await requestJson<Logged>(control(), 'GET', `/v1/models/paid/predictions?id=asked-${at}`)).predictions[0],
      ),
    );
    const answered = logged.filter((one) => one?.views.every(({ status }) => status === 'fresh') === true);
    // Those that the store answered in time say what the view said; how old that was stands beside it.
    expect(answered.length).toBeGreaterThan(0);
    for (const [at, one] of logged.entries()) {
      if (one === undefined || !answered.includes(one)) continue;
      expect(bitsOf(one.features['spend7d'])).toBe(bitsOf(asked[at]?.amount));
      expect(bitsOf(one.features['limit'])).toBe(bitsOf(at / 7));
      expect(one.views).toEqual([expect.objectContaining({ view: 'spending', status: 'fresh', ageMs: hourMs })]);
    }

    // What the view says of the same moments is another thing by the time of the training.
    await writeSpent(
      '2.csv',
      asked.map(({ card }) => `${card},${iso(newest)},5000,77`),
      1_800,
    );
    await until('the view has moved on', async () => {
      await look();
      return (await snapshotOfStore()) !== first;
    });
    await requestJson(inference(), 'POST', '/v1/labels', {
      model: 'paid',
      labels: asked.map(({ amount }, at) => ({
        labelId: `label-${at}`,
        predictionId: `asked-${at}`,
        label: amount > 500 ? 'fraud' : 'genuine',
      })),
    });
    await until('its labels are known', async () => {
      const now = await world.settled('paid');
      return now.labels >= asked.length && now.isSettled;
    });
    // A training takes what was known when the last window closed: the labels are, once a window later than they has.
    await askAll(asked.slice(0, windowRows), 'later');
    await until('that window is closed and settled', async () => {
      const now = await world.settled('paid');
      return now.lastSeq >= asked.length + windowRows && now.isSettled;
    });
    await world.retrain('paid', { reason: 'learn from traffic', rollout: false });
    const snapshots = await until('the second version is there', async () => {
      const { rows } = await world.stack.database.pool.query(
        `select snapshots from version where model = 'paid' and version = 2`,
      );
      return rows[0]?.snapshots;
    });
    const { artifactDir } = readConfig({ PERENNIAL_STATE_DIR: path.dirname(world.stack.tokensFile) });
    const manifests = (await lineageOf(world.stack.database.db, snapshots)).map(({ manifest }) => manifest);
    const traffic = manifests.find((one) => one.traffic !== undefined);
    expect(traffic?.rows).toBeGreaterThan(windowRows / 2);
    const cells = await withDuck({}, async (duck) => {
      const { paths } = await combineSnapshots(createArtifactStore(artifactDir), manifests, path.join(root, 'set'));
      const list = paths.map(pathLiteral).join(', ');
      return duck.rows(`SELECT price, "limit", spend7d FROM read_parquet([${list}])
        WHERE _order >= ${traffic?.traffic?.firstOrder ?? 0} ORDER BY _order`);
    });
    // Traffic names nobody: its rows are told by their price, which each has for itself.
    const byPrice = new Map(logged.map((one) => [bitsOf(one?.features['price']), one?.features]));
    expect(cells).toHaveLength(traffic?.rows ?? 0);
    for (const row of cells) {
      const served = byPrice.get(bitsOf(row['price']));
      expect([row['limit'], row['spend7d']].map(bitsOf)).toEqual([served?.['limit'], served?.['spend7d']].map(bitsOf));
    }
  },
);
