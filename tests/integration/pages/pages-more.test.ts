import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createToken } from '../../../src/access/create-token.ts';
import type { Role } from '../../../src/domain/record/closed-sets.ts';
import { createApi } from '../../../src/create-api.ts';
import type { Api } from '../../../src/control/app.ts';
import { createArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { createDatabase, withTransaction, type Database } from '../../../src/db/base/connect.ts';
import { moveTag } from '../../../src/db/tags/tags.ts';
import type { Command, CommandBus } from '../../../src/domain/record/messages.ts';
import { openReader } from '../../worlds/reader.ts';
import { pageReaders, wordsOf } from '../../worlds/page-readers.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';
import { history, seedPages } from '../../worlds/pages-world.ts';
import { testEntities } from '../../worlds/entity-names.ts';

const delivered: Command[] = [];
const resets: string[] = [];
let temporal: 'answers' | 'hangs' = 'answers';
const bus: CommandBus = {
  deliver: async (command) => {
    delivered.push(command);
    return { accepted: true, text: `${command.kind} received` };
  },
  ensureModel: async () => undefined,
  uiUrl: (id) => `http://ui/${encodeURIComponent(id)}`,
  nudge: async () => true,
  steps: () =>
    temporal === 'hangs'
      ? new Promise(() => undefined)
      : Promise.resolve([{ eventId: 5, name: 'fitModel: fit', at: '2026-05-01T00:00:00.000Z' }]),
  reset: async (command) => void resets.push(`${command.runId} ${command.beforeEventId}`),
};
const silent = { info: () => undefined, error: () => undefined };

let testDatabase: TestDatabase;
let database: Database;
let readDatabase: Database;
let api: Api;
let folder: string;
const { signIn, cookieOf, get, read, post } = pageReaders<Role | 'elsewhere'>(
  () => api,
  () => database,
  'operator',
);

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase(testDatabase.url);
  readDatabase = await openReader(testDatabase.url);
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-pages-'));
  const store = createArtifactStore(path.join(folder, 'artifacts'));
  api = createApi({
    sourceRoots: [{ scope: '*', path: '/data' }],
    database,
    readDatabase,
    bus,
    log: silent,
    store,
    entities: testEntities,
  });
  await seedPages({ database, store, folder });
  await signIn('admin', 'admin', '*');
  await signIn('operator', 'operator', '*');
  await signIn('viewer', 'viewer', '*');
  await signIn('elsewhere', 'operator', 'other.*');
});

