import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { binary, csv, defineModel, defineView, folder, from, number, windowed } from '../../../src/sdk/index.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-view-features-'));
  world = await startLoopWorld([root]);
}, 300_000);
afterAll(async () => {
  await world.close();
  await rm(root, { recursive: true, force: true });
});

const hourMs = 3_600_000;
const start = Date.UTC(2026, 0, 1);

/** Whether a payment is fraud depends on what the card has spent in the week before, which only the view knows. */
async function writeWorld(): Promise<void> {
  const random = createRandom('view features');
  const spent: string[] = ['card,at,amount,limit'];
  const paid: string[] = ['card,paid,price,outcome'];
  for (let at = 0; at < 600; at++) {
    const card = `c${at}`;
    const eventMs = start + at * hourMs;
    const amount = random.integer(1_000);
    spent.push(`${card},${new Date(eventMs).toISOString()},${amount},${random.integer(9)}`);
    // Too late to be known: it says the opposite.
    spent.push(`${card},${new Date(eventMs + 3 * hourMs).toISOString()},${3 * (1_000 - amount)},9`);
    paid.push(
      `${card},${new Date(eventMs + hourMs).toISOString()},${random.integer(50)},${amount > 500 ? 'fraud' : 'genuine'}`,
    );
  }
  await mkdir(path.join(root, 'spent'));
  await writeFile(path.join(root, 'spent', '1.csv'), `${spent.join('\n')}\n`);
  await utimes(path.join(root, 'spent', '1.csv'), Date.now() / 1_000 - 3_600, Date.now() / 1_000 - 3_600);
  await writeFile(path.join(root, 'paid.csv'), `${paid.join('\n')}\n`);
}

test(
  'a model whose one useful feature comes from a view is trained, promoted and answers',
  { timeout: 300_000 },
  async () => {
    await writeWorld();
    const spending = defineView({
      name: 'spending',
      owner: 'risk',
      entity: 'card',
      eventTime: 'at',
      features: { limit: number(), spend7d: windowed.sum('amount', '7 days') },
      source: folder(path.join(root, 'spent'), { format: 'csv' }),
    });
    const control = { url: world.stack.controlUrl, token: world.stack.tokens.admin };
    const view = await requestJson<{ digest: string }>(control, 'POST', '/v1/views', {
      spec: spending,
      reason: 'test',
    });
    const spec = defineModel('paid', {
      about: { owner: 'risk', useCase: 'Hold payments.', successCriterion: 'Less fraud.' },
      source: csv(path.join(root, 'paid.csv')),
      entity: 'card',
      eventTime: 'paid',
      features: { price: number(), ...from(spending, ['limit', 'spend7d']) },
      target: binary('outcome', { positive: 'fraud', negative: 'genuine', labelDelay: '10 rows' }),
      // The label is made of what the view sums up.
      leakage: { allow: ['spend7d'], reason: 'spent before the payment' },
    });
    await world.apply(spec);
    await until('there is a champion', async () => (await world.settled('paid')).championVersion === 1);

    const version = await requestJson<{ report: { candidate: { testMetrics: { auroc: number } } }; views: unknown }>(
      control,
      'GET',
      '/v1/models/paid/versions/1',
    );
    expect(version).toMatchObject({ views: [{ view: 'spending', revision: 1, features: ['limit', 'spend7d'] }] });
    const snapshots = await requestJson<{ snapshots: { digest: string }[] }>(
      control,
      'GET',
      '/v1/models/paid/snapshots',
    );
    const lineage = await requestJson<{ nodes: { kind: string; text: string }[] }>(
      control,
      'GET',
      `/v1/models/paid/lineage?of=${encodeURIComponent(`snapshot:${snapshots.snapshots[0]?.digest}`)}`,
    );
    expect(JSON.stringify(lineage)).toContain('view spending');
    expect(JSON.stringify(lineage)).toContain(view.digest.slice(0, 12));

    // Until a store answers for the view, a request brings the features itself.
    const inference = { url: world.stack.inferenceUrl, token: world.stack.tokens.predictor };
    const answer = await requestJson<{ predictions: { label: string }[] }>(
      inference,
      'POST',
      '/v1/models/paid/predict',
      {
        rows: [
          { card: 'x', price: 10, limit: 3, spend7d: 950 },
          { card: 'x', price: 10, limit: 3, spend7d: 20 },
        ],
      },
    );
    expect(answer.predictions.map(({ label }) => label)).toEqual(['fraud', 'genuine']);
  },
);
