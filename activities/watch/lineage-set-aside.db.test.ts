import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { noteFollower } from '../../src/db/open-lineage/run-events.ts';
import { openRun } from '../../src/db/runs/runs.ts';
import { openLineageFollower, runEvent } from '../../src/db/schema/index.ts';
import { whileAlertsAreDenied } from '../../tests/worlds/denied-alerts.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import { tellOpenLineage } from './tell-open-lineage.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;

/** What was sent, by execution, and what was taken of it; 0 ends the connection without an answer. */
const sent: string[] = [];
const taken: string[] = [];
let answer: (execution: string) => number = () => 201;
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- what is sent is held against its schemas elsewhere
    const { runId } = (JSON.parse(body) as { readonly run: { readonly runId: string } }).run;
    sent.push(runId);
    const status = answer(runId);
    if (status === 0) return void request.socket.destroy();
    if (status === 201) taken.push(runId);
    response.writeHead(status).end();
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

const tell = () =>
  tellOpenLineage({
    database,
    settings: { url: `http://${host}/api/v1/lineage`, token: null, privateHostsAllowed: [host] },
    warn: () => undefined,
  });
/** As if the back-off were over. */
const later = () => db.update(openLineageFollower).set({ nextAttemptAt: new Date(0) });

const model = 'shop.orders';
await withTransaction(database, (tx) => storeSpec(tx, specOf(model), 'ana'));
const begin = (n: number) =>
  openRun(db, { runId: `train/${model}/${n}`, model, kind: 'train', trigger: 'x', input: {} });
const waiting = async () =>
  (await db.select().from(runEvent).orderBy(runEvent.eventId)).map(({ execution }) => execution);

beforeEach(async () => {
  for (const list of [sent, taken]) list.length = 0;
  answer = () => 201;
  await pool.query('delete from alert');
  await db.delete(runEvent);
  await db.delete(openLineageFollower);
  await noteFollower(db);
});

const rung = async () =>
  (await pool.query(`select body, closed_at is null as is_open from alert where kind = 'lineage-set-aside'`)).rows;
/** As if so much time had passed since something was set aside. */
const setAsideBefore = (hours: number) =>
  pool.query(
    `update run_event set set_aside_at = set_aside_at - $1 * interval '1 hour',
      again_at = again_at - $1 * interval '1 hour'`,
    [hours],
  );

test.each([
  [422, 'calls wrong'],
  [500, 'fails at'],
  [0, 'ends the connection over'],
])(
  'an event that the receiver (%i) %s is set aside, those behind it are told, and it is told later',
  async (status) => {
    await begin(status + 1_000);
    await begin(status + 1_001);
    const [wrong = '', other] = await waiting();
    answer = (execution) => (execution === wrong ? status : 201);
    for (let turn = 0; turn < 5; turn++) {
      expect(taken, 'nothing overtakes it before').toHaveLength(0);
      await later();
      await tell();
    }
    expect(taken).toEqual([other]);
    expect(await db.select().from(openLineageFollower)).toMatchObject([{ attempts: 0, delivered: 1, refused: 1 }]);
    expect(await rung()).toEqual([
      {
        body: expect.stringContaining(
          `1 event of OpenLineage set aside, the last START of train/${model}/${status + 1_000}: `,
        ),
        is_open: true,
      },
    ]);
    await begin(status + 1_002);
    await tell();
    expect(taken, 'it does not hold up what comes later').toHaveLength(2);
    const sentWithin = async (hours: number) => {
      const before = sent.length;
      await setAsideBefore(hours);
      await tell();
      return sent.slice(before);
    };
    expect(await sentWithin(0.9), 'not yet').toEqual([]);
    expect(await sentWithin(0.2), 'and refused').toEqual([wrong]);
    expect(await sentWithin(1), 'ever more seldom').toEqual([]);
    answer = () => 201;
    expect(await sentWithin(0.3)).toEqual([wrong]);
    expect(taken.at(-1)).toBe(wrong);
    expect(await db.$count(runEvent)).toBe(0);
    await tell();
    expect(await rung()).toMatchObject([{ is_open: false }]);
  },
);

test('while the receiver is away nothing is set aside, however long, and all is told in order', async () => {
  await begin(2_000);
  await begin(2_001);
  await begin(2_002);
  answer = () => 503;
  for (let turn = 0; turn < 20; turn++) {
    await later();
    await tell();
  }
  expect(await db.select().from(openLineageFollower)).toMatchObject([{ attempts: 20, delivered: 0, refused: 0 }]);
  answer = () => 201;
  const all = await waiting();
  await later();
  await tell();
  expect(taken).toEqual(all);
});

test('an event is set aside and told of at once, or neither: no later turn would ring for it', async () => {
  await begin(3_000);
  await begin(3_001);
  const [wrong = ''] = await waiting();
  answer = (execution) => (execution === wrong ? 500 : 201);
  await whileAlertsAreDenied(database, async () => {
    for (let turn = 0; turn < 5; turn++) {
      await later();
      await tell();
    }
  });
  expect(await db.select().from(runEvent)).toMatchObject([{ execution: wrong, setAsideAt: null }]);
  await begin(3_002);
  await later();
  await tell();
  expect(await rung()).toMatchObject([{ is_open: true }]);
});
