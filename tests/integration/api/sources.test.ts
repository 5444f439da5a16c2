import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Verb } from '../../../src/cli/line/verb.ts';
import { sourceStatusVerb } from '../../../src/cli/verbs/record/source/status.ts';
import { sourceTestVerb } from '../../../src/cli/verbs/record/source/test.ts';
import { readConfig } from '../../../src/config.ts';
import { serveApi } from '../../../src/control/serve.ts';
import { openAlert } from '../../../src/db/watching/alerts.ts';
import { PerennialError } from '../../../src/domain/words/errors.ts';
import { createApiWorld, type ApiWorld } from '../../worlds/api-world.ts';
import { pageReaders } from '../../worlds/page-readers.ts';
import { openForeignDatabase } from '../../worlds/foreign-database.ts';

const foreign = await openForeignDatabase();
let world: ApiWorld;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-sources-'));
  world = await createApiWorld({
    sampleDir: folder,
    sourceRoots: [{ scope: '*', path: folder }],
    sourcePrivateHosts: [foreign.host],
    secretsFor: () => async (name) => {
      if (name === 'shop') return foreign.url;
      throw new PerennialError('invalid_data', `The secret "${name}" is not there.`, { path: 'source.secret' });
    },
  });
  await foreign.client.query('create table paid (id int8 primary key, at timestamptz, amount numeric, outcome text)');
  await foreign.client.query(
    `insert into paid select i, timestamptz '2026-01-01Z' + i * interval '1 s', case when i = 3 then -1 else i end,
      case when i % 2 = 0 then 'good' else 'bad' end from generate_series(1, 2500) i`,
  );
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const source = {
  kind: 'postgres',
  secret: 'shop',
  query: 'select * from paid',
  cursor: { column: 'at', tieBreaker: 'id' },
} as const;
const specOf = (change: Parameters<ApiWorld['specOf']>[1] = {}) =>
  world.specOf('paid', {
    source,
    entity: null,
    eventTime: { column: 'at' },
    features: [
      { kind: 'number', name: 'amount', missing: 'refuse', min: 0 },
      { kind: 'time', name: 'at', missing: 'refuse' },
    ],
    target: { task: 'binary', column: 'outcome', positive: 'bad', negative: 'good', labelDelay: { rows: 10 } },
    ...change,
  });
const tryOut = (body: unknown) => world.call('POST', '/v1/sources/test', { body });

test('the first rows of a definition that nobody has applied, what they are, and what the contract says', async () => {
  const { status, body } = await tryOut({ spec: specOf() });
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      model: 'paid',
      source: 'Postgres (secret shop)',
      unread: { unread: 2500, unit: 'rows', isAtLeast: false },
      caveats: [
        expect.stringContaining('deleted rows'),
        expect.stringContaining('comes again'),
        expect.stringContaining('overlap'),
      ],
      sample: {
        rowsSampled: 1000,
        contract: { verdict: 'accepted', text: expect.stringContaining('1000 rows: 999 accepted, 1 quarantined') },
      },
    },
  });
  const { columns, rows } = body['sample'] as { columns: Record<string, unknown>[]; rows: unknown[][] };
  expect(columns.map(({ name, declaredAs }) => [name, declaredAs])).toEqual([
    ['id', null],
    ['at', 'time feature, event time'],
    ['amount', 'number feature'],
    ['outcome', 'target (binary)'],
  ]);
  expect(columns.find(({ name }) => name === 'amount')).toMatchObject({ inferredKind: 'number', present: 1000 });
  expect(rows).toHaveLength(10);
  expect(rows[0]).toEqual(['1', '2026-01-01T00:00:01.000000Z', '1', 'bad']);
  expect(await readdir(folder), 'nothing of the sample stays').toEqual([]);
  const { rows: audited } = await world.database.pool.query(
    `select subject, reason, data from audit where type = 'perennial.source.tested'`,
  );
  expect(audited).toEqual([{ subject: 'paid', reason: 'Postgres (secret shop)', data: '{"rowsShown":10}' }]);
});

