import { OpenAPIHono } from '@hono/zod-openapi';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createFailureLimit } from '../../../src/access/failure-limit.ts';
import type { Api } from '../../../src/control/app.ts';
import type { ApiEnvironment } from '../../../src/control/environment.ts';
import { PerennialError } from '../../../src/domain/words/errors.ts';
import { text } from '../../../src/ui/form/fields.ts';
import { action } from '../../../src/ui/frame/action.ts';
import { noticeOf } from '../../../src/ui/frame/page-call.ts';
import { page } from '../../../src/ui/frame/page.ts';
import { createSessionWorld, cookieOf, csrfOfCookie, type SessionWorld } from '../../worlds/session-world.ts';
import { silentBus } from '../../worlds/silent-bus.ts';

let world: SessionWorld;

beforeAll(async () => {
  world = await createSessionWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  refusal = null;
  world.renew();
});

/** What the action below throws, once. */
let refusal: Error | null = null;

const silent = { info: () => undefined, error: () => undefined };
const origin = 'http://localhost';

describe('pages and actions', () => {
  let cookie: string;
  let csrf: string;
  beforeAll(async () => {
    cookie = await world.signIn(world.admin.secret);
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
      context.set('failures', createFailureLimit());
      await next();
      context.header('x-request-id', 'request-1');
    });
    const dependencies = { database: world.database, bus: silentBus(), log: silent };
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
    world.post(
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
    const other = await world.signIn(world.viewer.secret);
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
    expect((await act({ csrf: csrfOfCookie(await world.signIn(world.viewer.secret)) })).status).toBe(403);
    expect((await act({}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const none = await act({}, { cookie: '' });
    expect([none.status, none.headers.get('location')]).toEqual([
      303,
      `/sign-in?next=${encodeURIComponent('/models/fraud?windows=2')}`,
    ]);
    const readOnly = await world.signIn(world.viewer.secret);
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
