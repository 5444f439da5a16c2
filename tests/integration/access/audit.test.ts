import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { appendAudit } from '../../../src/db/audit/audit.ts';
import { auditHead, listAudit } from '../../../src/db/audit/audit-rows.ts';
import { verifyAudit } from '../../../src/db/audit/audit-verify.ts';
import { closeAlerts, openAlert } from '../../../src/db/watching/alerts.ts';
import { recordCommand } from '../../../src/db/people/commands.ts';
import { createDatabase, withTransaction, type Database, type Db } from '../../../src/db/base/connect.ts';
import { storeSpec } from '../../../src/db/models/specs.ts';
import { putSnapshot } from '../../../src/db/models/snapshots.ts';
import { completeSpec } from '../../../src/domain/spec/default-spec.ts';
import type { SnapshotManifest } from '../../../src/domain/training/snapshot.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';

let place: TestDatabase;
/** The owner of the tables, and the role that processes act as. */
let owner: Database;
let app: Database;

beforeAll(async () => {
  place = await createTestDatabase();
  owner = createDatabase(place.url);
  app = createDatabase(place.url, { connectionsMax: 12, isApp: true, onOwner: (reason) => expect.fail(reason) });
});
afterAll(async () => {
  await app.close();
  await owner.close();
  await place.drop();
});

const note = (tx: Db, id: string, reason = 'because') =>
  appendAudit(tx, {
    type: 'perennial.alert.opened',
    model: 'fraud',
    subject: { of: 'alert', id },
    actor: 'test',
    reason,
    data: { b: 1, a: 'ü' },
  });
const addRows = async (count: number): Promise<void> => {
  for (let at = 0; at < count; at++)
    await withTransaction(app, (tx) => note(tx, String(at), `reason ${at} – “quoted”`));
};
const typesOf = async (): Promise<string[]> =>
  (await listAudit(owner.db, { model: null, type: null, before: null, limit: 1_000, hasGlobal: true })).map(
    (row) => row.type,
  );

/** As somebody who owns the server: with triggers off for this connection. */
async function tamper(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: place.url });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query(sql);
  } finally {
    await client.end();
  }
}

beforeEach(() => tamper('truncate audit, audit_staged'));

describe('the chain', () => {
  test('rows that were appended are right, whatever they hold', async () => {
    await addRows(5);
    await withTransaction(app, async (tx) => {
      await appendAudit(tx, {
        type: 'perennial.token.created',
        model: null,
        subject: { of: 'token', id: 's' },
        actor: '',
        tokenId: randomUUID(),
        reason: '\n',
        runId: 'train/x/1',
        evidenceId: 7,
      });
      await note(tx, '5:fraud-');
    });
    const check = await verifyAudit(owner.db);
    expect(check).toMatchObject({ checked: 7, wrong: null, isComplete: true });
    expect(check.head).toEqual(await auditHead(owner.db));
    expect(await owner.pool.query('select 1 from audit_staged')).toMatchObject({ rowCount: 0 });
  });

  test.each([
    [
      'one byte of a reason',
      `update audit set reason = replace(reason, 'reason 2', 'reason 3') where seq = 3`,
      3,
      'its content is not what was hashed',
    ],
    ['a hash', `update audit set hash = reverse(hash) where seq = 3`, 3, 'its content is not what was hashed'],
    [
      'a link',
      `update audit set previous_hash = reverse(previous_hash) where seq = 4`,
      4,
      'it does not follow from the row before it',
    ],
    [
      'an instant by a millisecond',
      `update audit set at = at + interval '1 millisecond' where seq = 2`,
      2,
      'its content is not what was hashed',
    ],
    [
      'text moved between fields',
      `update audit set subject = subject || 't', actor = substr(actor, 2) where seq = 4`,
      4,
      'its content is not what was hashed',
    ],
    ['null instead of text', `update audit set model = null where seq = 1`, 1, 'its content is not what was hashed'],
    [
      'the order of keys in its data',
      `update audit set data = '{"b":1,"a":"ü"}' where seq = 5`,
      5,
      'its content is not what was hashed',
    ],
    ['a row that is gone', `delete from audit where seq = 2`, 2, 'it is missing'],
    ['the first row gone', `delete from audit where seq = 1`, 1, 'it is missing'],
  ])('finds %s', async (_what, sql, seq, why) => {
    await addRows(5);
    const before = await auditHead(owner.db);
    await tamper(sql);
    expect((await verifyAudit(owner.db)).wrong).toEqual({ seq, why });
    // Also for who goes on from an earlier check, as long as that began before it.
    if (seq > 1 && before !== null) expect((await verifyAudit(owner.db, { expect: before })).wrong).not.toBeNull();
  });

  test('a cut tail and a record written anew are found by what was noted', async () => {
    await addRows(5);
    const noted = await auditHead(owner.db);
    if (noted === null) expect.fail('no row');
    await tamper('delete from audit where seq > 3');
    expect((await verifyAudit(owner.db)).wrong).toBeNull();
    expect((await verifyAudit(owner.db, { expect: noted })).wrong).toMatchObject({
      seq: 4,
      why: expect.stringContaining('ends before row 5'),
    });
    await addRows(2);
    expect((await verifyAudit(owner.db, { expect: noted })).wrong).toEqual({
      seq: 5,
      why: 'its hash is not the one that was noted',
    });
    expect((await verifyAudit(owner.db, { after: noted })).wrong).toMatchObject({ seq: 5 });
  });

  test('goes on where an earlier check ended, in bounded steps', async () => {
    await owner.pool.query(
      `insert into audit_staged (type, subject, actor, reason, data) select 'perennial.alert.opened', 'x', 'y',
        g::text, '{}' from generate_series(1, 2500) g`,
    );
    const first = await verifyAudit(owner.db, { limitMs: 0 });
    expect(first).toMatchObject({ checked: 2_000, wrong: null, isComplete: false });
    expect(await verifyAudit(owner.db, { after: first.head })).toMatchObject({
      checked: 500,
      wrong: null,
      isComplete: true,
    });
  });
});

