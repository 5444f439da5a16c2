import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createToken } from '../../../src/access/create-token.ts';
import { hashSecret } from '../../../src/access/secret.ts';
import { listAudit } from '../../../src/db/audit/audit-rows.ts';
import {
  createSessionWorld,
  cookieOf,
  csrfOfCookie,
  formHeaders,
  formOf,
  type SessionWorld,
} from '../../worlds/session-world.ts';

let world: SessionWorld;

beforeAll(async () => {
  world = await createSessionWorld();
});
afterAll(() => world.close());
beforeEach(() => world.renew());

const origin = 'http://localhost';

describe('signing in', () => {
  test('the form is reached without a session, holds no script, and says what it needs', async () => {
    const response = await world.api.request('/sign-in?next=/models/fraud');
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('<label for="token">');
    expect(html).toMatch(/<input[^>]*name="token"[^>]*autocomplete="off"/);
    expect(html).toContain('aria-describedby="token-help"');
    expect(html).toContain('name="next" value="/models/fraud"');
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style| style=| on\w+=/);
  });

  test('a token opens a session whose cookie no script can read and no other site can send', async () => {
    const response = await world.post('/sign-in', { token: world.viewer.secret, next: '/models/fraud' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/models/fraud']);
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^perennial-session=prs_[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const [row, ...more] = (await world.database.pool.query<{ secret_hash: string }>('select * from session')).rows;
    expect(more).toEqual([]);
    const secret = /prs_[\w-]{43}/.exec(cookie)?.[0] ?? '';
    expect(row?.secret_hash).toBe(hashSecret(secret));
    expect(JSON.stringify(row)).not.toContain(secret);
    const [opened] = await listAudit(world.database.db, {
      model: null,
      type: 'perennial.session.opened',
      before: null,
      limit: 1,
      hasGlobal: true,
    });
    expect(opened).toMatchObject({ actor: 'mia', tokenId: world.viewer.tokenId });
  });

  test('over https the cookie is for https and this host alone', async () => {
    for (const [secure, headers] of [
      [world.apiWith({ controlUrl: 'https://ml.example' }), {}],
      [world.api, { 'x-forwarded-proto': 'https' }],
    ] as const) {
      const response = await world.post('/sign-in', { token: world.viewer.secret }, headers, secure);
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
    expect((await world.post('/sign-in', { token: world.viewer.secret, next })).headers.get('location')).toBe(to);
  });

  test('a wrong, revoked, expired or merely predicting token is refused in a sentence beside the field', async () => {
    const predictor = await createToken(world.database.db, {
      name: 'shop',
      role: 'predictor',
      scope: '*',
      expiresAt: null,
    });
    const expired = await createToken(world.database.db, {
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
      const response = await world.post('/sign-in', { token });
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
    for (const headers of wrong)
      expect((await world.post('/sign-in', { token: world.viewer.secret }, headers)).status).toBe(403);
    const old = (from: Record<string, string>) =>
      world.api.request('/sign-in', {
        method: 'POST',
        headers: { 'content-type': formHeaders['content-type'], host: 'localhost', ...from },
        body: formOf({ token: world.viewer.secret }),
      });
    expect((await old({})).status).toBe(403);
    expect((await old({ origin: 'null' })).status).toBe(403);
    expect((await old({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await old({ origin })).status).toBe(303);
  });

  test('a body that is no form, too large or no text is refused', async () => {
    expect(
      (
        await world.api.request('/sign-in', {
          method: 'POST',
          headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
          body: '{}',
        })
      ).status,
    ).toBe(400);
    expect((await world.post('/sign-in', { token: 'x'.repeat(70_000) })).status).toBe(413);
    expect((await world.post('/sign-in', { token: 'a\u0000b' })).status).toBe(400);
  });
});

describe('a link that signs in once', () => {
  const link = async (token: string): Promise<URL> => {
    const response = await world.api.request('/v1/sign-in-links', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    const body: unknown = await response.json();
    return new URL(typeof body === 'object' && body !== null && 'url' in body ? String(body.url) : '');
  };

  test('needs the button, works once, and holds no token', async () => {
    const url = await link(world.viewer.secret);
    expect(url.toString()).not.toContain('prn_');
    const shown = await world.api.request(url.pathname + url.search);
    const code = url.searchParams.get('code') ?? '';
    expect([shown.headers.getSetCookie(), await shown.text()]).toEqual([
      [],
      expect.stringContaining(`name="code" value="${code}"`),
    ]);
    const first = await world.post('/sign-in', { code });
    expect(first.status).toBe(303);
    expect(
      (await world.api.request('/sign-in', { headers: { cookie: cookieOf(first, 'perennial-session') } })).status,
    ).toBe(303);
    expect((await world.post('/sign-in', { code })).status).toBe(401);
  });

  test('is over after a minute, with its token, and is no session itself', async () => {
    const late = (await link(world.viewer.secret)).searchParams.get('code') ?? '';
    await world.database.pool.query(
      `update session set expires_at = now() - interval '1 second' where csrf_hash = 'one-use code'`,
    );
    expect((await world.post('/sign-in', { code: late })).status).toBe(401);
    const gone = await createToken(world.database.db, { name: 'gone', role: 'viewer', scope: '*', expiresAt: null });
    const orphan = (await link(gone.secret)).searchParams.get('code') ?? '';
    await world.database.pool.query('update token set revoked_at = now() where token_id = $1', [gone.tokenId]);
    expect((await world.post('/sign-in', { code: orphan })).status).toBe(401);
    const fresh = (await link(world.viewer.secret)).searchParams.get('code') ?? '';
    expect((await world.api.request('/sign-in', { headers: { cookie: `perennial-session=${fresh}` } })).status).toBe(
      200,
    );
    // Nor is a session a code.
    const session = (await world.signIn(world.viewer.secret)).split('=')[1] ?? '';
    expect((await world.post('/sign-in', { code: session })).status).toBe(401);
  });
});

describe('a session', () => {
  /** The one page that is always there: it sends those who are signed in on. */
  const isIn = async (cookie: string): Promise<boolean> =>
    (await world.api.request('/sign-in', { headers: { cookie } })).status === 303;

  test('ends with its time, with its token, and by signing out', async () => {
    const mine = await createToken(world.database.db, { name: 'mine', role: 'operator', scope: '*', expiresAt: null });
    const [a, b, c] = [
      await world.signIn(mine.secret),
      await world.signIn(mine.secret),
      await world.signIn(mine.secret),
    ];
    expect(await Promise.all([a, b, c].map(isIn))).toEqual([true, true, true]);
    await world.database.pool.query(
      `update session set expires_at = now() - interval '1 second' where secret_hash = $1`,
      [hashSecret(a.split('=')[1] ?? '')],
    );
    expect(await Promise.all([a, b, c].map(isIn))).toEqual([false, true, true]);
    const out = await world.post('/sign-out', { csrf: csrfOfCookie(b) }, { cookie: b });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/']);
    expect(out.headers.getSetCookie().some((cookie) => cookie.startsWith('perennial-session=; Max-Age=0'))).toBe(true);
    expect(await Promise.all([b, c].map(isIn))).toEqual([false, true]);
    await world.database.pool.query('update token set revoked_at = now() where token_id = $1', [mine.tokenId]);
    expect(await isIn(c)).toBe(false);
  });

  test('a tampered or foreign cookie is nobody', async () => {
    const cookie = await world.signIn(world.viewer.secret);
    for (const other of [
      `${cookie}x`,
      cookie.slice(0, -1),
      cookie.replace('prs_', 'prn_'),
      `perennial-session=${world.viewer.secret}`,
      'perennial-session=',
    ])
      expect(await isIn(other)).toBe(false);
  });
});
