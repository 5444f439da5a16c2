import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import { binary, csv, defineModel, defineView, folder, from, number, windowed } from '../../../src/sdk/index.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
let place: TestDatabase;
let database: Database;
let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-online-views-'));
  place = await createTestDatabase();
  database = createDatabase(place.url);
  const variables = { PERENNIAL_SKEW_PER_MILLE: '1000' };
  world = await startLoopWorld([root], { databaseUrl: place.url, variables });
}, 300_000);
afterAll(async () => {
  await database.close();
  await world.close();
  await place.drop();
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

/** Whether a payment is fraud depends on what the card has spent in the week before, which only the view knows. */
async function writeWorld(): Promise<void> {
  const random = createRandom('online views');
  const spent: string[] = [];
  const paid: string[] = ['card,paid,price,outcome'];
  for (let at = 0; at < 600; at++) {
    const eventMs = start + at * hourMs;
    const amount = random.integer(1_000);
    spent.push(`c${at},${iso(eventMs)},${amount},${random.integer(9)}`);
    paid.push(`c${at},${iso(eventMs + hourMs)},${random.integer(50)},${amount > 500 ? 'fraud' : 'genuine'}`);
  }
  // The last events of the view: whoever is quiet for longer than the ttl is no entity of it any more.
  spent.push(`rich,${iso(newest)},950,3`, `poor,${iso(newest)},20,4`);
  await writeSpent('1.csv', spent, 3_600);
  await writeFile(path.join(root, 'paid.csv'), `${paid.join('\n')}\n`);
}

interface Logged {
  readonly predictions: readonly {
    readonly features: Readonly<Record<string, unknown>>;
    readonly views: readonly {
      readonly view: string;
      readonly status: string;
      readonly given: number;
      readonly isLate?: true;
    }[];
  }[];
}

const control = () => ({ url: world.stack.controlUrl, token: world.stack.tokens.admin });
let asked = 0;
/** What is answered to a row, and what is logged of it. */
async function ask(row: object) {
  const inference = { url: world.stack.inferenceUrl, token: world.stack.tokens.predictor };
  const id = `asked-${++asked}`;
  const { predictions } = await requestJson<{ predictions: { label: string }[] }>(
    inference,
    'POST',
    '/v1/models/paid/predict',
    { rows: [{ price: 10, ...row }], predictionIds: [id] },
  );
  const logged = await until('it is logged', async () => {
    const found = await requestJson<Logged>(control(), 'GET', `/v1/models/paid/predictions?id=${id}`);
    return found.predictions[0];
  });
  return { label: predictions[0]?.label, ...logged };
}

/** As soon as the store answers in time: a busy machine may take longer than a row waits. */
const known = (row: object) =>
  until('the store answers in time', async () => {
    const answer = await ask(row);
    expect(answer.views.filter(({ isLate }) => isLate === true)).toEqual([]);
    return answer;
  });

/** The next look at sources, at once. */
async function look(): Promise<void> {
  await database.pool.query(`update online_view set look_at = now() - interval '1 second'`);
  await world.client.schedule.getHandle(workflowIds.triggers()).trigger();
}

const standing = async () => (await world.status('paid')).views[0];

test(
  'a request that names only its entity is answered with the features of its view, and skew fails a check',
  { timeout: 600_000 },
  async () => {
    await writeWorld();
    const spending = defineView({
      name: 'spending',
      owner: 'risk',
      entity: 'card',
      eventTime: 'at',
      features: { limit: number(), spend7d: windowed.sum('amount', '7 days') },
      ttl: '30 days',
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
        // The label is made of what the view sums up.
        leakage: { allow: ['spend7d'], reason: 'spent before the payment' },
      }),
    );
    await until('there is a champion', async () => (await world.settled('paid')).championVersion === 1);
    // A look that is asked for while another one is under way is none.
    await until('the store is filled', async () => {
      await look();
      const { rows } = await database.pool.query('select snapshot from online_view where snapshot is not null');
      return rows.length === 1;
    });

    const paid = iso(newest + hourMs);
    const rich = await until('the process has heard of it', async () => {
      const answer = await ask({ card: 'rich', paid });
      expect(answer.views).toEqual([expect.objectContaining({ status: 'fresh' })]);
      return answer;
    });
    expect(rich).toMatchObject({ label: 'fraud', features: { limit: 3, spend7d: 950 } });
    expect(await known({ card: 'poor', paid })).toMatchObject({
      label: 'genuine',
      features: { limit: 4, spend7d: 20 },
    });
    // What the request brings itself stands, and is logged as what the model was asked.
    expect(await known({ card: 'poor', paid, spend7d: 960 })).toMatchObject({
      label: 'fraud',
      features: { limit: 4, spend7d: 960 },
      views: [{ view: 'spending', status: 'fresh', given: 1 }],
    });
    expect(await known({ card: 'nobody', paid })).toMatchObject({
      features: { limit: null, spend7d: 0 },
      views: [{ status: 'missing' }],
    });
    expect(await known({ card: 'rich', paid: iso(newest + 40 * 24 * hourMs) })).toMatchObject({
      features: { limit: null, spend7d: 0 },
      views: [{ status: 'stale' }],
    });

    await until('all looks were computed anew, and none differs', async () => {
      await look();
      const now = await standing();
      expect(now?.different ?? 0).toBe(0);
      return (now?.equal ?? 0) >= 5;
    });

    await database.pool.query(`
      with changed as (update online_entity set numbers[1] = 77 where entity = '["rich"]' returning view, digest)
      update online_view v set sequence = sequence + 1 from changed c where v.view = c.view and v.digest = c.digest`);
    await until('the wrong value is served', async () => {
      const answer = await ask({ card: 'rich', paid });
      return answer.features['limit'] === 77;
    });
    await until('skew rings', async () => {
      await look();
      const { openAlerts } = await world.status('paid');
      return openAlerts.some(({ kind, title }) => kind === 'feature-skew' && title.includes('limit of view spending'));
    });
    expect((await standing())?.last).toMatchObject({ feature: 'limit', served: 77, recomputed: 3 });

    // A later row changes the next answer, within the look after it.
    await writeSpent('2.csv', [`poor,${iso(Date.now() - hourMs)},940,5`], 1_800);
    await until('the change is served', async () => {
      await look();
      const answer = await ask({ card: 'poor', paid: iso(Date.now()) });
      return answer.label === 'fraud' && answer.features['limit'] === 5;
    });
  },
);
