import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { csrfOf } from '../../../src/access/browser-session.ts';
import { createToken, type CreatedToken } from '../../../src/access/create-token.ts';
import { hashSecret } from '../../../src/access/secret.ts';
import { createTokenSource } from '../../../src/access/token-source.ts';
import { createApi } from '../../../src/create-api.ts';
import type { Api } from '../../../src/control/app.ts';
import type { ApiEnvironment } from '../../../src/control/environment.ts';
import { serveApi } from '../../../src/control/serve.ts';
import { listAudit } from '../../../src/db/audit/audit-rows.ts';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import { findTokenById } from '../../../src/db/people/tokens.ts';
import { PerennialError } from '../../../src/domain/words/errors.ts';
import { text } from '../../../src/ui/form/fields.ts';
import { action } from '../../../src/ui/frame/action.ts';
import { noticeOf } from '../../../src/ui/frame/page-call.ts';
import { page } from '../../../src/ui/frame/page.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';
import { silentBus } from '../../worlds/silent-bus.ts';

let place: TestDatabase;
let database: Database;
let api: Api;
let viewer: CreatedToken;
let admin: CreatedToken;
/** What the action below throws, once. */
let refusal: Error | null = null;

const silent = { info: () => undefined, error: () => undefined };
const origin = 'http://localhost';

function apiWith(more: { controlUrl?: string; failuresPerMinute?: number } = {}): Api {
  return createApi({ database, bus: silentBus(), log: silent, ...more });
}

beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { asApp: true });
  viewer = await createToken(database.db, { name: 'mia', role: 'viewer', scope: '*', expiresAt: null });
  admin = await createToken(database.db, { name: 'boss', role: 'admin', scope: '*', expiresAt: null });
});
afterAll(async () => {
  await database.close();
  await place.drop();
});
beforeEach(() => {
  refusal = null;
  api = apiWith();
});

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const formHeaders = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };

async function post(
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
  to: Api = api,
): Promise<Response> {
  return to.request(path, { method: 'POST', headers: { ...formHeaders, ...headers }, body: form(fields) });
}

async function signIn(token: string): Promise<string> {
  const response = await post('/sign-in', { token });
  expect(response.status).toBe(303);
  return cookieOf(response, 'perennial-session');
}

function cookieOf(response: Response, name: string): string {
  const found = response.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith(`${name}=`) || cookie.startsWith(`__Host-${name}=`));
  if (found === undefined) expect.fail(`no cookie ${name} in ${response.headers.getSetCookie().join(' | ')}`);
  return found.split(';')[0] ?? '';
}

