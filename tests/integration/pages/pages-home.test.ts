import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createToken } from '../../../src/access/create-token.ts';
import type { Role } from '../../../src/domain/record/closed-sets.ts';
import { createApi } from '../../../src/create-api.ts';
import type { Api } from '../../../src/control/app.ts';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import type { Command, CommandBus } from '../../../src/domain/record/messages.ts';
import { openReader } from '../../worlds/reader.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';
import { hostile, seedHome } from '../../worlds/home-world.ts';

let delivered: Command[] = [];
const bus: CommandBus = {
  deliver: async (command) => {
    delivered.push(command);
    return { accepted: true, text: `${command.kind} received` };
  },
  ensureModel: async () => undefined,
  uiUrl: (id) => `http://ui/${encodeURIComponent(id)}`,
  nudge: async () => true,
  steps: async () => [],
  reset: async () => undefined,
};
const silent = { info: () => undefined, error: () => undefined };
type Who = Role | 'team' | 'nothing';

let testDatabase: TestDatabase;
let database: Database;
let readDatabase: Database;
let api: Api;
const cookies: Partial<Record<Who, string>> = {};

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase(testDatabase.url);
  readDatabase = await openReader(testDatabase.url);
  api = createApi({ sourceRoots: [{ scope: '*', path: '/data' }], database, readDatabase, bus, log: silent });
  await seedHome(database);
  cookies.operator = await signedIn('operator', '*');
  cookies.viewer = await signedIn('viewer', '*');
  cookies.team = await signedIn('operator', 'payments.*');
  cookies.nothing = await signedIn('operator', 'nobody.*');
});

afterAll(async () => {
  await readDatabase.close();
  await database.close();
  await testDatabase.drop();
});

beforeEach(() => {
  delivered = [];
});

async function signedIn(role: Role, scope: string): Promise<string> {
  const { secret } = await createToken(database.db, { name: `${role} of ${scope}`, role, scope, expiresAt: null });
  const answer = await api.request('/sign-in', {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: secret }).toString(),
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (answer.status !== 303 || cookie === undefined) throw new Error(`could not sign in: ${answer.status}`);
  return cookie;
}

async function get(
  url: string,
  who: Who = 'operator',
): Promise<{ readonly status: number; readonly html: string; readonly text: string }> {
  const answer = await api.request(url, { headers: { cookie: cookies[who] ?? '' } });
  const html = await answer.text();
  return { status: answer.status, html, text: wordsOf(html) };
}

/** What a reader sees, in one line. */
function wordsOf(html: string): string {
  return html
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([.,:;)])/g, '$1');
}

