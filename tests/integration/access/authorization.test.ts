import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { csrfOf, openSession } from '../../../src/access/browser-session.ts';
import { createToken } from '../../../src/access/create-token.ts';
import { routeRules, type RouteKey } from '../../../src/access/permissions.ts';
import { roles, type Role } from '../../../src/domain/record/closed-sets.ts';
import { roleHas } from '../../../src/access/roles.ts';
import { createArtifactStore, type ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { createApi } from '../../../src/create-api.ts';
import type { Api } from '../../../src/control/app.ts';
import { createDatabase, withTransaction, type Database } from '../../../src/db/base/connect.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';
import { silentBus, type SilentBus } from '../../worlds/silent-bus.ts';
import { expectations, type Expectation, type Seeded } from './authorization-table.ts';
import { seedModel, specOf } from '../../worlds/two-models.ts';

let place: TestDatabase;
let database: Database;
let folder: string;
let store: ArtifactStore;
let api: Api;
let bus: SilentBus;
let mine: Seeded;
let theirs: Seeded;
/** Names what does not exist, within nobody's scope but `*`. */
let nobody: Seeded;

interface Caller {
  readonly tokenId: string;
  readonly secret: string;
}
const callers = new Map<string, Caller>();
const caller = (role: Role, scope: '*' | 'own.*'): Caller => {
  const found = callers.get(`${role} ${scope}`);
  if (found === undefined) throw new Error(`no ${role} of ${scope}`);
  return found;
};

beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url, { asApp: true });
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-authorization-'));
  store = createArtifactStore(path.join(folder, 'artifacts'));
  for (const role of roles) {
    for (const scope of ['*', 'own.*'] as const)
      callers.set(
        `${role} ${scope}`,
        await createToken(database.db, { name: `${role} of ${scope}`, role, scope, expiresAt: null }),
      );
  }
  bus = silentBus();
  api = createApi({
    database,
    bus,
    store,
    importDir: path.join(folder, 'import'),
    log: { info: () => undefined, error: () => undefined },
  });
  await seed();
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});

let round = 0;
/** Fresh models where it matters: what one test closes, freezes or takes back must not excuse the next. */
async function seed(): Promise<void> {
  round += 1;
  await database.pool.query('delete from "freeze"; delete from webhook');
  mine = await seedModel(database, `own.m${round}`, round * 2 + 1_000);
  theirs = await seedModel(database, `alien.m${round}`, round * 2 + 1_001);
  // The bytes of a model are its name here, and its digest theirs.
  for (const { name } of [mine, theirs]) await store.putBytes(name);
  nobody = {
    name: `nobody.m${round}`,
    version: round * 2 + 1_002,
    alert: '999999',
    run: `train/nobody.m${round}/1`,
    annotation: '999999',
    snapshot: 'f'.repeat(64),
    evidence: '999999',
    webhook: randomUUID(),
  };
}

beforeEach(() => {
  bus.delivered.length = 0;
  bus.reset.runs.length = 0;
});

/**
 * What a request came to. `stranger`: no proof of who asks. `refused`: not for this role or scope. `unknown`: there is
 * no such thing, for this caller at least. `in`: past all of that, whatever was said then.
 */
type Outcome = 'stranger' | 'refused' | 'unknown' | 'in' | 'broken';

interface Came {
  readonly outcome: Outcome;
  /** What was said, without what differs from request to request. */
  readonly said: string;
}

function split(route: RouteKey): readonly [method: string, path: string] {
  const space = route.indexOf(' ');
  return [route.slice(0, space), route.slice(space + 1)];
}

const isPage = (path: string): boolean => !/^\/(v1|metrics|health|openapi\.json|docs)/.test(path);

