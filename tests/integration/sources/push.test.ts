import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lineageOf } from '../../../src/db/models/snapshots.ts';
import { readSpecRevision } from '../../../src/db/models/specs.ts';
import { anyPort } from '../../worlds/any-port.ts';
import { openDatabaseGate, type DatabaseGate } from '../../worlds/database-gate.ts';
import { testKey } from '../../worlds/entity-names.ts';
import { processArguments } from '../../worlds/process-arguments.ts';
import { createPushWorld, pushModel, type PushWorld } from '../../worlds/push-world.ts';
import { eventually } from '../../worlds/wait.ts';

/** The real program, against a Postgres that can be cut off. */
let world: PushWorld;
let gate: DatabaseGate;
let port: number;
let inference: readonly string[];
let keyFile: string;
let primary: ChildProcess | undefined;

beforeAll(async () => {
  world = await createPushWorld();
  gate = await openDatabaseGate(world.database.url);
  keyFile = path.join(world.folder, 'installation.key');
  await writeFile(keyFile, testKey, { mode: 0o600 });
  await world.apply({ kind: 'push' });
  port = await anyPort();
  inference = await processArguments('main-inference');
  primary = start();
  await ready();
});
afterAll(async () => {
  primary?.kill('SIGKILL');
  await gate.close();
  await world.close();
});

function start(env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, inference, {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: gate.url,
      PERENNIAL_INFERENCE_PORT: String(port),
      PERENNIAL_SPOOL_DIR: world.spoolDir,
      PERENNIAL_ARTIFACT_DIR: path.join(world.folder, 'artifacts'),
      PERENNIAL_INSTALLATION_KEY_FILE: keyFile,
      PERENNIAL_INFERENCE_PROCESSES: '1',
      PERENNIAL_PUSH_SPOOL_MIB: '1',
      ...env,
    },
  });
}

async function ready(): Promise<void> {
  await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200));
}

async function kill(): Promise<void> {
  const gone = new Promise((resolve) => primary?.once('exit', resolve));
  primary?.kill('SIGKILL');
  await gone;
}