describe('signing in', () => {
  test('the form is reached without a session, holds no script, and says what it needs', async () => {
    const response = await api.request('/sign-in?next=/models/fraud');
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('<label for="token">');
    expect(html).toMatch(/<input[^>]*name="token"[^>]*autocomplete="off"/);
    expect(html).toContain('aria-describedby="token-help"');
    expect(html).toContain('name="next" value="/models/fraud"');
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style| style=| on\w+=/);
  });

  test('a token opens a session whose cookie no script can read and no other site can send', async () => {
    const response = await post('/sign-in', { token: viewer.secret, next: '/models/fraud' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/models/fraud']);
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^perennial-session=prs_[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const [row, ...more] = (await database.pool.query<{ secret_hash: string }>('select * from session')).rows;
    expect(more).toEqual([]);
    const secret = /prs_[\w-]{43}/.exec(cookie)?.[0] ?? '';
    expect(row?.secret_hash).toBe(hashSecret(secret));
    expect(JSON.stringify(row)).not.toContain(secret);
    const [opened] = await listAudit(database.db, {
      model: null,
      type: 'perennial.session.opened',
      before: null,
      limit: 1,
      withGlobal: true,
    });
    expect(opened).toMatchObject({ actor: 'mia', tokenId: viewer.tokenId });
  });

  test('over https the cookie is for https and this host alone', async () => {
    for (const [secure, headers] of [
      [apiWith({ controlUrl: 'https://ml.example' }), {}],
      [api, { 'x-forwarded-proto': 'https' }],
    ] as const) {
      const response = await post('/sign-in', { token: viewer.secret }, headers, secure);
      expect(response.headers.getSetCookie()[0]).toMatch(
        /^__Host-perennial-session=[^;]+; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      );
    }
  });

  test.each([
    ['//evil.example/', '/'],
    ['https://evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['/a\\b', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-out', '/'],
    ['/a b', '/'],
    ['/models/fraud?windows=2', '/models/fraud?windows=2'],
  ])('afterwards %s leads to %s', async (next, to) => {
    expect((await post('/sign-in', { token: viewer.secret, next })).headers.get('location')).toBe(to);
  });

  test('a wrong, revoked, expired or merely predicting token is refused in a sentence beside the field', async () => {
    const predictor = await createToken(database.db, { name: 'shop', role: 'predictor', scope: '*', expiresAt: null });
    const expired = await createToken(database.db, {
      name: 'old',
      role: 'viewer',
      scope: '*',
      expiresAt: new Date(Date.now() - 1_000),
    });
    for (const [token, status, sentence] of [
      ['', 401, 'not a Perennial token'],
      [`prn_${'a'.repeat(43)}`, 401, 'not known here'],
      [expired.secret, 401, 'not known here'],
      [predictor.secret, 403, 'the pages need viewer, operator, admin'],
    ] as const) {
      const response = await post('/sign-in', { token });
      const html = await response.text();
      expect([response.status, html]).toEqual([status, expect.stringContaining(sentence)]);
      expect(html).toContain('aria-describedby="token-failure token-help"');
      expect(response.headers.getSetCookie()).toEqual([]);
      if (token !== '') expect(html).not.toContain(token);
    }
  });

  test('a form of another site is refused, with the right token too', async () => {
    const wrong: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of wrong) expect((await post('/sign-in', { token: viewer.secret }, headers)).status).toBe(403);
    const old = (from: Record<string, string>) =>
      api.request('/sign-in', {
        method: 'POST',
        headers: { 'content-type': formHeaders['content-type'], host: 'localhost', ...from },
        body: form({ token: viewer.secret }),
      });
    expect((await old({})).status).toBe(403);
    expect((await old({ origin: 'null' })).status).toBe(403);
    expect((await old({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await old({ origin })).status).toBe(303);
  });

  test('a body that is no form, too large or no text is refused', async () => {
    expect(
      (
        await api.request('/sign-in', {
          method: 'POST',
          headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
          body: '{}',
        })
      ).status,
    ).toBe(400);
    expect((await post('/sign-in', { token: 'x'.repeat(70_000) })).status).toBe(413);
    expect((await post('/sign-in', { token: 'a\u0000b' })).status).toBe(400);
  });
});

describe('a link that signs in once', () => {
  const link = async (token: string): Promise<URL> => {
    const response = await api.request('/v1/sign-in-links', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    const body: unknown = await response.json();
    return new URL(typeof body === 'object' && body !== null && 'url' in body ? String(body.url) : '');
  };

  test('needs the button, works once, and holds no token', async () => {
    const url = await link(viewer.secret);
    expect(url.toString()).not.toContain('prn_');
    const shown = await api.request(url.pathname + url.search);
    const code = url.searchParams.get('code') ?? '';
    expect([shown.headers.getSetCookie(), await shown.text()]).toEqual([
      [],
      expect.stringContaining(`name="code" value="${code}"`),
    ]);
    const first = await post('/sign-in', { code });
    expect(first.status).toBe(303);
    expect((await api.request('/sign-in', { headers: { cookie: cookieOf(first, 'perennial-session') } })).status).toBe(
      303,
    );
    expect((await post('/sign-in', { code })).status).toBe(401);
  });

  test('is over after a minute, with its token, and is no session itself', async () => {
    const late = (await link(viewer.secret)).searchParams.get('code') ?? '';
    await database.pool.query(`update session set expires_at = now() where csrf_hash = 'one-use code'`);
    expect((await post('/sign-in', { code: late })).status).toBe(401);
    const gone = await createToken(database.db, { name: 'gone', role: 'viewer', scope: '*', expiresAt: null });
    const orphan = (await link(gone.secret)).searchParams.get('code') ?? '';
    await database.pool.query('update token set revoked_at = now() where token_id = $1', [gone.tokenId]);
    expect((await post('/sign-in', { code: orphan })).status).toBe(401);
    const fresh = (await link(viewer.secret)).searchParams.get('code') ?? '';
    expect((await api.request('/sign-in', { headers: { cookie: `perennial-session=${fresh}` } })).status).toBe(200);
    // Nor is a session a code.
    const session = (await signIn(viewer.secret)).split('=')[1] ?? '';
    expect((await post('/sign-in', { code: session })).status).toBe(401);
  });
});

describe('a session', () => {
  /** The one page that is always there: it sends those who are signed in on. */
  const isIn = async (cookie: string): Promise<boolean> =>
    (await api.request('/sign-in', { headers: { cookie } })).status === 303;

  test('ends with its time, with its token, and by signing out', async () => {
    const mine = await createToken(database.db, { name: 'mine', role: 'operator', scope: '*', expiresAt: null });
    const [a, b, c] = [await signIn(mine.secret), await signIn(mine.secret), await signIn(mine.secret)];
    expect(await Promise.all([a, b, c].map(isIn))).toEqual([true, true, true]);
    await database.pool.query('update session set expires_at = now() where secret_hash = $1', [
      hashSecret(a.split('=')[1] ?? ''),
    ]);
    expect(await Promise.all([a, b, c].map(isIn))).toEqual([false, true, true]);
    const out = await post('/sign-out', { csrf: csrfOfCookie(b) }, { cookie: b });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/']);
    expect(out.headers.getSetCookie().some((cookie) => cookie.startsWith('perennial-session=; Max-Age=0'))).toBe(true);
    expect(await Promise.all([b, c].map(isIn))).toEqual([false, true]);
    await database.pool.query('update token set revoked_at = now() where token_id = $1', [mine.tokenId]);
    expect(await isIn(c)).toBe(false);
  });

  test('a tampered or foreign cookie is nobody', async () => {
    const cookie = await signIn(viewer.secret);
    for (const other of [
      `${cookie}x`,
      cookie.slice(0, -1),
      cookie.replace('prs_', 'prn_'),
      `perennial-session=${viewer.secret}`,
      'perennial-session=',
    ])
      expect(await isIn(other)).toBe(false);
  });
});

describe('pages and actions', () => {
  let cookie: string;
  let csrf: string;
  beforeAll(async () => {
    api = apiWith();
    cookie = await signIn(admin.secret);
    csrf = csrfOfCookie(cookie);
  });

  /**
   * An application with one page and one action of our own, at paths that the table knows: the pages have tests of
   * theirs.
   */
  function own(): Api {
    const made: Api = new OpenAPIHono<ApiEnvironment>();
    made.use(async (context, next) => {
      context.set('requestId', 'request-1');
      await next();
      context.header('x-request-id', 'request-1');
    });
    const dependencies = { database, bus: silentBus(), log: silent };
    page(
      made,
      dependencies,
      pagePath,
      (call) =>
        new Response(
          `<p>${call.path('name')} ${call.principal.name} ${noticeOf(call)?.kind ?? ''} ${noticeOf(call)?.text ?? ''}`,
          { headers: { 'content-type': 'text/html' } },
        ),
    );
    action(made, dependencies, actionPath, { to: text, what: text }, async (_call, fields) => {
      if (refusal !== null) throw refusal;
      return { to: fields.to || '/models/fraud', notice: `did <b>${fields.what}</b>` };
    });
    return made;
  }
  const pagePath = '/v1/models/{name}';
  const actionPath = '/v1/models/{name}/pause';
  const act = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    post(
      '/v1/models/fraud/pause',
      { csrf, ...fields },
      { cookie, host: 'localhost', referer: `${origin}/models/fraud?windows=2`, ...headers },
      own(),
    );

  test('without a session a page leads to the sign-in and back; HEAD too', async () => {
    for (const method of ['GET', 'HEAD']) {
      const response = await own().request('/v1/models/fraud?at=1', { method });
      expect([response.status, response.headers.get('location')]).toEqual([
        303,
        `/sign-in?next=${encodeURIComponent('/v1/models/fraud?at=1')}`,
      ]);
    }
  });

  test('a page has the headers that keep foreign script, frames and caches away', async () => {
    const response = await own().request('/v1/models/fraud', { headers: { cookie } });
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "connect-src 'self'",
      ]),
    );
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(
      Object.fromEntries(
        ['x-content-type-options', 'referrer-policy', 'cross-origin-opener-policy', 'x-frame-options'].map((name) => [
          name,
          response.headers.get(name),
        ]),
      ),
    ).toEqual({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
    expect(response.headers.get('permissions-policy')).toContain('camera=()');
  });

  test('an action says what it did on the next page, once', async () => {
    const done = await act({ what: 'it' });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/models/fraud']);
    const notice = cookieOf(done, 'perennial-notice');
    const shown = await own().request('/v1/models/fraud', { headers: { cookie: `${cookie}; ${notice}` } });
    expect(await shown.text()).toContain('done did <b>it</b>');
    expect(shown.headers.getSetCookie()).toEqual([expect.stringContaining('perennial-notice=; Max-Age=0')]);
    // Sealed for this session: neither another one's nor a made-up one is shown.
    const other = await signIn(viewer.secret);
    expect(
      await (await own().request('/v1/models/fraud', { headers: { cookie: `${other}; ${notice}` } })).text(),
    ).not.toContain('did');
    expect(
      await (
        await own().request('/v1/models/fraud', { headers: { cookie: `${cookie}; ${notice.slice(0, -2)}` } })
      ).text(),
    ).not.toContain('did');
  });

  test('what is refused is said on the page that the form came from', async () => {
    refusal = new PerennialError('conflict', 'It is paused already.', { hint: 'Resume it first.' });
    const refused = await act({});
    expect([refused.status, refused.headers.get('location')]).toEqual([303, '/models/fraud?windows=2']);
    const shown = await own().request('/v1/models/fraud', {
      headers: { cookie: `${cookie}; ${cookieOf(refused, 'perennial-notice')}` },
    });
    expect(await shown.text()).toContain('failed It is paused already. Resume it first.');
    // From elsewhere it leads home.
    expect((await act({}, { referer: 'https://evil.example/x' })).headers.get('location')).toBe('/');
  });

  test('a defect is a page with the request id, and without its inside', async () => {
    refusal = new Error('password of the database: hunter2');
    const response = await act({});
    const html = await response.text();
    expect(response.status).toBe(500);
    expect(html).not.toContain('hunter2');
    expect(html).toContain(response.headers.get('x-request-id') ?? 'no id');
  });

  test('a forged form does nothing', async () => {
    refusal = new Error('must not be reached');
    expect((await act({ csrf: '' })).status).toBe(403);
    expect((await act({ csrf: csrfOfCookie(await signIn(viewer.secret)) })).status).toBe(403);
    expect((await act({}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const none = await act({}, { cookie: '' });
    expect([none.status, none.headers.get('location')]).toEqual([
      303,
      `/sign-in?next=${encodeURIComponent('/models/fraud?windows=2')}`,
    ]);
    const readOnly = await signIn(viewer.secret);
    refusal = new Error('a viewer may not operate');
    const refused = await act({ csrf: csrfOfCookie(readOnly) }, { cookie: readOnly });
    expect(refused.status).toBe(303);
    expect(refused.headers.getSetCookie().join()).toContain('perennial-notice=');
  });

  test('an action leads nowhere else', async () => {
    expect((await act({ to: 'https://evil.example/' })).headers.get('location')).toBe('/');
    expect((await act({ to: '//evil.example' })).headers.get('location')).toBe('/');
  });
});

describe('wrong tokens', () => {
  test('are counted per address over a real socket; a token that was good lately goes on', async () => {
    const limited = await serveApi(apiWith({ failuresPerMinute: 3 }), { host: '127.0.0.1', port: 0 });
    const base = `http://127.0.0.1:${limited.port}`;
    const ask = (token: string) => fetch(`${base}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
    try {
      expect((await ask(viewer.secret)).status).toBe(200);
      const wrong = `prn_${'b'.repeat(43)}`;
      expect([(await ask(wrong)).status, (await ask('nonsense')).status]).toEqual([401, 401]);
      const signedIn = await fetch(`${base}/sign-in`, {
        method: 'POST',
        headers: formHeaders,
        body: form({ token: wrong }),
        redirect: 'manual',
      });
      expect(signedIn.status).toBe(401);
      const refused = await ask(wrong);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await refused.json()).toMatchObject({ code: 'rate_limited' });
      expect(
        (
          await fetch(`${base}/sign-in`, {
            method: 'POST',
            headers: formHeaders,
            body: form({ token: wrong }),
            redirect: 'manual',
          })
        ).status,
      ).toBe(429);
      // A guess that happens to be right is not told apart while the address waits; who was in before is not locked
      // out.
      expect((await ask(admin.secret)).status).toBe(429);
      expect((await ask(viewer.secret)).status).toBe(200);
    } finally {
      await limited.stop(1_000);
    }
  });

  test('the same for predictions, before a query is spent on them', async () => {
    const source = createTokenSource(database, { failuresPerMinute: 3 });
    const ask = (secret: string, address: string | null) =>
      source.authorise(hashSecret(secret), null, 'predict', address);
    expect(await ask(admin.secret, '10.0.0.1')).toBe('allowed');
    for (let at = 0; at < 3; at++) expect(await ask(`wrong ${at}`, '10.0.0.1')).toBe('unauthenticated');
    await expect(ask('wrong', '10.0.0.1')).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await ask(admin.secret, '10.0.0.1')).toBe('allowed');
    expect(await ask('wrong', '10.0.0.2')).toBe('unauthenticated');
    // 2^64 addresses of one network count as one.
    for (let at = 0; at < 3; at++) expect(await ask(`wrong ${at}`, `2a00:1:2:3::${at}`)).toBe('unauthenticated');
    await expect(ask('wrong', '2a00:1:2:3:4::5')).rejects.toMatchObject({ code: 'rate_limited' });
  });
});

describe('tokens', () => {
  const call = async (method: string, path: string, body?: object, token = admin.secret) => {
    const response = await api.request(path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    return { status: response.status, body: typeof answer === 'object' && answer !== null ? { ...answer } : {} } as {
      status: number;
      body: Record<string, unknown>;
    };
  };
  const isLive = async (secret: string): Promise<boolean> =>
    (await api.request('/v1/models', { headers: { authorization: `Bearer ${secret}` } })).status === 200;

  test('rotated: the new one takes over, the old one lives for the grace and no longer', async () => {
    const old = await createToken(database.db, { name: 'ci', role: 'operator', scope: 'payments.*', expiresAt: null });
    const { status, body } = await call('POST', `/v1/tokens/${old.tokenId}/rotate`, { graceMinutes: 60 });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { name: 'ci', role: 'operator', scope: 'payments.*', replaces: old.tokenId, createdBy: 'boss' },
    });
    const secret = String(body['secret']);
    expect([await isLive(old.secret), await isLive(secret)]).toEqual([true, true]);
    const row = await findTokenById(database.db, old.tokenId);
    expect(row?.rotatedInto).toBe(body['tokenId']);
    expect(Math.abs((row?.expiresAt?.getTime() ?? 0) - Date.now() - 3_600_000)).toBeLessThan(60_000);
    expect((await call('POST', `/v1/tokens/${old.tokenId}/rotate`, {})).status).toBe(409);
    const next = await call('POST', `/v1/tokens/${String(body['tokenId'])}/rotate`, {});
    expect([await isLive(secret), await isLive(String(next.body['secret']))]).toEqual([false, true]);
    expect(
      (await call('POST', `/v1/tokens/${String(next.body['tokenId'])}/rotate`, { graceMinutes: 10_081 })).status,
    ).toBe(400);
    const rows = await listAudit(database.db, {
      model: null,
      type: 'perennial.token.rotated',
      before: null,
      limit: 10,
      withGlobal: true,
    });
    expect(rows.map((found) => found.subject)).toEqual([`token/${String(body['tokenId'])}`, `token/${old.tokenId}`]);
    expect(JSON.stringify(rows)).not.toContain('prn_');
  });

  test('a grace does not lengthen a life', async () => {
    const end = new Date(Date.now() + 60_000);
    const brief = await createToken(database.db, { name: 'brief', role: 'viewer', scope: '*', expiresAt: end });
    const { body } = await call('POST', `/v1/tokens/${brief.tokenId}/rotate`, { graceMinutes: 60 });
    expect((await findTokenById(database.db, brief.tokenId))?.expiresAt).toEqual(end);
    expect(body['expiresAt']).toBe(end.toISOString());
  });

  test('the last admin for all models stays, unless somebody insists', async () => {
    const narrow = await createToken(database.db, {
      name: 'narrow',
      role: 'admin',
      scope: 'payments.*',
      expiresAt: null,
    });
    const last = await call('DELETE', `/v1/tokens/${admin.tokenId}`);
    expect(last).toMatchObject({ status: 409, body: { code: 'conflict', path: 'force' } });
    expect((await call('DELETE', `/v1/tokens/${narrow.tokenId}`)).status).toBe(200);
    const second = await createToken(database.db, { name: 'second', role: 'admin', scope: '*', expiresAt: null });
    expect((await call('DELETE', `/v1/tokens/${second.tokenId}`)).status).toBe(200);
    const third = await createToken(database.db, { name: 'third', role: 'admin', scope: '**', expiresAt: null });
    // Two at once, each of which leaves the other: one of them must lose.
    const both = await Promise.all([
      call('DELETE', `/v1/tokens/${third.tokenId}`),
      call('DELETE', `/v1/tokens/${admin.tokenId}`),
    ]);
    expect(both.filter((one) => one.status === 200)).toHaveLength(1);
    const left = both[0].status === 200 ? admin : third;
    expect((await call('DELETE', `/v1/tokens/${left.tokenId}?force=true`, undefined, left.secret)).status).toBe(200);
    admin = await createToken(database.db, { name: 'boss', role: 'admin', scope: '*', expiresAt: null });
  });

  test('last use is there to the minute, in lists, from pages and from predictions', async () => {
    const seen = async (tokenId: string): Promise<string | null> => {
      const { body } = await call('GET', '/v1/tokens');
      const tokens: unknown = body['tokens'];
      const row: unknown = Array.isArray(tokens)
        ? tokens.find(
            (one: unknown) => typeof one === 'object' && one !== null && 'tokenId' in one && one.tokenId === tokenId,
          )
        : undefined;
      return typeof row === 'object' && row !== null && 'lastUsedAt' in row && typeof row.lastUsedAt === 'string'
        ? row.lastUsedAt
        : null;
    };
    const made = await createToken(database.db, { name: 'used', role: 'admin', scope: 'x', expiresAt: null });
    expect(await seen(made.tokenId)).toBeNull();
    await isLive(made.secret);
    const first = await seen(made.tokenId);
    expect(first).toMatch(/:00\.000Z$/);
    // Many requests of one minute write once: the row's version stays.
    const version = async () =>
      (await database.pool.query<{ xmin: string }>('select xmin::text from token where token_id = $1', [made.tokenId]))
        .rows[0]?.xmin;
    await database.pool.query(
      `update token set last_used_at = date_trunc('minute', now()) + interval '1 minute' where token_id = $1`,
      [made.tokenId],
    );
    const before = await version();
    for (let at = 0; at < 5; at++) await isLive(made.secret);
    expect(await version()).toBe(before);
    await database.pool.query(`update token set last_used_at = now() - interval '1 hour' where token_id = $1`, [
      made.tokenId,
    ]);
    const source = createTokenSource(database);
    await source.authorise(hashSecret(made.secret), null, 'predict');
    await expect.poll(() => seen(made.tokenId)).not.toBe(new Date(Date.now() - 3_600_000).toISOString());
    await expect.poll(async () => Date.parse((await seen(made.tokenId)) ?? '')).toBeGreaterThan(Date.now() - 180_000);
  });
});

describe('the audit over the API', () => {
  const get = async (path: string, token: string) => {
    const response = await api.request(path, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test('pages on, filters, and is checked', async () => {
    const all = await get('/v1/audit?limit=2', admin.secret);
    expect(all).toMatchObject({ status: 200, body: { rows: [{}, {}] } });
    const next = await get(`/v1/audit?limit=2&before=${String(all.body['next'])}`, admin.secret);
    expect(JSON.stringify(next.body['rows'])).not.toBe(JSON.stringify(all.body['rows']));
    expect((await get('/v1/audit?type=perennial.token.revoked&limit=1', admin.secret)).body).toMatchObject({
      rows: [{ type: 'perennial.token.revoked', actor: expect.any(String) }],
    });
    expect((await get('/v1/audit?type=x', admin.secret)).status).toBe(400);
    const checked = await get('/v1/audit/verify', admin.secret);
    expect(checked).toMatchObject({ status: 200, body: { intact: true, wrong: null, isComplete: true } });
    const head = String(checked.body['head']);
    expect((await get(`/v1/audit/verify?after=${head}&expect=${head}`, admin.secret)).body).toMatchObject({
      intact: true,
      wrong: null,
    });
    expect((await get(`/v1/audit/verify?expect=999999:${'0'.repeat(64)}`, admin.secret)).body).toMatchObject({
      intact: false,
      wrong: { why: expect.stringContaining('ends before') },
    });
    expect((await get('/v1/audit/verify', viewer.secret)).status).toBe(403);
  });

  test('a narrow token sees the rows of its models, and none of tokens and sessions', async () => {
    const narrow = await createToken(database.db, {
      name: 'narrow',
      role: 'viewer',
      scope: 'payments.*',
      expiresAt: null,
    });
    await database.pool.query(
      `insert into audit_staged (type, model, subject, actor, reason, data) values ('perennial.alert.opened',
        'payments.a', 's', 'watch', 'mine', '{}'), ('perennial.alert.opened', 'other.b', 's', 'watch', 'theirs', '{}')`,
    );
    const { body } = await get('/v1/audit', narrow.secret);
    expect(body).toMatchObject({ rows: [{ model: 'payments.a', reason: 'mine' }], next: null });
    expect((await get('/v1/audit?model=other.b', narrow.secret)).status).toBe(403);
  });
});

function csrfOfCookie(cookie: string): string {
  return csrfOf(cookie.split('=')[1] ?? '');
}