test('a query that is read whole, a file, and a table without rows', async () => {
  const whole = { kind: 'postgres', secret: 'shop', query: 'select * from paid order by id' } as const;
  const { body } = await tryOut({ spec: specOf({ source: whole }) });
  expect(body).toMatchObject({ unread: null, sample: { rowsSampled: 1000 } });
  await writeFile(path.join(folder, 'paid.csv'), 'at,amount,outcome\n2026-01-01,1,good\n2026-01-02,x,bad\n');
  const file = await tryOut({ spec: specOf({ source: { kind: 'file', path: 'paid.csv', format: 'csv' } }) });
  expect(file.body).toMatchObject({
    source: 'paid.csv',
    caveats: [],
    sample: { rowsSampled: 2, contract: { verdict: 'rejected' } },
  });
  const empty = { ...source, query: 'select * from paid where id < 0' };
  expect((await tryOut({ spec: specOf({ source: empty }) })).body).toMatchObject({ sample: null });
});

test('cells are cut, and a column that is declared and not there is said as the ingest would say it', async () => {
  const long = { ...source, query: `select *, repeat('x', 500) as words from paid` };
  const { body } = await tryOut({ spec: specOf({ source: long }) });
  const { rows } = body['sample'] as { rows: string[][] };
  expect(rows[0]?.[4]).toHaveLength(80);
  const lacking = { ...source, query: 'select id, at, outcome from paid' };
  expect((await tryOut({ spec: specOf({ source: lacking }) })).body).toMatchObject({
    sample: { contract: { verdict: 'rejected', text: expect.stringContaining('amount') } },
  });
});

test('what cannot be read is said in one sentence with the path', async () => {
  expect(await tryOut({ spec: specOf({ source: { ...source, secret: 'other' } }) })).toMatchObject({
    status: 422,
    body: { code: 'invalid_data', path: 'source.secret' },
  });
  expect(await tryOut({ spec: specOf({ source: { ...source, query: 'delete from paid' } }) })).toMatchObject({
    status: 422,
    body: { code: 'invalid_data', path: 'source.query' },
  });
  expect(await tryOut({ model: 'never-applied' })).toMatchObject({ status: 404 });
  expect(await tryOut({ spec: { name: 'x' } })).toMatchObject({ status: 422, body: { code: 'invalid_spec' } });
});