describe('append-only', () => {
  test.each(['update audit set reason = reason', 'delete from audit', 'truncate audit'])(
    'the owner of the tables: %s',
    async (sql) => {
      await addRows(1);
      await expect(owner.pool.query(sql)).rejects.toThrow('append-only');
    },
  );

  test.each([
    'update audit set reason = reason',
    'delete from audit',
    'truncate audit',
    `insert into audit (seq, event_id, at, type, subject, actor, reason, data, previous_hash, hash) values (99,
      gen_random_uuid(), now(), 't', 's', 'a', 'r', '{}', '', '')`,
    'select * from audit_staged',
    'update audit_staged set reason = reason',
    'delete from audit_staged',
    'alter table audit disable trigger all',
    'drop trigger audit_append_only on audit',
    'set session_replication_role = replica',
    'create trigger mine after insert on token for each row execute function audit_chain()',
    'insert into schema_migration (position, tag, digest) values (99, $$x$$, $$y$$)',
  ])('the processes: %s', async (sql) => {
    await addRows(1);
    await expect(app.pool.query(sql)).rejects.toMatchObject({ code: '42501' });
    expect((await verifyAudit(owner.db)).checked).toBe(1);
  });

  test('the processes may do everything else', async () => {
    const { rows } = await app.pool.query<{ who: string; missing: string | null }>(`
      select current_user as who, string_agg(c.relname, ', ') filter (where not has_table_privilege(c.oid, 'select,
      insert, update, delete')) as missing
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not in
      ('audit', 'audit_staged', 'schema_migration', 'backup_key')`);
    expect(rows).toEqual([{ who: 'perennial_app', missing: null }]);
  });

  test('a table that a later migration adds is theirs too', async () => {
    await owner.pool.query('create table later (id bigserial primary key)');
    const { rowCount } = await app.pool.query('insert into later default values');
    expect(rowCount).toBe(1);
  });

  test('where the role cannot be taken, the connection says so and stays what it is', async () => {
    const plain = `plain_${randomUUID().slice(0, 8)}`;
    await owner.pool.query(`create role ${plain} login password 'x'`);
    const url = new URL(place.url);
    url.username = plain;
    url.password = 'x';
    const reasons: string[] = [];
    const other = createDatabase(url.toString(), { isApp: true, onOwner: (reason) => reasons.push(reason) });
    try {
      expect((await other.pool.query('select current_user as who')).rows).toEqual([{ who: plain }]);
      await Promise.all([1, 2, 3].map(() => other.pool.query('select pg_sleep(0.01)')));
      expect(reasons).toEqual([expect.stringContaining('perennial_app')]);
    } finally {
      await other.close();
      await owner.pool.query(`drop role ${plain}`);
    }
  });
});