async function read(url: string, who: Who = 'operator'): Promise<string> {
  const { status, html, text } = await get(url, who);
  expect(status, text).toBe(200);
  // The policy of the pages forbids both, and a name must never become markup.
  expect(html).not.toMatch(/ style="|<script>|onclick=/);
  return text;
}

/** Models in the order of their cards. */
async function cards(url: string, who: Who = 'operator'): Promise<readonly string[]> {
  const { html } = await get(url, who);
  return [...html.matchAll(/aria-labelledby="card-([^"]+)"/g)].map((match) => match[1] ?? '');
}

/** What the flash cookie says: a kind and a sentence. */
const noticeSchema = z.tuple([z.string(), z.string()]);

async function post(
  url: string,
  form: Record<string, string>,
  who: Who = 'operator',
): Promise<{ readonly status: number; readonly to: string; readonly notice: string }> {
  const { html } = await get('/', who);
  const csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
  const answer = await api.request(url, {
    method: 'POST',
    headers: {
      cookie: cookies[who] ?? '',
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
      host: 'localhost',
    },
    body: new URLSearchParams({ csrf, ...form }).toString(),
  });
  const sealed = answer.headers.getSetCookie().flatMap((cookie) => /perennial-notice=([^.;]+)/.exec(cookie)?.[1] ?? []);
  return {
    status: answer.status,
    to: answer.headers.get('location') ?? '',
    notice:
      sealed[0] === undefined
        ? ''
        : noticeSchema.parse(JSON.parse(Buffer.from(sealed[0], 'base64url').toString('utf8')))[1],
  };
}

describe('the first page', () => {
  test('puts first what waits for a person, then what hurts, and says why', async () => {
    expect((await cards('/')).slice(0, 3)).toEqual(['payments.fraud', 'new', 'bulk-00']);
    const text = await read('/');
    expect(text).toContain('63 models, 2 need attention');
    expect(text).toContain('The rollout of v3 waits for a person');
    expect(text).toContain('1 critical alert open');
    expect(text).toContain('no champion yet');
    expect(text).toContain('champion v2 75 %');
    expect(text).toContain('challenger v3 25 %');
    expect(text).toContain('log loss 0.14 mean of windows 1–2, 50 % labelled (1,000 of 2,000 rows)');
    expect(text).toContain('Largest drift per window, 1 to 2; limit 0.1');
  });

  test('finds, filters, sorts and pages', async () => {
    expect(await cards('/?q=BOOKS')).toEqual(['shop.returns']);
    expect(await cards('/?tag=money')).toEqual(['payments.fraud']);
    expect(await cards('/?show=attention')).toEqual(['payments.fraud', 'new']);
    expect((await cards('/?sort=traffic'))[0]).toBe('shop.returns');
    expect((await cards('/?sort=name'))[0]).toBe('bulk-00');
    expect(await cards('/')).toHaveLength(50);
    expect(await cards('/?page=2')).toHaveLength(13);
    expect(await cards('/?page=99')).toHaveLength(13);
    expect(await read('/?q=absent')).toContain('No model matches.');
  });

  test('shows what the scope covers and nothing else', async () => {
    expect(await cards('/', 'team')).toEqual(['payments.fraud']);
    const empty = await read('/', 'nothing');
    expect(empty).toContain('No model that “nobody.*” covers yet');
    expect(empty).toContain('npx perennial apply');
  });

  test('asks the database as often for fifty models as for one', async () => {
    const asked = async (url: string): Promise<number> => {
      let count = 0;
      const onAcquire = (): void => void count++;
      database.pool.on('acquire', onAcquire);
      await read(url);
      database.pool.off('acquire', onAcquire);
      return count;
    };
    expect(await asked('/')).toBe(await asked('/?q=payments.fraud'));
  });
});

describe('the page of a model', () => {
  test('says who is champion and why, what goes on, and what it brought', async () => {
    const text = await read('/models/payments.fraud');
    expect(text).toContain('Now: roll out. The rollout of v3 waits for a person to approve or abort');
    expect(text).toContain('Why v2? Log loss is 0.2 better. (rollout) what it rests on · evidence');
    expect(text).toContain('+300 EUR between +202 EUR and +398 EUR (95 %)');
    expect(text).toContain('compared on 900 rows; 50 % labelled (1,000 of 2,000 rows)');
    expect(text).toContain('hollow: labels still coming in');
    expect(text).toContain('estimated, without labels');
    expect(text).toContain('amount: distance 0.3, moved');
    expect(text).toContain('Drift in 1 of 2 distributions');
  });

  test('folds what was declined for one cause, and spells out what was decided', async () => {
    const text = await read('/models/payments.fraud');
    expect(text).toContain('not retrained: cooldown 3 decisions, windows 3–5');
    expect(text).toContain('retrained window 2');
    expect(text).toContain('retrains because drift in window 2 (amount)');
  });

  test('answers who was champion at an instant', async () => {
    expect(await read('/models/payments.fraud?at=2026-05-02T00:00')).toContain('v1 was champion');
    expect(await read('/models/payments.fraud?at=2026-04-01T00:00')).toContain('nobody was champion');
    const bad = await get('/models/payments.fraud?at=yesterday');
    expect(bad.status).toBe(400);
    expect(bad.text).toContain('"yesterday" is no date and time.');
  });

  test('pages through windows', async () => {
    expect(await read('/models/payments.fraud?windows=2')).toContain('windows 1–1 of 2');
  });

  test('is the same for a model with nothing yet: every part says what to do next', async () => {
    const text = await read('/models/new');
    for (const words of [
      'No version answers yet.',
      'declares no value',
      'No window has been measured yet',
      'No window has closed yet',
      'No decision yet',
      'Nobody has been champion yet',
    ])
      expect(text).toContain(words);
  });

  test('lists what exists instead of one that does not, and nothing outside the scope', async () => {
    expect(await get('/models/absent')).toMatchObject({
      status: 404,
      text: expect.stringContaining('There is no model "absent"'),
    });
    const foreign = await get('/models/new', 'team');
    expect(foreign.status).toBe(403);
    expect(foreign.text).toContain('covers models named "payments.*"');
  });

  test('lets no word of a person become markup', async () => {
    const { html } = await get('/models/payments.fraud');
    expect(html).not.toContain(hostile);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });
});

describe('stepping in', () => {
  test('delivers what was asked for with its reason, and says that it did', async () => {
    const done = await post('/models/payments.fraud/abort', { reason: 'wrong on cards of one bank', rollout: '3/1' });
    expect(done).toMatchObject({ status: 303, to: '/models/payments.fraud#now' });
    expect(done.notice).toContain('abort received');
    expect(delivered).toEqual([
      expect.objectContaining({
        kind: 'abort',
        model: 'payments.fraud',
        message: expect.objectContaining({ reason: 'wrong on cards of one bank', actor: 'operator of *' }),
      }),
    ]);
  });

  test.each([
    [
      'about a rollout that is not the one under way',
      'approve',
      { reason: 'because', rollout: '2/1' },
      'Nothing was done: the rollout under way is now that of v3.',
    ],
    ['without a reason', 'abort', { reason: '  ' }, 'A reason of at least three characters is needed.'],
    ['to promote nothing', 'promote', { reason: 'because' }, 'No version was chosen.'],
    ['to roll back to a word', 'rollback', { reason: 'because', version: 'x' }, '"x" is no number.'],
  ])('%s, nothing happens', async (_, verb, form, said) => {
    expect((await post(`/models/payments.fraud/${verb}`, form)).notice).toContain(said);
    expect(delivered).toEqual([]);
  });

  test('is shut for a viewer and outside the scope, on the page and behind it', async () => {
    expect(await read('/models/payments.fraud', 'viewer')).toContain(
      'has the role viewer; this needs operator or admin',
    );
    expect(
      (await post('/models/payments.fraud/abort', { reason: 'because', rollout: '3/1' }, 'viewer')).notice,
    ).toContain('has the role viewer');
    expect((await post('/models/new/pause', { reason: 'because' }, 'team')).notice).toContain(
      'covers models named "payments.*"',
    );
    expect((await post('/all-models/freeze', { reason: 'because' }, 'team')).notice).toContain(
      'this needs a token for all models',
    );
    expect(delivered).toEqual([]);
  });

  test('a freeze is on every page while it lasts, for who may see the model', async () => {
    await post('/models/payments.fraud/freeze', { reason: 'an incident in the mail system' });
    for (const url of ['/', '/alerts', '/models/new'])
      expect(await read(url)).toContain('Frozen: payments.fraud by operator of *');
    expect(await read('/', 'nothing')).not.toContain('Frozen:');
    expect(await cards('/?show=frozen')).toEqual(['payments.fraud']);
    await post('/models/payments.fraud/thaw', { reason: 'it is over' });
    expect(await read('/')).not.toContain('Frozen:');
  });

  test('notes are written and taken back', async () => {
    await post('/models/new/annotations', { kind: 'note', text: 'ask the warehouse first' });
    const { html, text } = await get('/models/new');
    expect(text).toContain('ask the warehouse first');
    const id = /name="annotation" value="(\d+)"/.exec(html)?.[1] ?? '';
    await post('/models/new/annotations/remove', { annotation: id });
    expect(await read('/models/new')).not.toContain('ask the warehouse first');
  });
});

describe('alerts', () => {
  test('the worst first, each with the way to its cause', async () => {
    const { html, text } = await get('/alerts');
    expect(text.indexOf('quality has decayed')).toBeLessThan(text.indexOf('amount drifted in window 2'));
    expect(html).toContain('href="/models/payments.fraud?windows=3&amp;window=2#drift"');
    expect(await read('/alerts?severity=warning')).not.toContain('quality has decayed');
    expect(await read('/alerts?model=shop.returns')).toContain('No open alert with these filters.');
    expect(await read('/alerts', 'nothing')).toContain('No open alert.');
  });

  test('one is closed with a reason, and is found among the closed', async () => {
    const { html } = await get('/alerts?severity=warning');
    const id = /id="alert-(\d+)"/.exec(html)?.[1] ?? '';
    expect((await post(`/alerts/${id}/close`, { reason: 'seen to by the bank' }, 'viewer')).notice).toContain('viewer');
    await post(`/alerts/${id}/close`, { reason: 'seen to by the bank' });
    expect(await read('/alerts?state=closed')).toContain('by operator of *: seen to by the bank');
    expect(await read('/alerts')).not.toContain('amount drifted');
  });
});

test('style sheet and script are pinned by their address, and may be kept for ever only there', async () => {
  const { html } = await get('/');
  for (const name of ['css', 'js', 'svg']) {
    const href = new RegExp(`"(/assets/perennial\\.${name}\\?v=[0-9a-f]{12})"`).exec(html)?.[1] ?? '';
    const pinned = await api.request(href);
    expect(pinned.status).toBe(200);
    expect(pinned.headers.get('cache-control')).toContain('immutable');
    expect((await api.request(`/assets/perennial.${name}`)).headers.get('cache-control')).toBe('no-cache');
  }
});