test('how a source stands: before anything was taken, after a batch, and while it cannot be read', async () => {
  await world.call('POST', '/v1/apply', { body: { spec: specOf(), reason: 'a test' } });
  const statusOf = async () => (await world.call('GET', '/v1/models/paid/source')).body;
  expect(await statusOf()).toMatchObject({
    model: 'paid',
    specRevision: 1,
    source: 'Postgres (secret shop)',
    cursor: null,
    takenAt: null,
    rows: 0,
    quarantinedShare: null,
    lag: null,
    failures: 0,
    nextLookAt: expect.any(String),
  });
  expect((await tryOut({ model: 'paid' })).body).toMatchObject({ sample: { rowsSampled: 1000 } });
  const { pool } = world.database;
  const digest = 'ab'.repeat(32);
  const manifest = {
    cursor: JSON.stringify({ after: ['2026-01-01 00:41:40+00', '2500'] }),
    sourceDigest: digest,
    files: [{ orderMax: 2498 }],
  };
  await pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest)
      values ($1, 'paid', 1, 'history', $1, 499, 1, $2)`,
    [digest, manifest],
  );
  await pool.query(
    `update trigger_look set failures = 4, problem = 'The server is away.', read_at = now(), lag_unread = 30,
      lag_unit = 'rows', is_lag_at_least = true, changed_at = now() where model = 'paid'`,
  );
  await openAlert(world.database.db, {
    model: 'paid',
    kind: 'source-unreadable',
    subject: { of: 'source' },
    severity: 'warning',
    title: 'paid: its source cannot be read',
    body: '4 times in a row: The server is away.',
    webhooks: [],
  });
  const view = await statusOf();
  expect(view).toMatchObject({
    cursor: '2026-01-01 00:41:40+00 / 2500',
    takenAt: expect.stringMatching(/^\d{4}-.*Z$/),
    rows: 2499,
    quarantinedRows: 1,
    quarantinedShare: 0.002,
    lag: { unread: 30, unit: 'rows', isAtLeast: true },
    lookedAt: expect.any(String),
    failures: 4,
    problem: 'The server is away.',
    changedAt: expect.any(String),
    freshMs: null,
    alerts: [{ kind: 'source-unreadable', body: '4 times in a row: The server is away.' }],
  });
  const { body } = await world.call('GET', '/v1/sources');
  expect(body['sources']).toContainEqual(view);
  const pages = pageReaders(
    () => world.api,
    () => world.database,
    'reader',
  );
  await pages.signIn('reader', 'viewer', '*');
  const { text } = await pages.get('/models/paid');
  const section = text.slice(text.indexOf('<section class="panel" id="source"'), text.indexOf('id="decisions"'));
  expect(section.replaceAll(/<[^>]+>/g, ' ')).toMatch(
    /4\s+times in a row:\s+The server is away\..*secret shop.*2,499\s+rows.*00:41:40\+00 \/ 2500.*more than 30 rows/s,
  );
});

test('the command line shows both, a file that is not applied and a model that is', async () => {
  const serving = await serveApi(world.api, { host: '127.0.0.1', port: 0 });
  try {
    const config = readConfig({
      PERENNIAL_CONTROL_URL: `http://127.0.0.1:${serving.port}`,
      PERENNIAL_TOKEN: world.token,
      PERENNIAL_STATE_DIR: folder,
    });
    const said = async (verb: Verb, ...words: string[]) => {
      const lines: string[] = [];
      const out = { line: (text: string) => void lines.push(text), document: () => undefined, json: () => undefined };
      await verb.run({ words, config, out, text: () => null, texts: () => [], isSet: () => false });
      return lines.join('\n');
    };
    const file = path.join(folder, 'definition.json');
    await writeFile(
      file,
      JSON.stringify(specOf({ source: { ...source, query: `select *, e'\\x1b[2J' as odd from paid` } })),
    );
    const tested = await said(sourceTestVerb, file);
    expect(tested).toContain('paid: Postgres (secret shop), 2,500 rows');
    expect(tested).toMatch(/^ {2}amount +number +number feature +1,000 +\d/m);
    expect(tested).toContain('The first 10 of 1,000 rows that were looked at');
    expect(tested).toMatch(/^ {2}1 +2026-01-01T00:00:01\.0000.+ 1 +bad +·\[2J$/m);
    expect(tested).toContain('Contract: 1000 rows: 999 accepted, 1 quarantined');
    expect(await said(sourceTestVerb, 'paid')).toContain('paid: Postgres (secret shop), 2,500 rows');
    expect(await said(sourceStatusVerb)).toMatch(
      /paid +Postgres \(secret shop\) +2,499 +more than 30 rows .*4 failures/,
    );
    const one = await said(sourceStatusVerb, 'paid');
    expect(one).toMatch(/^quarantined +1 of the last batch \(0\.2 %\)$/m);
    expect(one).toMatch(/^cursor +2026-01-01 00:41:40\+00 \/ 2500$/m);
    expect(one).toMatch(/^failures +4 in a row: The server is away\.$/m);
    expect(one).toMatch(/^new rows +last found \d{4}-\d\d-\d\d \S+$/m);
    expect(one).toMatch(/^alert +source-unreadable since .*: 4 times in a row: The server is away\.$/m);
  } finally {
    await serving.stop(1_000);
  }
});