afterAll(async () => {
  await readDatabase.close();
  await database.close();
  await testDatabase.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('version', () => {
  test('says how good it is and how sure, what the gate said, and where it comes from', async () => {
    const page = await read('/models/fraud/versions/2');
    expect(page).toContain('On 500 rows of test data, all labelled');
    expect(page).toContain('AUROC higher is better 0.91 0.88 to 0.94');
    expect(page).toContain('5.5 EUR per row');
    expect(page).toContain('met AUROC is 0.91 on 500 test rows and at least 0.8 is asked: met.');
    expect(page).toContain('shop = corner');
    expect(page).toContain('amount 75 %');
    expect(page).toContain('How it was chosen The model does not read No, which may only tell how late a row is');
    expect(page).toContain('Revision 1');
    expect(page).toContain('train/fraud/2');
    expect(await read('/models/fraud/versions/3')).toContain('~ rollout.alpha: 0.05 -> 0.01');
    expect(page).toContain('0 to 900');
    expect(page).toContain('Followed by v1');
    expect(page).toContain('Corrected anew: the loss is lower.');
  });

  test('a version that does not exist names those that do', async () => {
    const { status, text } = await get('/models/fraud/versions/99');
    expect(status).toBe(404);
    expect(wordsOf(text)).toContain('has no version 99; it has v4, v3, v2');
    expect((await get('/models/fraud/versions/1e9')).status).toBe(404);
  });

  test('the card is Markdown with the same facts', async () => {
    const { text, headers } = await get('/models/fraud/versions/2/card.md', 'viewer');
    expect(headers.get('content-type')).toContain('text/markdown');
    expect(text).toContain('- **How it was chosen:** The model does not read No');
    expect(text).toContain('# Model card: fraud, version 2');
    expect(text).toContain('| AUROC | 0.91 | 0.88 to 0.94 |');
  });

  test('the card is a page of its own that may load nothing', async () => {
    const { text, headers } = await get('/models/fraud/versions/2/card.html', 'viewer');
    expect(headers.get('content-type')).toContain('text/html');
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'unsafe-inline';/);
    expect(text).toContain('<td>AUROC</td><td>0.91</td><td>0.88 to 0.94</td>');
    expect((await get('/models/fraud/versions/2/card.html', 'elsewhere')).status).toBe(403);
  });

  test('its file is for operators, and comes by the digest of the row', async () => {
    const { status, text, headers } = await get('/models/fraud/versions/2/model.onnx');
    expect({ status, text, size: headers.get('content-length') }).toEqual({
      status: 200,
      text: 'an ONNX file',
      size: '12',
    });
    expect((await get('/models/fraud/versions/2/model.onnx', 'viewer')).status).toBe(403);
    expect((await get('/models/fraud/versions/2/model.onnx', 'elsewhere')).status).toBe(403);
  });

  test('what people write about it is text, whatever it holds', async () => {
    const done = await post('/models/fraud/versions/2/annotate', {
      kind: 'note',
      text: '<img src=x onerror=alert(1)>',
    });
    expect(done).toMatchObject({ status: 303, location: '/models/fraud/versions/2#annotations' });
    const { text } = await get('/models/fraud/versions/2');
    expect(text).not.toContain('<img src=x');
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect((await post('/models/fraud/versions/2/annotate', { kind: 'note', text: 'no' }, 'viewer')).notice).toContain(
      'needs operator or admin',
    );
  });

  test('outside the scope nothing is told', async () => {
    expect((await get('/models/fraud/versions/2', 'elsewhere')).status).toBe(403);
  });
});

describe('snapshot', () => {
  test('shows contract, histograms and descendants', async () => {
    const page = await read(`/snapshots/${history}`, 'viewer');
    expect(page).toContain('1,000 rows accepted, 3 set aside');
    expect(page).toContain('1,006 lines: 1 header, 1,002 rows, 1 that could not be read, 2 blank');
    expect(page).toContain('The table begins on line 3.');
    expect(page).toContain('amount.max');
    expect(page).toContain('at most 900');
    expect(page).toContain('v2');
    expect(page).toContain('They may be personal: operators and admins may read them.');
  });

  test('the rows that were set aside are for operators', async () => {
    expect(await read(`/snapshots/${history}?rows=1`)).toContain('7 amount.max a,b,"c"');
    expect((await get(`/snapshots/${history}?rows=1`, 'viewer')).status).toBe(403);
  });

  test('one that is named is published, followed and withdrawn from its page, by who may', async () => {
    const { rows } = await database.pool.query<{ model: string }>('select model from snapshot where digest = $1', [
      history,
    ]);
    const model = rows[0]?.model ?? '';
    const page = `/snapshots/${history}`;
    expect(await read(page)).not.toContain('Publication');
    await withTransaction(database, (tx) =>
      moveTag(tx, { model, tag: 'clean', actor: 'ana', reason: 'signs are mended' }, history),
    );
    expect(await read(page, 'viewer')).toContain('Publish clean: not now');
    const form = { tag: 'clean', readers: '', subscribers: 'other.*', reason: 'for the shop' };
    expect((await post(`${page}/publish`, form, 'viewer')).notice).toContain('this needs operator');
    expect((await post(`${page}/publish`, { ...form, readers: 'No Model' })).notice).toContain('is no list of models');
    const { notice, location } = await post(`${page}/publish`, form);
    expect(notice).toContain('is published as edition 1: other.* may read it');
    expect(location).toBe(page);
    expect(await read(page)).toContain('edition 1: read by other.*, followed by other.*');
    // The right is that of the model which follows.
    const follow = { tag: 'clean', follower: model, reason: 'same cards' };
    expect((await post(`${page}/subscribe`, follow)).notice).toContain('Nothing is offered to');
    expect((await post(`${page}/publish`, { ...form, subscribers: '*' })).notice).toContain('with other rights');
    expect((await post(`${page}/subscribe`, follow)).notice).toContain('It trains again when');
    expect((await post(`${page}/unsubscribe`, follow)).notice).toContain('It trains no more for');
    const withdrawn = await post(`${page}/unpublish`, { tag: 'clean', reason: 'labels were wrong' });
    expect(withdrawn.notice).toContain('is withdrawn: nobody outside reads it');
    expect(await read(page)).toContain('It is offered to no other model.');
  });

  test('a digest outside the scope, or that is none, does not exist', async () => {
    expect((await get(`/snapshots/${history}`, 'elsewhere')).status).toBe(404);
    expect((await get(`/snapshots/${'f'.repeat(64)}`)).status).toBe(404);
    expect((await get('/snapshots/..%2f..%2fetc%2fpasswd')).status).toBe(404);
  });
});

describe('contract', () => {
  test('shows columns, rules in words, and those that rows broke lately first', async () => {
    const page = await read('/models/fraud/contract', 'viewer');
    expect(page).toContain('Contract of fraud');
    expect(page).toContain('amount number a feature');
    expect(page).toContain('amount.max at most 900 the row is set aside 3');
    expect(page).toMatch(/amount\.type amount is a finite number the row is set aside 0 never/);
    expect(page.indexOf('amount.max')).toBeLessThan(page.indexOf('amount.type'));
    expect(page).toContain('perennial contract export fraud');
    const { text } = await get('/models/fraud/contract');
    expect(text).toContain(`href="/snapshots/${history}"`);
  });

  test('is for who may read the model', async () => {
    expect((await get('/models/fraud/contract', 'elsewhere')).status).toBe(403);
    expect((await get('/models/none/contract')).status).toBe(404);
  });
});

describe('logged predictions', () => {
  const page = '/models/fraud/predictions';

  test('are asked for by id or by entity, of one model, by those who may command it', async () => {
    expect(await read(page)).toContain('Give the id of a prediction');
    expect(await read(`${page}?id=nobody`)).toContain('Nothing is logged under it.');
    expect(await read(`${page}?entity=nobody`)).toContain('Nothing is logged under it.');
    expect((await get(`${page}?id=a&entity=b`)).status).toBe(400);
    expect((await get(`${page}?id=nobody`, 'viewer')).status).toBe(403);
    expect((await get(`${page}?id=nobody`, 'elsewhere')).status).toBe(403);
  });
});

describe('rollout', () => {
  test('one that went wrong says in words what the challenger did', async () => {
    const page = await read('/models/fraud/rollouts/3/1', 'viewer');
    expect(page).toContain(
      'v2 was champion and v3 was to take its place: first in shadow, where nobody sees its answers, then for 10 % ' +
        'and 50 % of those who ask.',
    );
    expect(page).toContain('12 entities met a first failure with v3 and 9 with the champion');
    expect(page).toContain(
      'If both were equally good, about 10 % of all first failures would fall to v3; it was 57.1 %.',
    );
    expect(page).toContain("The failures of v3 were 11 wrong and 1 without an answer; the champion's were 9 wrong.");
    expect(page).toContain('Where v3 was wrong, it said "genuine" and the truth was "fraud" in 11 of 11 cases.');
    expect(page).toContain('It was taken out and v2 went on as champion.');
    expect(page).toContain('at most 1 % of all rollouts');
    expect(page).toContain('stopped here');
  });

  test('one that is held says who may decide and until when; only they see the forms', async () => {
    const page = await read('/models/fraud/rollouts/4/1');
    expect(page).toContain('It waits for a person.');
    expect(page).toContain('a token of the role operator or admin whose scope covers fraud');
    expect(page).toContain('it is rolled back and the slot is free');
    expect((await get('/models/fraud/rollouts/4/1')).text).toContain('action="/models/fraud/rollouts/4/1/approve"');
    expect((await get('/models/fraud/rollouts/4/1', 'viewer')).text).not.toContain(
      'action="/models/fraud/rollouts/4/1/approve"',
    );
  });

  test('where its plan names who may approve, it says who, and offers it to them alone', async () => {
    const set = (change: string) =>
      database.pool.query(`update spec_revision set spec = ${change} where model = 'fraud'`);
    await set(
      `jsonb_set(spec, '{rollout,approval}',
        '{"people":1,"fourEyes":false,"atDeadline":"stay","by":["ann","admin of *"]}')`,
    );
    try {
      const page = await read('/models/fraud/rollouts/4/1');
      expect(page).toContain('You may abort. Only ann or admin of *, or to whom they have handed it, may approve.');
      expect(page).toContain('one person of ann and admin of *; unanswered, it stays held');
      expect(page).toContain('1 more person must approve; ann or admin of * may');
      expect(page).toContain('"operator of *" may not approve "fraud": its definition names ann or admin of *.');
      const form = 'action="/models/fraud/rollouts/4/1/approve"';
      expect((await get('/models/fraud/rollouts/4/1')).text).not.toContain(form);
      expect((await get('/models/fraud/rollouts/4/1', 'admin')).text).toContain(form);
      const said = { key: crypto.randomUUID(), reason: 'seen the pairs' };
      expect(await post('/models/fraud/rollouts/4/1/approve', said)).toMatchObject({
        notice: expect.stringContaining('its definition names ann or admin of *'),
      });
      expect(await read('/models/fraud')).toContain('"operator of *" may not approve "fraud": its definition names');
      expect((await get('/models/fraud')).text).not.toContain('action="/models/fraud/approve"');
      expect((await get('/models/fraud', 'admin')).text).toContain('action="/models/fraud/approve"');
    } finally {
      await set(`spec #- '{rollout,approval}'`);
    }
  });

  test('who is named hands the right to approve on, and takes it back', async () => {
    const set = (change: string) =>
      database.pool.query(`update spec_revision set spec = ${change} where model = 'fraud'`);
    await createToken(database.db, { name: 'eve', role: 'operator', scope: '*', expiresAt: null });
    expect((await get('/models/fraud', 'admin')).text).not.toContain('approval/delegate');
    await set(
      `jsonb_set(spec, '{rollout,approval}',
        '{"people":1,"fourEyes":false,"atDeadline":"stay","by":["ann","admin of *"]}')`,
    );
    try {
      const to = '/models/fraud/approval/delegate';
      const hand = (form: Record<string, string>, as: Role = 'admin') =>
        post(to, { key: crypto.randomUUID(), reason: 'away', to: 'eve', days: '7', ...form }, as);
      expect((await get('/models/fraud')).text).not.toContain(`action="${to}"`);
      expect((await get('/models/fraud', 'admin')).text).toContain(`action="${to}"`);
      expect((await hand({ to: 'no/name' })).notice).toContain('must be 1 to 64 letters');
      expect((await hand({ days: '31' })).notice).toContain('for 30 days at most');
      expect((await hand({ days: 'x' })).notice).toContain('is no number.');
      expect((await hand({}, 'operator')).notice).toContain('may not approve');
      expect((await hand({})).notice).toMatch(/eve may approve in place of admin of \* until \d{4}-/);
      expect(await read('/models/fraud', 'admin')).toMatch(/eve for admin of \*, until \d{4}-/);
      const back = (delegation: string) =>
        post('/models/fraud/approval/revoke', { key: crypto.randomUUID(), reason: 'back', delegation }, 'admin');
      expect((await back('')).notice).toContain('None was chosen.');
      expect((await get('/models/fraud', 'admin')).text).toContain('value="/eve"');
      expect((await back('/eve')).notice).toContain('eve approves no longer in place of admin of *');
      expect(await read('/models/fraud', 'admin')).toContain('Nothing is handed on.');
    } finally {
      await set(`spec #- '{rollout,approval}'`);
    }
  });

  test('approve goes to the rollout of this page, once, and never for one that is over', async () => {
    delivered.length = 0;
    expect(await post('/models/fraud/rollouts/3/1/approve', { reason: 'looks good' })).toMatchObject({
      status: 303,
      notice: expect.stringContaining('nothing was done'),
    });
    expect(await post('/models/fraud/rollouts/4/1/approve', { reason: '' })).toMatchObject({
      notice: expect.stringContaining('A reason of at least three characters is needed.'),
    });
    expect(delivered).toEqual([]);
    const key = crypto.randomUUID();
    expect(await post('/models/fraud/rollouts/4/1/approve', { key, reason: 'seen the pairs' })).toMatchObject({
      status: 303,
      location: '/models/fraud/rollouts/4/1',
      notice: expect.stringContaining('approve received'),
    });
    await post('/models/fraud/rollouts/4/1/approve', { key, reason: 'seen the pairs' });
    expect(delivered).toMatchObject([
      {
        kind: 'approve',
        model: 'fraud',
        rollout: { version: 4, attempt: 1 },
        message: { commandId: key, reason: 'seen the pairs' },
      },
    ]);
    expect(await post('/models/fraud/rollouts/4/1/abort', { reason: 'no' }, 'viewer')).toMatchObject({
      notice: expect.stringContaining('this needs operator or admin'),
    });
  });

  test('the list begins with what waits for a person', async () => {
    const page = await read('/rollouts', 'viewer');
    expect(page).toContain('1 waits for a person');
    expect(page.indexOf('fraud v4')).toBeLessThan(page.indexOf('fraud v3'));
    expect(await read('/rollouts', 'elsewhere')).not.toContain('fraud');
  });
});

describe('runs', () => {
  test('are listed by page, filtered, and only those of the scope', async () => {
    const first = await get('/runs?model=many', 'viewer');
    const next = /href="(\/runs\?[^"]*cursor=[^"]*)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await get(next, 'viewer');
    const ids = (text: string) => [...text.matchAll(/href="\/runs\/view\?id=([^"]+)"/g)].map((match) => match[1]);
    expect(ids(first.text)).toHaveLength(50);
    expect(ids(second.text)).toHaveLength(10);
    expect(new Set([...ids(first.text), ...ids(second.text)]).size).toBe(60);
    expect(await read('/runs?kind=train&status=failed', 'viewer')).toContain('train/fraud/9');
    expect(await read('/runs?kind=guard', 'viewer')).toContain('No run is like this');
    expect(await read('/runs', 'elsewhere')).not.toContain('fraud');
    expect((await get('/runs?since=yesterday')).status).toBe(400);
  });

  test('one has its steps, and is shown without them when Temporal does not answer', async () => {
    expect(await read('/runs/view?id=train/fraud/2')).toContain('fitModel: fit');
    temporal = 'hangs';
    try {
      const page = await read('/runs/view?id=train/fraud/2');
      expect(page).toContain('Temporal did not answer within two seconds');
      expect(page).toContain('It made v2');
    } finally {
      temporal = 'answers';
    }
    expect((await get('/runs/view?id=train/fraud/2', 'elsewhere')).status).toBe(404);
    expect((await get('/runs/view?id=train/none/1')).status).toBe(404);
  });

  test('one that failed runs again from a step, with a reason', async () => {
    resets.length = 0;
    expect(await post('/runs/reset?id=train/fraud/9', { before: '5', reason: 'the disk was full' })).toMatchObject({
      status: 303,
      location: '/runs/view?id=train%2Ffraud%2F9',
    });
    expect(resets).toEqual(['train/fraud/9 5']);
    expect(await post('/runs/reset?id=train/fraud/2', { before: '5', reason: 'again' })).toMatchObject({
      notice: expect.stringContaining('its version stands'),
    });
  });

  test('two stand side by side: data, definition, code, quality, what moved', async () => {
    const page = await read('/runs/compare?a=train/fraud/2&b=train/fraud/3', 'viewer');
    expect(page).toMatch(/trainer\.treesMax \d+ 77/);
    expect(page).toContain('~ rollout.alpha: 0.05 -> 0.01');
    expect(page).toContain('amount mean 27.8 %');
    expect(page).toContain('AUROC 0.91 (0.88 to 0.94) 0.7');
    expect(page).toContain('aaaa0000, Node 20');
    expect((await get('/runs/compare?a=train/fraud/2&b=train/many/1', 'elsewhere')).status).toBe(404);
    expect((await get('/runs/compare?a=train/fraud/2')).status).toBe(400);
  });
});

describe('audit', () => {
  test('tells who did what and why, with links to run, evidence and rollout', async () => {
    const { text } = await get('/audit?model=fraud', 'viewer');
    expect(wordsOf(text)).toContain('rollout.rolled-back');
    expect(text).toContain('href="/models/fraud/rollouts/3/1"');
    expect(await read('/audit?type=perennial.rollout.&actor=rollout', 'viewer')).toContain('it did harm');
    expect(await read('/audit?type=perennial.gate.passed', 'viewer')).toContain('No row is like this');
  });

  test('rows of no model are for those who see all models', async () => {
    expect(await read('/audit?type=perennial.session.', 'viewer')).toContain('session.opened');
    expect(await read('/audit?type=perennial.session.', 'elsewhere')).toContain('No row is like this');
  });

  test('who was champion on a day, and on what evidence', async () => {
    expect(await read('/audit?champion=fraud&at=2026-05-03T14:03', 'viewer')).toContain('was v2, since');
    expect(await read('/audit?champion=fraud&at=2026-01-01', 'viewer')).toContain('had no champion');
    expect((await get('/audit?champion=fraud', 'elsewhere')).status).toBe(403);
  });

  test('an admin checks the chain; nobody else may', async () => {
    expect(await read('/audit?verify=1', 'admin')).toMatch(/whole \d+ rows checked/);
    expect((await get('/audit?verify=1', 'viewer')).status).toBe(403);
  });

  test('an export neutralises formulas and keeps to the filter and the scope', async () => {
    const { text, headers } = await get('/audit/export?format=csv&model=fraud', 'viewer');
    expect(headers.get('content-type')).toContain('text/csv');
    const lines = text.trim().split('\r\n');
    expect(lines[0]).toMatch(/^seq,at,type/);
    expect(text).toContain(`"'=HYPERLINK(""http://evil"")"`);
    const parsed = (await get('/audit/export?format=ndjson&model=fraud', 'viewer')).text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { model: string; seq: number });
    expect(parsed.every((row) => row.model === 'fraud')).toBe(true);
    expect(parsed).toHaveLength(lines.length - 1);
    expect((await get('/audit/export?format=ndjson', 'elsewhere')).text).not.toContain('fraud');
  });

  test('evidence of another team does not exist', async () => {
    const { text } = await get('/models/fraud/versions/2');
    const id = /\/audit\/evidence\?id=(\d+)/.exec(text)?.[1] ?? '0';
    expect(await read(`/audit/evidence?id=${id}`, 'viewer')).toContain('the gate of a version');
    expect((await get(`/audit/evidence?id=${id}`, 'elsewhere')).status).toBe(404);
    expect((await get('/audit/evidence?id=0x10')).status).toBe(404);
  });
});

