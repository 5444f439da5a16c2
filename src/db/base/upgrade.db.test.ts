import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from './connect.ts';
import { migrate } from './migrate.ts';
import { lastApprovedVersion } from '../routing/approved-version.ts';
import { createOldSchema, type OldSchema } from '../../../tests/worlds/old-schema.ts';

let old: OldSchema;
let database: Database;
beforeAll(async () => {
  old = await createOldSchema();
  ({ database } = old);
});
afterAll(() => old.close());

test('a database of the release before keeps what its sentences and its sentinels said', async () => {
  await old.migrateThrough('0003_standing');
  const answers = await oldRows();
  expect(await migrate(database)).toContain('0004_keys');

  for (const { model, version, why } of answers)
    expect(await lastApprovedVersion(database.db, model)).toMatchObject({ version, why });
  const approved = 'select count(*)::int as n from alias_move where command_id is not null';
  expect(await rows(approved)).toEqual([{ n: 6 }]);

  expect(await rows('select kind, subject, window_number as window from alert order by alert_id')).toEqual([
    { kind: 'drift', subject: 'v1', window: 12 },
    { kind: 'decay', subject: 'v1', window: null },
    { kind: 'rolled-back', subject: 'refused/v7', window: null },
    { kind: 'rolled-back', subject: 'refused/none', window: null },
    { kind: 'rolled-back', subject: 'v2/1', window: null },
  ]);
  expect(await rows('select version, step from rollout order by version')).toEqual([
    { version: 2, step: null },
    { version: 3, step: 0 },
    { version: 4, step: 2 },
  ]);
  expect(await rows('select digest, through_window as through from snapshot order by digest')).toEqual([
    { digest: 'a', through: null },
    { digest: 'b', through: 12 },
  ]);
  expect(await rows('select key, window_number as window from decision order by key')).toEqual([
    { key: 'apply/1', window: null },
    { key: 'window/1', window: 1 },
  ]);
});

/** Rows as the code of that release wrote them, and what it then said about each model. */
async function oldRows(): Promise<readonly { model: string; version: number; why: string }[]> {
  // Approved through the workflow, then promoted by the platform.
  await command('approved', 'approve', 'ann', { reason: 'looks good' });
  await move('approved', 1, null, 'rollout', 'first champion: the gate passed and nobody answered before');
  await move('approved', 2, 1, 'ann', 'approved by ann: looks good');
  await move('approved', 3, 2, 'rollout', 'better by 0.01');
  // Two commands gave one reason: the later one counts.
  await command('twice', 'promote', 'bob', { version: 2, reason: 'try' });
  await command('twice', 'rollback', 'bob', { toVersion: 2, reason: 'try' });
  await move('twice', 2, 1, 'bob', 'try');
  // A move whose reason nobody gave, one that was refused, one of another person, one that came before its command.
  await command('worded', 'rollback', 'ann', { reason: 'back' });
  await command('worded', 'promote', 'ann', { reason: 'force' }, 'refused');
  await move('worded', 2, 1, 'ann', 'back');
  await move('worded', 3, 2, 'ann', 'force');
  await move('worded', 4, 3, 'eve', 'back');
  await move('worded', 5, 4, 'ann', 'late');
  await command('worded', 'promote', 'ann', { reason: 'late' }, 'done', 'now()');
  // Imported, and killed back to it, once by itself and once with all models.
  await command('imported', 'import', 'ann', { artifact: 'x', reason: 'bought' });
  await command('imported', 'kill', 'ann', { reason: 'wrong' });
  await command('*', 'kill', 'ann', { reason: 'all wrong' });
  await move('imported', 1, null, 'ann', 'bought');
  await move('imported', 2, 1, 'guard', 'worse');
  await move('imported', 1, 2, 'ann', 'kill switch: wrong');
  await move('imported', 2, 1, 'rollout', 'better');
  await move('imported', 1, 2, 'ann', 'kill switch: all wrong');
  await sentinels();
  return [
    { model: 'approved', version: 2, why: 'approved by ann on 2026-05-03' },
    { model: 'twice', version: 2, why: 'rolled back to by bob on 2026-05-03' },
    { model: 'worded', version: 2, why: 'rolled back to by ann on 2026-05-03' },
    { model: 'imported', version: 1, why: 'imported by ann on 2026-05-03' },
  ];
}

async function sentinels(): Promise<void> {
  await database.pool.query(`
    insert into alert (model, kind, subject, severity, title, body) values
      ('m', 'drift', 'v1', 'warning', 'm: a, in window 3 drifted in window 12', ''),
      ('m', 'decay', 'v1', 'critical', 'm: quality has decayed', ''),
      ('m', 'rolled-back', 'refused: v7 was never released, so the champion stays.', 'warning', '', ''),
      ('m', 'rolled-back', 'refused: There is no champion before this one.', 'warning', '', ''),
      ('m', 'rolled-back', 'v2/1', 'warning', '', '')`);
  await database.pool.query(`
    insert into rollout (model, version, attempt, status, step, spec_revision, salt, requested, requested_by)
    values ('m', 2, 1, 'active', -1, 1, 's', 'approve', 'ann'), ('m', 3, 1, 'active', 0, 1, 's', null, null),
      ('m', 4, 1, 'active', 2, 1, 's', null, null)`);
  await database.pool.query(`
    insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, through_window,
      manifest)
    values ('a', 'm', 1, 'history', 's', 1, 0, 0, '{}'), ('b', 'm', 1, 'traffic', 's', 1, 0, 12, '{}')`);
  await database.pool.query(`
    insert into decision (model, key, window_number, retrain, reason, considered)
    values ('m', 'apply/1', 0, true, '', '[]'), ('m', 'window/1', 1, false, '', '[]')`);
}

let revision = 0;

async function move(model: string, to: number, from: number | null, actor: string, why: string): Promise<void> {
  revision++;
  await database.pool.query(
    `insert into alias_move (model, alias, from_version, to_version, actor, why, routing_revision, moved_at)
     values ($1, 'champion', $2, $3, $4, $5, $6::int,
       timestamptz '2026-05-03 12:00:00Z' + $6::int * interval '1 second')`,
    [model, from, to, actor, why, revision],
  );
}

let second = 0;

async function command(
  model: string,
  kind: string,
  actor: string,
  body: object,
  status = 'done',
  createdAt?: 'now()',
): Promise<void> {
  second++;
  await database.pool.query(
    `insert into command (command_id, model, kind, actor, body, body_hash, status, created_at)
     values ($1, $2, $3, $4, $5, '', $6,
       ${createdAt ?? `timestamptz '2026-05-03 09:00:00Z' + ${second} * interval '1 second'`})`,
    [randomUUID(), model, kind, actor, JSON.stringify(body), status],
  );
}

async function rows(text: string): Promise<readonly Record<string, unknown>[]> {
  return (await database.pool.query<Record<string, unknown>>(text)).rows;
}
