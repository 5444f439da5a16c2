import { afterAll, beforeAll, expect, test } from 'vitest';
import { references } from '../../../src/sdk/index.ts';
import { wordsOf } from '../../worlds/page-readers.ts';
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

const paidAt = iso(newestMs + hourMs);

/** The words of a page, as somebody sees them who has signed in. */
async function readPage(url: string): Promise<string> {
  const signedIn = await fetch(`${world.loop.stack.controlUrl}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: world.loop.stack.tokens.admin }).toString(),
  });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const page = await fetch(`${world.loop.stack.controlUrl}${url}`, { headers: { cookie } });
  expect(page.status).toBe(200);
  return wordsOf(await page.text());
}

interface Quarantined {
  readonly rows: readonly { readonly line: number; readonly ruleIds: readonly string[]; readonly state: string }[];
}
interface Lineage {
  readonly nodes: readonly { readonly kind: string; readonly key: string }[];
}

/** Its row of a snapshot, by the names of its columns; null where it is not among them. */
async function rowIn(digest: string): Promise<Readonly<Record<string, string>> | null> {
  const answer = await fetch(`${world.loop.stack.controlUrl}/v1/snapshots/${digest}/rows?format=csv`, {
    headers: { authorization: `Bearer ${world.loop.stack.tokens.admin}` },
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
    const { get, post } = world;
    // The row that is followed: a card that nobody has, and a price below zero.
    await world.writeHistory(drawSpent('one row'), {
      spent: [{ card: 'rich', atMs: newestMs, amount: 950, limit: 3 }],
      paid: [`rihc,${paidAt},-7,fraud`],
    });
    await world.apply({ rules: [references(['card'], 'spending', { serve: 'refuse' })] });

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
    await world.loop.retrain('paid', { reason: 'one row more' });
    const up = await until('the next version stands', () => get<Lineage>('/v1/models/paid/lineage?of=v2'));
    const names = up.nodes.map(({ kind, key }) => `${kind}:${key}`);
    expect(names).toContain(`snapshot:${replayed.snapshot}`);
    expect(names).toContain(`snapshot:${first}`);

    // Served: the same values, for a request that names the card alone.
    await world.filled();
    let asked = 0;
    // The store may be late on a busy machine: then the rule could not be asked, and nothing is answered.
    const served = await until('the store answers in time', async () => {
      const id = `one-${++asked}`;
      const rows = [{ card: 'rich', paid: paidAt, price: 7 }];
      await world.predict(rows, [id]);
      const found = await world.logged(id);
      return found.features['spend7d'] === 950 && found;
    });
    for (const name of ['price', 'limit', 'spend7d']) expect(served.features[name]).toBe(Number(learnt?.[name]));
    await expect(world.predict([{ card: 'rihc', paid: paidAt, price: 7 }])).rejects.toThrow(
      /rows\[0\]\.card is rihc, which view spending does not have/,
    );

    // What was served is computed anew from history, and is the same.
    await until('the look was compared', async () => {
      await world.look();
      const [view] = (await world.loop.status('paid')).views;
      expect(view?.different ?? 0).toBe(0);
      return (view?.equal ?? 0) >= 1;
    });

    // And a person sees where it came from.
    const page = await readPage('/models/paid/lineage?of=v2');
    for (const word of [replayed.snapshot.slice(0, 12), first.slice(0, 12), 'view spending', 'what the source held'])
      expect(page).toContain(word);
  },
);