describe('portfolio', () => {
  test('adds money by currency, compares with never renewing, and names who has declared nothing', async () => {
    const page = await read('/portfolio?days=3650', 'viewer');
    expect(page).toContain('1 model in EUR');
    expect(page).toContain('+200 EUR against never having renewed');
    expect(page).toContain('paid off');
    expect(page).toContain('1 model without a value');
    expect(page).toContain('many');
    expect(await read('/portfolio', 'elsewhere')).not.toContain('fraud');
    expect((await get('/portfolio?days=0')).status).toBe(400);
  });

  test('shows what the platform cost where somebody said what an hour costs', async () => {
    expect(await read('/portfolio')).toContain('say what an hour costs');
    const costs = { currency: 'EUR', perTrainingHour: 2, perServingHour: 1 };
    const priced = createApi({ database, readDatabase, bus, log: silent, costs });
    const answer = await priced.request('/portfolio', { headers: { cookie: cookieOf('operator') } });
    expect(wordsOf(await answer.text())).toContain('It is not taken off the values');
  });

  test('is exported as CSV with empty cells for what is not known', async () => {
    const { text } = await get('/portfolio/export?days=3650', 'viewer');
    const [head = '', ...lines] = text.trim().split('\r\n');
    const names = head.split(',');
    const fraud = lines.find((line) => line.includes(',fraud,'))?.split(',') ?? [];
    expect(fraud[names.indexOf('againstNeverRetrained')]).toBe('200');
    const many = lines.find((line) => line.includes(',many,'))?.split(',') ?? [];
    expect(many[names.indexOf('value')]).toBe('');
  });
});
