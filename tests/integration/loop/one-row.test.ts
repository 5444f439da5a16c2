import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { requestJson } from '../../../src/replay/http.ts';
import {
  binary,
  csv,
  defineModel,
  defineView,
  folder,
  from,
  number,
  references,
  windowed,
} from '../../../src/sdk/index.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { wordsOf } from '../../worlds/page-readers.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
let place: TestDatabase;
let database: Database;
let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-one-row-'));
  place = await createTestDatabase();
  database = createDatabase(place.url);
  world = await startLoopWorld([root], { databaseUrl: place.url, variables: { PERENNIAL_SKEW_PER_MILLE: '1000' } });
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
const paidAt = iso(newest + hourMs);

/** Whether a payment is fraud depends on what the card has spent; one payment names a card that there is not. */
async function writeWorld(): Promise<void> {
  const random = createRandom('one row');
  const spent: string[] = ['card,at,amount,limit'];
  const paid: string[] = ['card,paid,price,outcome'];
  for (let at = 0; at < 600; at++) {
    const eventMs = start + at * hourMs;
    const amount = random.integer(1_000);
    spent.push(`c${at},${iso(eventMs)},${amount},${random.integer(9)}`);
    paid.push(`c${at},${iso(eventMs + hourMs)},${random.integer(50)},${amount > 500 ? 'fraud' : 'genuine'}`);
  }
  spent.push(`rich,${iso(newest)},950,3`);
  // The row that is followed: a card that nobody has, and a price below zero.
  paid.push(`rihc,${paidAt},-7,fraud`);
  await mkdir(path.join(root, 'spent'), { recursive: true });
  const file = path.join(root, 'spent', '1.csv');
  await writeFile(file, `${spent.join('\n')}\n`);
  await utimes(file, Date.now() / 1_000 - 3_600, Date.now() / 1_000 - 3_600);
  await writeFile(path.join(root, 'paid.csv'), `${paid.join('\n')}\n`);
}

const control = () => ({ url: world.stack.controlUrl, token: world.stack.tokens.admin });
const get = <Answer>(url: string): Promise<Answer> => requestJson<Answer>(control(), 'GET', url);
const post = <Answer>(url: string, body: object): Promise<Answer> => requestJson<Answer>(control(), 'POST', url, body);
const inference = () => ({ url: world.stack.inferenceUrl, token: world.stack.tokens.predictor });