describe('in the transaction of the change', () => {
  test('fifty at once, some given up: places without gaps in the order of commits', async () => {
    await owner.pool.query(
      'create table if not exists lock_order (id integer primary key); insert into lock_order values (1), (2) on ' +
        'conflict do nothing',
    );
    const ended = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) =>
        withTransaction(app, async (tx, client) => {
          await client.query('select 1 from lock_order where id = 1 for update');
          await note(tx, `change/${at}`);
          await client.query('select 1 from lock_order where id = 2 for update');
          if (at % 5 === 0) throw new Error('given up');
        }),
      ),
    );
    const failures = ended.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(failures).toEqual(Array.from({ length: 10 }, () => 'Error: given up'));
    expect(await verifyAudit(owner.db)).toMatchObject({ checked: 40, wrong: null });
    const { rows } = await owner.pool.query<{ ok: boolean }>(
      'select bool_and(at >= before) as ok from (select at, lag(at, 1, at) over (order by seq) as before from ' +
        'audit) a',
    );
    expect(rows).toEqual([{ ok: true }]);
  });

  test("two that hold each other's next row lock have one victim at most, and the audit is no part of it", async () => {
    await owner.pool.query(
      'create table if not exists lock_order (id integer primary key); insert into lock_order values (1), (2) on ' +
        'conflict do nothing',
    );
    let open: () => void = () => undefined;
    const bothHold = new Promise<void>((resolve) => (open = resolve));
    let holding = 0;
    const crossed = (first: number, second: number) =>
      withTransaction(app, async (tx, client) => {
        await note(tx, `first/${first}`);
        await client.query('select 1 from lock_order where id = $1 for update', [first]);
        if (++holding === 2) open();
        await bothHold;
        await client.query('select 1 from lock_order where id = $1 for update', [second]);
        await note(tx, `second/${second}`);
      });
    const ended = await Promise.allSettled([crossed(1, 2), crossed(2, 1)]);
    // Postgres breaks the circle of the row locks themselves; the survivor commits with both its rows.
    expect(ended.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await verifyAudit(owner.db)).toMatchObject({ checked: 2, wrong: null });
  });

  test('opposite row locks taken one at a time never wait for the audit', async () => {
    await owner.pool.query(
      'create table if not exists lock_order (id integer primary key); insert into lock_order values (1), (2) on ' +
        'conflict do nothing',
    );
    const work = (id: number) =>
      Array.from({ length: 20 }, () =>
        withTransaction(app, async (tx, client) => {
          await note(tx, `before/${id}`);
          await client.query('select 1 from lock_order where id = $1 for update', [id]);
          await note(tx, `after/${id}`);
        }),
      );
    await Promise.all([...work(1), ...work(2)]);
    expect(await verifyAudit(owner.db)).toMatchObject({ checked: 80, wrong: null });
  });
});

describe('what changes writes its row, and what changes nothing does not', () => {
  const spec = completeSpec({
    name: 'orders',
    about: { owner: 'payments', useCase: 'Tests.', successCriterion: 'They pass.' },
    features: [{ kind: 'number', name: 'amount', missing: 'refuse', min: 0 }],
    target: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'genuine', labelDelay: { rows: 100 } },
    source: { kind: 'file', path: 'a.csv', format: 'csv' },
  });

  test('a definition', async () => {
    for (let at = 0; at < 2; at++) await withTransaction(app, (tx) => storeSpec(tx, spec, 'mia'));
    expect(await typesOf()).toEqual(['perennial.spec.applied']);
  });

  test('a command', async () => {
    const given = {
      commandId: randomUUID(),
      model: 'orders',
      kind: 'retrain' as const,
      actor: 'mia',
      body: { rollout: true, reason: 'new data' },
      bodyHash: 'h',
      tokenId: randomUUID(),
    };
    for (let at = 0; at < 2; at++) await recordCommand(app.db, given);
    const [row, ...more] = await listAudit(owner.db, {
      model: 'orders',
      type: null,
      before: null,
      limit: 10,
      hasGlobal: false,
    });
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      type: 'perennial.command.recorded',
      actor: 'mia',
      tokenId: given.tokenId,
      reason: 'new data',
      subject: `command/${given.commandId}`,
    });
    expect(JSON.parse(row?.data ?? '')).toEqual({ kind: 'retrain', asked: { rollout: true } });
  });

  test('an alert, once while it lasts', async () => {
    const alert = {
      model: 'orders',
      kind: 'drift',
      subject: { of: 'version', version: 1 },
      severity: 'warning',
      title: 'amount drifted',
      body: 'b',
      webhooks: [],
    } as const;
    expect([await openAlert(app.db, alert), await openAlert(app.db, alert)]).toEqual([true, false]);
    await closeAlerts(app.db, 'orders', ['drift']);
    await closeAlerts(app.db, 'orders', ['drift']);
    expect(await typesOf()).toEqual(['perennial.alert.closed', 'perennial.alert.opened']);
  });

  test('a snapshot', async () => {
    const manifest = { rows: 10, quarantinedRows: 1 } as unknown as SnapshotManifest;
    const row = {
      digest: 'd'.repeat(64),
      model: 'orders',
      specRevision: 1,
      kind: 'history',
      sourceDigest: 's',
      throughWindow: null,
      manifest,
    } as const;
    for (let at = 0; at < 2; at++) await putSnapshot(app.db, row);
    expect(await typesOf()).toEqual(['perennial.snapshot.created']);
  });

  test('a change that is rolled back leaves neither', async () => {
    const failed = withTransaction(app, async (tx) => {
      await openAlert(tx, {
        model: 'orders',
        kind: 'held',
        subject: { of: 'rollout', version: 1, attempt: 1 },
        severity: 'info',
        title: 't',
        body: 'b',
        webhooks: [],
      });
      throw new Error('later');
    });
    await expect(failed).rejects.toThrow('later');
    expect(await typesOf()).toEqual([]);
    expect(
      await openAlert(app.db, {
        model: 'orders',
        kind: 'held',
        subject: { of: 'rollout', version: 1, attempt: 1 },
        severity: 'info',
        title: 't',
        body: 'b',
        webhooks: [],
      }),
    ).toBe(true);
  });
});