interface Reply {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

async function push(key: string | null, rows: unknown, token = world.tokens.writer): Promise<Reply> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/models/${pushModel}/rows`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...(key === null ? {} : { 'idempotency-key': key }) },
    body: typeof rows === 'string' ? rows : JSON.stringify({ rows }),
  });
  const body: Reply['body'] = JSON.parse(await response.text());
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
}

const rowOf = (id: number) => ({ id, y: id % 2 === 0 ? 'yes' : 'no' });
const rowsOf = (...ids: readonly number[]) => ids.map(rowOf);
const waiting = async () =>
  (await readdir(path.join(world.spoolDir, 'pushes'))).filter((name) => name.endsWith('.ready'));
const shipped = () => eventually(async () => expect(await waiting()).toEqual([]));
const stored = async () =>
  (await world.database.pool.query<{ rows: number }>('select coalesce(sum(rows), 0)::int as rows from pushed_batch'))
    .rows[0]?.rows;

test('a row is accepted, or set aside with its rules, and what was said is what the ingest does', async () => {
  const rows = [rowOf(1), { id: -5, y: 'yes' }, { id: 2, y: 'perhaps' }, { y: 'no' }, rowOf(3)];
  expect(await push('first', rows)).toMatchObject({
    status: 202,
    body: {
      model: pushModel,
      specRevision: 1,
      accepted: 2,
      quarantined: 3,
      rows: [
        { verdict: 'accepted' },
        { verdict: 'quarantined', rules: ['id.range'] },
        { verdict: 'quarantined', rules: ['y.label'] },
        { verdict: 'quarantined', rules: ['id.missing'] },
        { verdict: 'accepted' },
      ],
    },
  });
  await shipped();
  const snapshot = await world.ingest();
  expect(snapshot).toMatchObject({ rows: 2, quarantinedRows: 3 });
  expect(await world.idsOf(snapshot)).toEqual([1, 3]);
});

test('the same request gets the same answer, and its key with other rows is refused, after a restart too', async () => {
  const said = await push('again', rowsOf(4, -1));
  const conflict = { status: 409, body: { code: 'conflict' } };
  expect(await push('again', rowsOf(4, -1))).toEqual(said);
  expect(await push('again', rowsOf(4))).toMatchObject(conflict);
  await shipped();
  expect(await push('again', rowsOf(4, -1)), 'stored').toEqual(said);
  await kill();
  primary = start();
  await ready();
  expect(await push('again', rowsOf(4, -1)), 'after a restart').toEqual(said);
  expect(await push('again', rowsOf(5))).toMatchObject(conflict);
  expect(await stored()).toBe(7);
});

test('who may push is declared, and what is no request is refused by one sentence', async () => {
  const { predictor } = world.tokens;
  expect(await push('k', rowsOf(9), predictor)).toMatchObject({
    status: 403,
    body: { detail: `The token may not push rows of "${pushModel}".` },
  });
  expect(await push('k', rowsOf(9), 'nobody')).toMatchObject({ status: 401 });
  expect(await push(null, rowsOf(9))).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('The request has no Idempotency-Key') },
  });
  expect(await push('k', [])).toMatchObject({ status: 400 });
  expect(await push('k', [1])).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('rows[0] must be an object') },
  });
  expect(await push('k', '{"rows": [')).toMatchObject({ status: 400 });
  expect(
    await push(
      'k',
      Array.from({ length: 1_001 }, (_, id) => rowOf(id)),
    ),
  ).toMatchObject({ status: 413 });
  expect(await stored()).toBe(7);
});

test('digits that a number would lose are kept', async () => {
  await push('digits', '{"rows": [{"id": 123456789012345678901234567890, "y": "no", "note": 0.10}]}');
  await shipped();
  const lines: string[] = [];
  for await (const batch of world.connect({ kind: 'push' }).open('7', path.join(world.folder, 'digits'))) {
    lines.push(await readFile(batch.path, 'utf8'));
  }
  expect(lines).toEqual(['{"id": 123456789012345678901234567890, "y": "no", "note": 0.10}\n']);
});

test('killed with rows on disk and Postgres away, every row that was taken comes into one snapshot, once', async () => {
  const before = await world.ingest();
  gate.shut();
  const taken: number[] = [];
  for (let round = 0; round < 3; round++) {
    await Promise.all(
      Array.from({ length: 8 }, async (_, at) => {
        const id = 1_000 + round * 100 + at * 2;
        const reply = await push(`away-${id}`, rowsOf(id, id + 1));
        if (reply.status === 202) taken.push(id, id + 1);
      }),
    );
  }
  expect(taken).toHaveLength(48);
  expect(await waiting()).toHaveLength(24);
  await kill();
  expect(await waiting(), 'all of it is on disk').toHaveLength(24);
  gate.open();
  primary = start();
  await ready();
  let sent = 0;
  const disturbed = disturb(() => sent);
  for (let id = 2_000; id < 2_080; id += 2) {
    // A program that has no answer sends the same rows under the same key until it has one.
    await eventually(async () =>
      expect(await push(`storm-${id}`, rowsOf(id, id + 1))).toMatchObject({ status: 202, body: { accepted: 2 } }),
    );
    taken.push(id, id + 1);
    sent += 1;
  }
  await disturbed;
  await shipped();
  const snapshot = await world.ingest();
  const ids = (await world.idsOf(snapshot)).slice((await world.idsOf(before)).length);
  expect(ids.toSorted((left, right) => left - right)).toEqual(taken.toSorted((left, right) => left - right));
});

/** Twice: Postgres is cut off, rows are taken without it, and then the program is killed. */
async function disturb(sent: () => number): Promise<void> {
  for (const after of [5, 20]) {
    await eventually(() => expect(sent()).toBeGreaterThanOrEqual(after));
    gate.shut();
    await eventually(() => expect(sent()).toBeGreaterThanOrEqual(after + 5));
    await kill();
    gate.open();
    primary = start();
    await ready();
  }
}

test('with too much waiting the caller is told when to come again, and what was taken stays taken', async () => {
  gate.shut();
  const padding = 'x'.repeat(250_000);
  const taken: string[] = [];
  const refused = await eventually(async () => {
    const key = `full-${taken.length}`;
    const reply = await push(key, [{ ...rowOf(3_000 + taken.length), padding }]);
    if (reply.status === 202) taken.push(key);
    expect(reply.status).toBe(429);
    return reply;
  });
  expect(Number(refused.retryAfter)).toBeGreaterThanOrEqual(1);
  expect(refused.body['code']).toBe('rate_limited');
  expect(taken.length).toBeGreaterThanOrEqual(4);
  gate.open();
  await shipped();
  await eventually(async () =>
    expect(await push(`full-${taken.length}`, [{ ...rowOf(3_000 + taken.length), padding }])).toMatchObject({
      status: 202,
    }),
  );
  await shipped();
});

test('what is kept of a request is its key and its rows, each under the name that it says', async () => {
  const lines = '{"id":9000,"y":"yes"}\n';
  // What waited before may still count for a moment.
  await eventually(async () => expect(await push('named', rowsOf(9_000))).toMatchObject({ status: 202 }));
  await shipped();
  const { rows } = await world.database.pool.query('select body_digest from push_key where key_hash = $1', [
    createHash('sha256').update(`${pushModel}\nnamed`).digest('hex'),
  ]);
  expect(rows).toEqual([{ body_digest: createHash('sha256').update(lines).digest('hex') }]);
  expect((await readSpecRevision(world.database.db, pushModel, 1)).spec.source).toEqual({ kind: 'push' });
});

test('a rule in SQL answers pushed rows as the ingest does; a rule about batches judges what it reads', async () => {
  await world.apply(
    { kind: 'push' },
    {
      contract: {
        quarantineShareMax: 0.9,
        rules: [
          {
            rule: 'expression',
            id: 'even',
            name: 'yes is even',
            expression: "id % 2 = 0 OR y = 'no'",
            severity: 'quarantine',
          },
          { rule: 'rowCountHistory', id: 'count', batches: 2, factor: 2, severity: 'reject' },
        ],
      },
    },
  );
  const odd = { id: 9_101, y: 'yes' };
  await eventually(async () =>
    expect(await push(`sql-${Date.now()}`, [rowOf(9_100), odd])).toMatchObject({
      body: { specRevision: 2, rows: [{ verdict: 'accepted' }, { verdict: 'quarantined', rules: ['even'] }] },
    }),
  );
  await shipped();
  const checked = async () => {
    const { digest } = await world.ingest();
    const [head] = (await lineageOf(world.database.db, [digest])).slice(-1);
    return [head?.manifest.ruleCounts.map(({ ruleId }) => ruleId), head?.manifest.batchChecks?.[0]?.verdict];
  };
  // Under another definition all of it is read anew, as one batch.
  expect(await checked()).toEqual([expect.arrayContaining(['even']), 'not-yet']);
  await push('sql-second', [rowOf(9_200), odd]);
  await shipped();
  expect(await checked()).toEqual([['even'], 'not-yet']);
  await push('sql-third', [rowOf(9_300), rowOf(9_301)]);
  await shipped();
  await expect(world.ingest()).rejects.toThrow('count, broken: 2 rows, where the last 2 batches had');
});
