import { randomUUID } from 'node:crypto';
import { sql, type SQL } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { tableEnds } from '../../domain/record/ends.ts';
import { createDatabase, type Database } from '../base/connect.ts';
import { agedRules, removeAgedRows } from './aged-rows.ts';
import { reportRemovals } from './report-removals.ts';

let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { connectionsMax: 4, onIdleError: () => undefined });
});
beforeEach(() => run(sql`delete from removal`));
afterAll(async () => {
  await database.close();
  await place.drop();
});

const kept = { segments: 30, commands: 90 };
const ago = (days: number): SQL => sql`now() - ${days} * interval '1 day'`;
const run = async <T extends Record<string, unknown>>(query: SQL) => (await database.db.execute<T>(query)).rows;

/** All rules, in batches as small as they come. */
async function removeAll(): Promise<void> {
  for (const rule of agedRules(kept)) while ((await removeAgedRows(database, rule, 2)).rows > 0);
}

async function idsOf(table: string, column: string): Promise<readonly string[]> {
  const rows = await run<{ id: string }>(
    sql`select ${sql.identifier(column)}::text as id from ${sql.identifier(table)} order by 1`,
  );
  return rows.map(({ id }) => id);
}

test('the database has the tables that have an end, and no other', async () => {
  const rows = await run<{ name: string }>(sql`select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`);
  expect(rows.map(({ name }) => name).toSorted()).toEqual(Object.keys(tableEnds).toSorted());
});

test('segments go with their day, in batches, and what went is told once', async () => {
  for (const [id, days] of [
    ['old-1', 32],
    ['old-2', 33],
    ['old-3', 400],
    ['young', 29],
  ] as const)
    await run(sql`insert into segment (segment_id, stored_at) values (${id}, ${ago(days)})`);
  await removeAll();
  expect(await idsOf('segment', 'segment_id')).toEqual(['young']);
  // An attempt that was told to have failed is made again: nothing is removed or counted twice.
  await removeAll();
  expect(await reportRemovals(database)).toBe(false);
  await reportRemovals(database);
  const told = await run<{ data: string; reason: string }>(
    sql`select data, reason from audit where type = 'perennial.retention.applied'`,
  );
  expect(told).toHaveLength(1);
  expect(JSON.parse(told[0]?.data ?? '')).toEqual({
    removed: [{ what: 'segment', rows: 3, bytes: expect.any(Number) }],
  });
  expect(told[0]?.reason).toMatch(/^reached their end: 3 of segment \(\d+ bytes\)$/);
});

test('a command stays while it is not performed, or while a champion rests on it', async () => {
  const command = async (kind: string, performed: number | null, days: number): Promise<string> => {
    const id = randomUUID();
    await run(sql`insert into command
        (command_id, model, kind, actor, body, body_hash, status, created_at, performed_at)
      values (${id}, 'm', ${kind}, 'ann', '{}', 'x', 'done', ${ago(days)},
        ${performed === null ? null : ago(performed)})`);
    return id;
  };
  const open = await command('retrain', null, 100);
  const young = await command('retrain', 80, 80);
  const moved = await command('approve', 100, 100);
  await run(sql`insert into alias_move (model, alias, actor, why, command_id, routing_revision)
    values ('m', 'champion', 'ann', 'approved', ${moved}, 1)`);
  await command('retrain', 92, 92);
  await command('request', null, 92);
  await removeAll();
  expect(await idsOf('command', 'command_id')).toEqual([open, young, moved].toSorted());
});

test('a token goes long after its end, but never one with a session, nor the last', async () => {
  const token = async (name: string, days: number, revoked: SQL | null): Promise<string> => {
    const id = randomUUID();
    await run(sql`insert into token (token_id, name, secret_hash, role, scope, created_at, revoked_at)
      values (${id}, ${name}, ${name}, 'viewer', '*', ${ago(days)}, ${revoked})`);
    return id;
  };
  await token('long gone', 900, ago(500));
  const live = await token('live', 900, null);
  const signedIn = await token('signed in', 900, ago(500));
  await run(sql`insert into session (secret_hash, token_id, csrf_hash, expires_at)
    values ('s', ${signedIn}, 'c', now() + interval '1 hour')`);
  const newest = await token('newest', 800, ago(500));
  await removeAll();
  expect(await idsOf('token', 'token_id')).toEqual([live, signedIn, newest].toSorted());
});

test('deliveries go when they are over, acknowledgements when their process is', async () => {
  const process = randomUUID();
  await run(sql`insert into serving_member values (${process}, now() + interval '5 seconds')`);
  await run(sql`insert into routing_ack values (${process}, 'm', 1, ${ago(40)}), (${randomUUID()}, 'm', 1, ${ago(3)})`);
  await run(sql`insert into webhook_delivery (alert_id, url, attempts, delivered_at, next_attempt_at) values
    (1, 'delivered', 1, ${ago(40)}, ${ago(40)}), (2, 'given up', 12, null, ${ago(40)}),
    (3, 'under way', 3, null, ${ago(40)}), (4, 'young', 1, now(), now())`);
  await removeAll();
  expect(await idsOf('routing_ack', 'process_id')).toEqual([process]);
  expect(await idsOf('webhook_delivery', 'url')).toEqual(['under way', 'young']);
});
