import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { waitUntilServed } from './wait-until-served.ts';

const { database } = await openTestDatabase();

const run = (text: string, values: readonly unknown[] = []) => database.pool.query(text, [...values]);
const said = (version: number, withinMs = 0) => waitUntilServed({ database }, 'm', version, withinMs);
const route = (revision: number, version: number) =>
  run(
    "insert into routing (model, revision, entry) values ('m', $1, $2) on conflict (model) do update set revision = " +
      'excluded.revision, entry = excluded.entry',
    [revision, { model: 'm', revision, champion: { version } }],
  );
const acknowledge = (process: string, revision: number) =>
  run(
    "insert into routing_ack (process_id, model, revision) values ($1, 'm', $2) on conflict (process_id, model) do " +
      'update set revision = excluded.revision',
    [process, revision],
  );

test('a version answers when every process that serves has acknowledged it, and not before', async () => {
  await route(4, 2);
  expect(await said(2, 60_000)).toBe('is champion, and no inference process is running to answer with it');
  const [one, two] = [randomUUID(), randomUUID()];
  await run("insert into serving_member values ($1, now() + interval '1 hour'), ($2, now() + interval '1 hour')", [
    one,
    two,
  ]);
  // A process whose lease has ended is waited for by nobody.
  await run("insert into serving_member values ($1, now() - interval '1 second')", [randomUUID()]);
  await acknowledge(one, 4);
  await acknowledge(two, 3);
  expect(await said(2)).toBe('is champion, but 1 of 2 inference processes has not taken it yet');
  const waiting = said(2, 60_000);
  await acknowledge(two, 4);
  expect(await waiting).toBe('answers');
  // The same number, of a routing that a failover took away.
  await run("update routing_ack set digest = 'of another' where process_id = $1", [two]);
  expect(await said(2)).toBe('is champion, but 1 of 2 inference processes has not taken it yet');
  await route(5, 3);
  expect(await said(2)).toBe("does not answer yet: v3 is champion until the model's workflow has moved it");
  expect(await said(3)).toBe('is champion, but 2 of 2 inference processes have not taken it yet');
});
