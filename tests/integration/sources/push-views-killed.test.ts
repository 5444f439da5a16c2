import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTransaction } from '../../../src/db/base/connect.ts';
import { cardRow, createCardsWorld, type CardsWorld, type Pushed } from '../../worlds/cards-world.ts';
import { eventually, until } from '../../worlds/wait.ts';

/** Two processes of the real program, and a worker that is a process of its own: each is killed in the middle. */
let world: CardsWorld;
const workers = new Set<ChildProcess>();

beforeAll(async () => {
  world = await createCardsWorld();
  await world.start(two);
});
afterAll(async () => {
  await Promise.all([...workers].map(killWorker));
  await world.close();
});

const two = { PERENNIAL_INFERENCE_PROCESSES: '2' };
const followProcess = fileURLToPath(new URL('../../worlds/follow-process.ts', import.meta.url));

function startWorker(): ChildProcess {
  const { database, folder } = world.world;
  const child = fork(followProcess, [database.url, folder], { execArgv: ['--import', 'tsx'] });
  workers.add(child);
  return child;
}

async function killWorker(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  if (child.kill('SIGKILL')) await gone;
  workers.delete(child);
}

/** Each row once, in what models learn from and in what is served. */
async function holds(card: string, amounts: readonly number[]): Promise<void> {
  await eventually(async () => {
    expect(await world.history(card)).toEqual(amounts);
    const spend1d = amounts.reduce((sum, amount) => sum + amount, 0);
    expect(await world.online(card)).toMatchObject({ payments1d: amounts.length, spend1d });
  });
}

/** As a program pushes: what could not be taken at the moment is sent again under its key. */
const send = (key: string, rows: readonly object[]): Promise<Pushed> =>
  eventually(async () => {
    const reply = await world.pushTo('cards', key, rows);
    expect(reply.status).not.toBe(503);
    return reply;
  });

const amountsUpTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);

test('killed between the file on disk and the answer, rows that are sent again count once', async () => {
  const rows = amountsUpTo(200).map((amount) => cardRow('unanswered', amount, amount));
  const rowsOf = (at: number) => (at === 1 ? rows : [cardRow('round', at, at)]);
  let sent = 0;
  let unanswered = '';
  // Until it was killed before it could answer: the file is looked for without a pause.
  await until('a request is on disk and was not answered', async () => {
    const key = `unanswered-${(sent += 1)}`;
    let isOver = false;
    const answered = world
      .pushTo('cards', key, rowsOf(sent))
      .then(
        () => true,
        () => false,
      )
      .finally(() => (isOver = true));
    // oxlint-disable-next-line no-await-in-loop -- the answer has to be able to come
    while (!isOver && !existsSync(world.fileOf(key))) await new Promise((resolve) => setImmediate(resolve));
    const gone = world.kill();
    const isAnswered = await answered;
    await gone;
    if (isAnswered || !existsSync(world.fileOf(key))) {
      await world.start(two);
      // What was answered may be that nothing was taken: a process that has just begun may not know the view yet.
      expect(await send(key, rowsOf(sent))).toMatchObject({ status: 202 });
      return false;
    }
    unanswered = key;
    return true;
  });
  await world.start(two);
  const again = rowsOf(sent);
  expect(await send(unanswered, again)).toMatchObject({
    status: 202,
    body: { accepted: again.length },
  });
  expect(await send('unanswered-1', rows), 'and the first one').toMatchObject({ status: 202 });
  const worker = startWorker();
  await holds('unanswered', amountsUpTo(200));
  await holds(
    'round',
    Array.from({ length: sent - 1 }, (_, at) => at + 2),
  );
  await killWorker(worker);
});

test('one key in two processes at once is one request: the answers are the same, and its rows count once', async () => {
  const worker = startWorker();
  for (let round = 1; round <= 5; round++) {
    const rows = [
      cardRow('twice', round, 2 * round - 1),
      cardRow('twice', round, 2 * round),
      { card: 'twice', at: 'never' },
    ];
    // Connections go to the processes in turn.
    // oxlint-disable-next-line no-await-in-loop -- one round after the other
    const said = await Promise.all(Array.from({ length: 8 }, () => send(`twice-${round}`, rows)));
    const [first] = said;
    expect(first).toMatchObject({ status: 202, body: { accepted: 2, quarantined: 1 } });
    for (const other of said) expect(other).toEqual(first);
  }
  await holds('twice', amountsUpTo(10));
  await killWorker(worker);
});

test('one key with two bodies in two processes at once: one is taken, the other is refused', async () => {
  // Each process has to know the view; then nothing is stored, so that the two meet on the disk.
  await Promise.all(amountsUpTo(8).map((at) => send(`warm-${at}`, [cardRow('warm', at, at)])));
  world.gate.shut();
  const taken: number[] = [];
  for (let round = 1; round <= 5; round++) {
    const of = [2 * round - 1, 2 * round];
    // oxlint-disable-next-line no-await-in-loop -- one round after the other
    const said = await Promise.all(of.map((amount) => send(`either-${round}`, [cardRow('either', round, amount)])));
    expect(said.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([202, 409]);
    taken.push(of[said.findIndex(({ status }) => status === 202)] ?? NaN);
  }
  world.gate.open();
  const worker = startWorker();
  await holds('either', taken);
  await killWorker(worker);
});

test.each([
  ['before its snapshot is stored', `select from feature_view where name = 'cards' for update`],
  ['between two steps of bringing it in', `select from online_entity where entity = '["last"]' for update`],
])('a worker that is killed %s: the next one counts each row once', async (place, holding) => {
  const { database } = world.world;
  const card = `worker ${place}`;
  const key = place.replaceAll(' ', '-');
  const there = await world.history('last');
  const before = [...there, there.length + 1];
  const first = startWorker();
  expect(await send(`${key}-there`, [cardRow('last', 1, before.length)])).toMatchObject({ status: 202 });
  await holds('last', before);
  await killWorker(first);
  // Seven thousand rows are several steps; the last row of all waits for the lock, wherever it is.
  const amounts = amountsUpTo(6_999);
  for (let from = 0; from < amounts.length; from += 1_000)
    // oxlint-disable-next-line no-await-in-loop -- their order is the order of the rows
    expect(
      await send(
        `${key}-${from}`,
        amounts.slice(from, from + 1_000).map((amount) => cardRow(card, 1, amount)),
      ),
    ).toMatchObject({ status: 202 });
  const newest = before.length + 1;
  await send(`${key}-last`, [cardRow('last', 2, newest)]);
  await eventually(async () => expect(await world.waiting()).toEqual([]));
  const killed = await withTransaction(database, async (_, client) => {
    // It is held for as long as the lease of the worker that was killed before, which is no fault of an idle session.
    await client.query('set local idle_in_transaction_session_timeout = 0');
    await client.query(holding);
    const worker = startWorker();
    await until('the worker waits for what is held', async () => {
      const { rows } = await database.pool.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and wait_event in ('transactionid', 'tuple')
           and datname = current_database()`,
      );
      return rows.length > 0;
    });
    const { rows } = await database.pool.query<{ through: number | null }>(
      `select (building ->> 'throughSeq')::int as through from online_view where view = 'cards'`,
    );
    await killWorker(worker);
    return rows[0]?.through ?? null;
  });
  if (holding.includes('online_entity')) expect(killed, 'some rows were in, and some were not').toBeGreaterThan(0);
  else expect(killed, 'nothing was begun').toBeNull();
  const second = startWorker();
  await holds(card, amounts);
  await holds('last', [...before, newest]);
  await killWorker(second);
});