/** The words of a page, as somebody sees them who has signed in. */
async function readPage(url: string): Promise<string> {
  const signedIn = await fetch(`${world.stack.controlUrl}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: world.stack.tokens.admin }).toString(),
  });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const page = await fetch(`${world.stack.controlUrl}${url}`, { headers: { cookie } });
  expect(page.status).toBe(200);
  return wordsOf(await page.text());
}

/** The next look at sources, at once. */
async function look(): Promise<void> {
  await database.pool.query(`update online_view set look_at = now() - interval '1 second'`);
  await world.client.schedule.getHandle(workflowIds.triggers()).trigger();
}

async function applyModel(): Promise<void> {
  const spending = defineView({
    name: 'spending',
    owner: 'risk',
    entity: 'card',
    eventTime: 'at',
    features: { limit: number(), spend7d: windowed.sum('amount', '7 days') },
    source: folder(path.join(root, 'spent'), { format: 'csv' }),
  });
  await post('/v1/views', { spec: spending, reason: 'test' });
  await world.apply(
    defineModel('paid', {
      about: { owner: 'risk', useCase: 'Hold payments.', successCriterion: 'Less fraud.' },
      source: csv(path.join(root, 'paid.csv')),
      entity: 'card',
      eventTime: 'paid',
      features: { price: number({ min: 0 }), ...from(spending, ['limit', 'spend7d']) },
      target: binary('outcome', { positive: 'fraud', negative: 'genuine', labelDelay: '10 rows' }),
      contract: { rules: [references(['card'], spending, { serve: 'refuse' })] },
      leakage: { allow: ['spend7d'], reason: 'spent before the payment' },
    }),
  );
  await until('there is a champion', async () => (await world.settled('paid')).championVersion === 1);
}

interface Quarantined {
  readonly rows: readonly { readonly line: number; readonly ruleIds: readonly string[]; readonly state: string }[];
}
interface Lineage {
  readonly nodes: readonly { readonly kind: string; readonly key: string }[];
}

/** Its row of a snapshot, by the names of its columns; null where it is not among them. */
async function rowIn(digest: string): Promise<Readonly<Record<string, string>> | null> {
  const answer = await fetch(`${world.stack.controlUrl}/v1/snapshots/${digest}/rows?format=csv`, {
    headers: { authorization: `Bearer ${world.stack.tokens.admin}` },
  });
  expect(answer.status).toBe(200);
  const [head = '', ...lines] = (await answer.text()).trim().split('\n');
  const names = head.split(',');
  const line = lines.find((one) => one.split(',').includes('rich'));
  return line === undefined ? null : Object.fromEntries(line.split(',').map((cell, at) => [names[at] ?? '', cell]));
}

test(
  'one row: quarantine, fix, replay, snapshot, view, training set, served vector, skew check, lineage',
  { timeout: 600_000 },
  async () => {
    await writeWorld();
    await applyModel();

    // Set aside, with its line and both rules, and in no training set.
    const { quarantines } = await get<{ quarantines: readonly { digest: string; rows: number }[] }>(
      '/v1/models/paid/quarantine',
    );
    expect(quarantines).toMatchObject([{ rows: 1 }]);
    const first = quarantines[0]?.digest ?? '';
    const shown = () => get<Quarantined>(`/v1/snapshots/${first}/quarantine`);
    expect((await shown()).rows).toMatchObject([
      { line: 602, ruleIds: ['price.range', 'references-spending-card'], state: 'open' },
    ]);
    expect(await rowIn(first)).toBeNull();

    // Mended cell by cell. The first replay takes nothing: one of the two is still wrong.
    const quarantine = `/v1/snapshots/${first}/quarantine`;
    await post(`${quarantine}/fix`, { set: { price: '7' }, line: 602, reason: 'a sign too much' });
    await expect(post(`${quarantine}/replay`, { reason: 'mended' })).rejects.toThrow(/references-spending-card 1/);
    await post(`${quarantine}/fix`, { set: { card: 'rich' }, line: 602, reason: 'letters in the wrong order' });
    const replayed = await post<{ snapshot: string; rows: number }>(`${quarantine}/replay`, { reason: 'mended' });
    expect(replayed).toMatchObject({ rows: 1 });
    expect((await shown()).rows).toMatchObject([{ line: 602, state: 'replayed' }]);

    // In the snapshot, with what the view knew of it at its time.
    const learnt = await rowIn(replayed.snapshot);
    expect(learnt).toMatchObject({ card: 'rich', price: '7.0', limit: '3.0', spend7d: '950.0', outcome: 'fraud' });

    // In the training set of the next version.
    await world.retrain('paid', { reason: 'one row more' });
    const up = await until('the next version stands', () => get<Lineage>('/v1/models/paid/lineage?of=v2'));
    const names = up.nodes.map(({ kind, key }) => `${kind}:${key}`);
    expect(names).toContain(`snapshot:${replayed.snapshot}`);
    expect(names).toContain(`snapshot:${first}`);

    // Served: the same values, for a request that names the card alone.
    await until('the store is filled', async () => {
      await look();
      const { rows } = await database.pool.query('select snapshot from online_view where snapshot is not null');
      return rows.length === 1;
    });
    let asked = 0;
    // The store may be late on a busy machine: then the rule could not be asked, and nothing is answered.
    const served = await until('the store answers in time', async () => {
      const id = `one-${++asked}`;
      const rows = [{ card: 'rich', paid: paidAt, price: 7 }];
      await requestJson(inference(), 'POST', '/v1/models/paid/predict', { rows, predictionIds: [id] });
      const [found] = await until('it is logged', async () => {
        const { predictions } = await get<{ predictions: readonly { features: Record<string, unknown> }[] }>(
          `/v1/models/paid/predictions?id=${id}`,
        );
        return predictions.length > 0 && predictions;
      });
      return found?.features['spend7d'] === 950 && found;
    });
    for (const name of ['price', 'limit', 'spend7d']) expect(served.features[name]).toBe(Number(learnt?.[name]));
    await expect(
      requestJson(inference(), 'POST', '/v1/models/paid/predict', { rows: [{ card: 'rihc', paid: paidAt, price: 7 }] }),
    ).rejects.toThrow(/rows\[0\]\.card is rihc, which view spending does not have/);

    // What was served is computed anew from history, and is the same.
    await until('the look was compared', async () => {
      await look();
      const [view] = (await world.status('paid')).views;
      expect(view?.different ?? 0).toBe(0);
      return (view?.equal ?? 0) >= 1;
    });

    // And a person sees where it came from.
    const page = await readPage('/models/paid/lineage?of=v2');
    for (const word of [replayed.snapshot.slice(0, 12), first.slice(0, 12), 'view spending', 'what the source held'])
      expect(page).toContain(word);
  },
);