interface Wanted {
  readonly method: string;
  readonly path: string;
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

function wanted(route: RouteKey, of: Seeded): Wanted {
  const [method, path] = split(route);
  const expectation = expectations[route];
  const isOne = expectation.about === 'one';
  const id = isOne && expectation.id !== undefined ? String(of[expectation.id]) : randomUUID();
  const filled = path
    .replace('{name}', of.name)
    .replace('{version}', String(of.version))
    .replace('{attempt}', '1')
    .replace('{digest}', of.snapshot)
    .replace('{file}', 'swagger-ui.css')
    .replace('{id}', encodeURIComponent(id));
  const query = isOne ? expectation.query?.(of) : expectation.query;
  const given = isOne ? expectation.body?.(of) : expectation.body;
  const body = route === 'POST /v1/apply' ? { spec: specOf(of.name) } : given;
  return { method, path, url: query === undefined ? filled : `${filled}?${query}`, body };
}

async function come(
  { method, path, url, body }: Wanted,
  as: Caller | null,
  more: Record<string, string> = {},
): Promise<Came> {
  return isPage(path) ? throughPage(method, url, body, as) : throughApi(method, url, body, as?.secret ?? null, more);
}

async function throughApi(
  method: string,
  url: string,
  body: Wanted['body'],
  secret: string | null,
  more: Record<string, string> = {},
): Promise<Came> {
  const headers: Record<string, string> = {
    ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
    ...more,
  };
  if (body !== undefined) headers['content-type'] ??= 'application/json';
  const response = await api.request(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { outcome: outcomeOf(response.status), said: (await response.text()).replace(/"requestId":"[^"]*"/, '') };
}

async function throughPage(method: string, url: string, body: Wanted['body'], as: Caller | null): Promise<Came> {
  const secret =
    as === null || method === 'public' ? null : await withTransaction(database, (tx) => openSession(tx, as.tokenId));
  const headers: Record<string, string> = {
    'sec-fetch-site': 'same-origin',
    ...(secret === null ? {} : { cookie: `perennial-session=${secret}` }),
  };
  if (method === 'POST') headers['content-type'] = 'application/x-www-form-urlencoded';
  const fields = Object.fromEntries(
    Object.entries({ ...body, csrf: secret === null ? '' : csrfOf(secret) }).map(([name, value]) => [
      name,
      String(value),
    ]),
  );
  const response = await api.request(url, {
    method,
    headers,
    ...(method === 'POST' ? { body: new URLSearchParams(fields).toString() } : {}),
  });
  const text = (await response.text()).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '');
  if (response.status !== 303)
    return { outcome: outcomeOf(response.status), said: response.ok ? text : sentenceOf(text) };
  if (response.headers.get('location')?.startsWith('/sign-in') === true) return { outcome: 'stranger', said: '' };
  const [kind, notice] = noticeIn(response);
  if (kind !== 'failed') return { outcome: 'in', said: notice };
  if (/covers models named|; this needs|this needs a token for all/.test(notice))
    return { outcome: 'refused', said: notice };
  return {
    outcome: /There is no (run|alert|annotation|model)|has no version|no rollout/i.test(notice) ? 'unknown' : 'in',
    said: notice,
  };
}

function outcomeOf(status: number): Outcome {
  if (status === 401) return 'stranger';
  if (status === 403) return 'refused';
  if (status === 404) return 'unknown';
  return status >= 500 ? 'broken' : 'in';
}

/** The one sentence of a failure page: its frame differs with who is signed in. */
function sentenceOf(html: string): string {
  return /<main[\s\S]*<\/main>/.exec(html)?.[0]?.replaceAll(/<form[\s\S]*?<\/form>/g, '') ?? html;
}

function noticeIn(response: Response): readonly [kind: string, text: string] {
  const sealed = /perennial-notice=([^.;]+)/.exec(response.headers.getSetCookie().join('\n'))?.[1] ?? '';
  const parsed: unknown = sealed === '' ? [] : JSON.parse(Buffer.from(sealed, 'base64url').toString('utf8'));
  return Array.isArray(parsed) ? [String(parsed[0]), String(parsed[1])] : ['', ''];
}

/**
 * The words about a thing, with what names it taken out: two things that are told apart by nothing else read the same.
 */
function unnamed(said: string, of: Seeded): string {
  const names = [
    of.run,
    of.name,
    of.webhook,
    of.snapshot,
    String(of.version),
    of.alert,
    of.annotation,
    of.evidence,
  ].flatMap((name) => [name, encodeURIComponent(name)]);
  return names.reduce(
    (text, name) => text.replaceAll(new RegExp(`(?<!\\w)${name.replaceAll(/[.*]/g, '\\$&')}(?!\\w)`, 'g'), '#'),
    said.replace(/"status":\d+/, ''),
  );
}

const routes = Object.keys(routeRules) as RouteKey[];
const about = (...kinds: readonly Expectation['about'][]): RouteKey[] =>
  routes.filter((route) => kinds.includes(expectations[route]?.about));
const guarded = routes.filter((route) => routeRules[route] !== 'public');
const rolesFor = (route: RouteKey): Role[] =>
  roles.filter((role) => routeRules[route] !== 'public' && roleHas(role, routeRules[route]));

test('every route has an expectation, and every expectation a route', () => {
  expect(Object.keys(expectations).sort()).toEqual([...routes].sort());
  expect(about('public').sort()).toEqual(routes.filter((route) => routeRules[route] === 'public').sort());
});

describe('who', () => {
  test.each(guarded)('%s: nobody, the expired, the revoked and the unknown stay out', async (route) => {
    const expired = await createToken(database.db, {
      name: 'expired',
      role: 'admin',
      scope: '*',
      expiresAt: new Date(Date.now() - 1_000),
    });
    const revoked = await createToken(database.db, { name: 'revoked', role: 'admin', scope: '*', expiresAt: null });
    await database.pool.query('update token set revoked_at = now() where token_id = $1', [revoked.tokenId]);
    const unknown: Caller = { tokenId: expired.tokenId, secret: `prn_${'x'.repeat(43)}` };
    for (const as of [null, expired, revoked, unknown])
      expect([route, (await come(wanted(route, mine), as)).outcome]).toEqual([route, 'stranger']);
    expect(bus.delivered).toEqual([]);
  });

  test.each(about('public'))('%s: anybody', async (route) => {
    expect(['in', 'unknown']).toContain(
      (
        await throughApi(split(route)[0], wanted(route, mine).url, undefined, null, {
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
        })
      ).outcome.replace('stranger', route === 'POST /sign-in' ? 'in' : 'stranger'),
    );
  });

  test.each(guarded)('%s: exactly the roles with its permission', async (route) => {
    for (const role of roles) {
      const { outcome, said } = await come(wanted(route, mine), caller(role, '*'));
      const isIn = rolesFor(route).includes(role);
      // A predictor has no pages at all: its token cannot sign in, and a session of it would still be refused.
      expect({
        route,
        role,
        outcome: outcome === 'refused' || outcome === 'broken' ? outcome : 'in',
        said: outcome === 'broken' ? said : '',
      }).toEqual({ route, role, outcome: isIn ? 'in' : 'refused', said: '' });
    }
  });
});

describe('which models', () => {
  beforeEach(seed);

  test.each(about('one'))('%s: those in the scope; of the others not even whether they are there', async (route) => {
    for (const role of rolesFor(route)) {
      const narrow = caller(role, 'own.*');
      const other = await come(wanted(route, theirs), narrow);
      expect({ route, role, outcome: other.outcome }).toEqual({
        route,
        role,
        outcome: expect.stringMatching(/^(refused|unknown)$/),
      });
      const none = await come(wanted(route, nobody), narrow);
      expect({ route, role, ...other, said: unnamed(other.said, theirs) }).toEqual({
        route,
        role,
        ...none,
        said: unnamed(none.said, nobody),
      });
      expect(bus.delivered).toEqual([]);
    }
    // Last, so that the refusals above met things that were there; and by the role that may most.
    const [role = 'admin'] = rolesFor(route).slice(-1);
    const own = await come(wanted(route, mine), caller(role, 'own.*'));
    expect({ route, role, outcome: own.outcome, said: own.outcome === 'in' ? '' : own.said }).toEqual({
      route,
      role,
      outcome: 'in',
      said: '',
    });
    await expectUntouched();
  });

  test.each(about('list'))('%s: shows no trace of the others', async (route) => {
    for (const role of rolesFor(route)) {
      const everything = await come(wanted(route, mine), caller(role, '*'));
      const { outcome, said } = await come(wanted(route, mine), caller(role, 'own.*'));
      expect({ route, role, outcome }).toEqual({ route, role, outcome: 'in' });
      expect([route, /alien\.m\d+/.exec(said)?.[0] ?? null]).toEqual([route, null]);
      // A list that is empty for everybody proves nothing.
      if (!mayBeEmpty.has(route)) expect([route, everything.said.includes('alien.')]).toEqual([route, true]);
    }
  });

  test.each(about('everywhere'))('%s: needs a token for all models', async (route) => {
    for (const role of rolesFor(route))
      expect([route, role, (await come(wanted(route, mine), caller(role, 'own.*'))).outcome]).toEqual([
        route,
        role,
        'refused',
      ]);
    await expectUntouched();
  });

  test.each(about('self'))('%s: any scope', async (route) => {
    for (const role of rolesFor(route))
      expect([route, role, (await come(wanted(route, mine), caller(role, 'own.*'))).outcome]).not.toEqual([
        route,
        role,
        'refused',
      ]);
  });
});

/** Nothing is frozen and no windows are measured here. */
const mayBeEmpty: ReadonlySet<RouteKey> = new Set<RouteKey>([
  'GET /v1/freezes',
  'GET /portfolio',
  'GET /portfolio/export',
  'GET /v1/portfolio',
]);

/** Neither a command nor a change nor a word about the other model by a token that does not cover it. */
async function expectUntouched(): Promise<void> {
  expect(bus.delivered.filter((command) => JSON.stringify(command).includes('alien.'))).toEqual([]);
  expect(bus.reset.runs.filter((runId) => runId.includes('alien.'))).toEqual([]);
  const { rows } = await database.pool.query(`
    select 'audit' as what, subject as which from audit where model like 'alien.%' and actor like '% of own.*'
    union all select 'command', kind from command where model like 'alien.%' and actor like '% of own.*'
    union all select 'annotation', text from annotation where model like 'alien.%' and (actor like '% of own.*' or
    removed_at is not null)
    union all select 'alert', title from alert where model like 'alien.%' and closed_by like '% of own.*'
    union all select 'freeze', model from "freeze" where (model like 'alien.%' or model = '*') and actor like '% of
    own.*'
    union all select 'webhook', url from webhook where models like 'alien.%' and (created_by like '% of own.*' or
    removed_at is not null)`);
  expect(rows).toEqual([]);
}

describe('foreign ids inside of what is allowed', () => {
  beforeEach(seed);

  type Nested = readonly [what: string, route: RouteKey, change: (wish: Wanted) => Wanted];
  const body =
    (more: () => Record<string, unknown>) =>
    (wish: Wanted): Wanted => ({ ...wish, body: { ...wish.body, ...more() } });
  const query =
    (more: () => string) =>
    (wish: Wanted): Wanted => ({ ...wish, url: `${wish.url}${wish.url.includes('?') ? '&' : '?'}${more()}` });
  const nested: readonly Nested[] = [
    [
      'a version of the other model to roll back to',
      'POST /v1/models/{name}/rollback',
      body(() => ({ toVersion: theirs.version })),
    ],
    ['the same on the page', 'POST /models/{name}/rollback', body(() => ({ version: theirs.version }))],
    [
      'a version of the other model to promote',
      'POST /v1/models/{name}/promote',
      body(() => ({ version: theirs.version, force: true })),
    ],
    ['the same on the page', 'POST /models/{name}/promote', body(() => ({ version: theirs.version, force: 'yes' }))],
    [
      'a version of the other model to speak of',
      'POST /v1/models/{name}/annotations',
      body(() => ({ version: theirs.version })),
    ],
    [
      'an annotation of the other model to take back',
      'POST /models/{name}/annotations/remove',
      body(() => ({ annotation: theirs.annotation })),
    ],
    [
      'the same beside a version',
      'POST /models/{name}/versions/{version}/take-back',
      body(() => ({ annotation: theirs.annotation })),
    ],
    [
      'the same over the API',
      'DELETE /v1/models/{name}/annotations/{id}',
      (wish) => ({ ...wish, url: `/v1/models/${mine.name}/annotations/${theirs.annotation}` }),
    ],
    [
      'a version of the other model under the name of this one',
      'GET /v1/models/{name}/versions/{version}',
      (wish) => ({ ...wish, url: `/v1/models/${mine.name}/versions/${theirs.version}` }),
    ],
    [
      'the same page',
      'GET /models/{name}/versions/{version}',
      (wish) => ({ ...wish, url: `/models/${mine.name}/versions/${theirs.version}` }),
    ],
    [
      'the same file',
      'GET /models/{name}/versions/{version}/model.onnx',
      (wish) => ({ ...wish, url: `/models/${mine.name}/versions/${theirs.version}/model.onnx` }),
    ],
    [
      'a rollout of the other model under the name of this one',
      'GET /models/{name}/rollouts/{version}/{attempt}',
      (wish) => ({ ...wish, url: `/models/${mine.name}/rollouts/${theirs.version}/1` }),
    ],
    [
      'the same to be approved',
      'POST /models/{name}/rollouts/{version}/{attempt}/approve',
      (wish) => ({ ...wish, url: `/models/${mine.name}/rollouts/${theirs.version}/1/approve` }),
    ],
    [
      'a run of the other model beside one of this',
      'GET /runs/compare',
      (wish) => ({
        ...wish,
        url: `/runs/compare?a=${encodeURIComponent(mine.run)}&b=${encodeURIComponent(theirs.run)}`,
      }),
    ],
    ['the other model as a filter of alerts', 'GET /v1/alerts', query(() => `model=${theirs.name}`)],
    ['the other model as a filter of the audit', 'GET /v1/audit', query(() => `model=${theirs.name}`)],
    ['events of the other model', 'GET /v1/events', query(() => `model=${theirs.name}`)],
    ['events of all models to a webhook', 'POST /v1/webhooks', body(() => ({ models: '*' }))],
    ['events of a wider glob to a webhook', 'POST /v1/webhooks', body(() => ({ models: '*.m1' }))],
    ['runs of the other model in the list', 'GET /runs', query(() => `model=${theirs.name}`)],
    ['rollouts of the other model in the list', 'GET /rollouts', query(() => `model=${theirs.name}`)],
    ['alerts of the other model in the list', 'GET /alerts', query(() => `model=${theirs.name}`)],
    ['the audit of the other model on the page', 'GET /audit', query(() => `model=${theirs.name}`)],
    ['the audit of the other model as a file', 'GET /audit/export', query(() => `model=${theirs.name}`)],
    ['who was champion of the other model', 'GET /audit', query(() => `champion=${theirs.name}`)],
  ];

  test.each(nested)('%s: %s', async (_what, route, change) => {
    const [role = 'admin'] = rolesFor(route).slice(-1);
    const { said } = await come(change(wanted(route, mine)), caller(role, 'own.*'));
    const asked = [theirs.name, theirs.run];
    // What the caller typed may be said back; what only the other model knows may not.
    for (const secret of [
      `owners of ${theirs.name}`,
      `${theirs.name} drifted`,
      `about ${theirs.name}`,
      `of ${theirs.name}"`,
      theirs.snapshot,
      theirs.webhook,
    ])
      expect([secret, said.includes(secret)]).toEqual([secret, false]);
    expect(
      bus.delivered.filter(
        (command) =>
          JSON.stringify(command).includes(`:${theirs.version}`) ||
          asked.some((name) => JSON.stringify(command).includes(name)),
      ),
    ).toEqual([]);
    await expectUntouched();
  });

  test('the id of a command of the other model tells nothing about it', async () => {
    const key = randomUUID();
    const first = await throughApi(
      'POST',
      `/v1/models/${theirs.name}/pause`,
      { reason: 'a secret reason' },
      caller('admin', '*').secret,
      { 'idempotency-key': key },
    );
    expect(first.outcome).toBe('in');
    const { said } = await throughApi(
      'POST',
      `/v1/models/${mine.name}/pause`,
      { reason: 'a secret reason' },
      caller('operator', 'own.*').secret,
      { 'idempotency-key': key },
    );
    expect(said).not.toContain(theirs.name);
    expect(said).not.toContain('a secret reason');
  });

  test('a page of a predictor does not exist: its token cannot sign in', async () => {
    const response = await api.request('/sign-in', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: caller('predictor', '*').secret }).toString(),
    });
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
  });
});
