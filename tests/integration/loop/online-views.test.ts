import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  drawSpent,
  hourMs,
  iso,
  newestMs,
  startSpendingWorld,
  type SpendingWorld,
} from '../../worlds/spending-world.ts';
import { until } from '../../worlds/wait.ts';

let world: SpendingWorld;
beforeAll(async () => {
  world = await startSpendingWorld({ PERENNIAL_SKEW_PER_MILLE: '1000' });
}, 300_000);
afterAll(() => world.close());

let asked = 0;
/** What is answered to a row, and what is logged of it. */
async function ask(row: object) {
  const id = `asked-${++asked}`;
  const [answer] = await world.predict([{ price: 10, ...row }], [id]);
  return { label: answer?.label, ...(await world.logged(id)) };
}

/** As soon as the store answers in time: a busy machine may take longer than a row waits. */
const known = (row: object) =>
  until('the store answers in time', async () => {
    const answer = await ask(row);
    expect(answer.views.filter(({ isLate }) => isLate === true)).toEqual([]);
    return answer;
  });

const standing = async () => (await world.loop.status('paid')).views[0];

test(
  'a request that names only its entity is answered with the features of its view, and skew fails a check',
  { timeout: 600_000 },
  async () => {
    // The last events of the view: whoever is quiet for longer than the ttl is no entity of it any more.
    const spent = [
      { card: 'rich', atMs: newestMs, amount: 950, limit: 3 },
      { card: 'poor', atMs: newestMs, amount: 20, limit: 4 },
    ];
    await world.writeHistory(drawSpent('online views'), { spent });
    await world.apply();
    await world.filled();

    const paid = iso(newestMs + hourMs);
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
    expect(await known({ card: 'rich', paid: iso(newestMs + 40 * 24 * hourMs) })).toMatchObject({
      features: { limit: null, spend7d: 0 },
      views: [{ status: 'stale' }],
    });

    await until('all looks were computed anew, and none differs', async () => {
      await world.look();
      const now = await standing();
      expect(now?.different ?? 0).toBe(0);
      return (now?.equal ?? 0) >= 5;
    });

    await world.loop.stack.database.pool.query(`
      with changed as (update online_entity set numbers[1] = 77 where entity = '["rich"]' returning view, digest)
      update online_view v set sequence = sequence + 1 from changed c where v.view = c.view and v.digest = c.digest`);
    await until('the wrong value is served', async () => {
      const answer = await ask({ card: 'rich', paid });
      return answer.features['limit'] === 77;
    });
    await until('skew rings', async () => {
      await world.look();
      const { openAlerts } = await world.loop.status('paid');
      return openAlerts.some(({ kind, title }) => kind === 'feature-skew' && title.includes('limit of view spending'));
    });
    expect((await standing())?.last).toMatchObject({ feature: 'limit', served: 77, recomputed: 3 });

    // A later row changes the next answer, within the look after it.
    const later = { card: 'poor', atMs: Date.now() - hourMs, amount: 940, limit: 5 };
    await world.writeSpent('2.csv', [later]);
    await until('the change is served', async () => {
      await world.look();
      const answer = await ask({ card: 'poor', paid: iso(Date.now()) });
      return answer.label === 'fraud' && answer.features['limit'] === 5;
    });
  },
);
