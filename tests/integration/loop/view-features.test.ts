import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawSpent, hourMs, startSpendingWorld, type SpendingWorld } from '../../worlds/spending-world.ts';

let world: SpendingWorld;
beforeAll(async () => {
  world = await startSpendingWorld();
}, 300_000);
afterAll(() => world.close());

test(
  'a model whose one useful feature comes from a view is trained, promoted and answers',
  { timeout: 300_000 },
  async () => {
    const drawn = drawSpent('view features');
    // Too late to be known: it says the opposite.
    const late = drawn.map((one) => ({ ...one, atMs: one.atMs + 3 * hourMs, amount: 3 * (1_000 - one.amount) }));
    await world.writeHistory(drawn, { spent: late });
    const digest = await world.apply();

    expect(await world.get('/v1/models/paid/versions/1')).toMatchObject({
      views: [{ view: 'spending', revision: 1, features: ['limit', 'spend7d'] }],
    });
    const { snapshots } = await world.get<{ snapshots: { digest: string }[] }>('/v1/models/paid/snapshots');
    const of = encodeURIComponent(`snapshot:${snapshots[0]?.digest}`);
    const lineage = await world.get(`/v1/models/paid/lineage?of=${of}`);
    expect(JSON.stringify(lineage)).toContain('view spending');
    expect(JSON.stringify(lineage)).toContain(digest.slice(0, 12));

    // Until a store answers for the view, a request brings the features itself.
    const row = { card: 'x', price: 10, limit: 3 };
    const answers = await world.predict([950, 20].map((spend7d) => ({ ...row, spend7d })));
    expect(answers.map(({ label }) => label)).toEqual(['fraud', 'genuine']);
  },
);
