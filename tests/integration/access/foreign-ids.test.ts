import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RouteKey } from '../../../src/access/permissions.ts';
import { rolesFor, wanted, type Wanted } from './authorization-asks.ts';
import { createAuthorizationWorld, type AuthorizationWorld } from './authorization-world.ts';

let world: AuthorizationWorld;

beforeAll(async () => {
  world = await createAuthorizationWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.bus.delivered.length = 0;
  world.bus.reset.runs.length = 0;
});

describe('foreign ids inside of what is allowed', () => {
  beforeEach(() => world.seed());

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
      body(() => ({ toVersion: world.theirs.version })),
    ],
    ['the same on the page', 'POST /models/{name}/rollback', body(() => ({ version: world.theirs.version }))],
    [
      'a version of the other model to promote',
      'POST /v1/models/{name}/promote',
      body(() => ({ version: world.theirs.version, force: true })),
    ],
    [
      'the same on the page',
      'POST /models/{name}/promote',
      body(() => ({ version: world.theirs.version, force: 'yes' })),
    ],
    [
      'a version of the other model to speak of',
      'POST /v1/models/{name}/annotations',
      body(() => ({ version: world.theirs.version })),
    ],
    [
      'an annotation of the other model to take back',
      'POST /models/{name}/annotations/remove',
      body(() => ({ annotation: world.theirs.annotation })),
    ],
    [
      'the same beside a version',
      'POST /models/{name}/versions/{version}/take-back',
      body(() => ({ annotation: world.theirs.annotation })),
    ],
    [
      'the same over the API',
      'DELETE /v1/models/{name}/annotations/{id}',
      (wish) => ({ ...wish, url: `/v1/models/${world.mine.name}/annotations/${world.theirs.annotation}` }),
    ],
    [
      'a version of the other model under the name of this one',
      'GET /v1/models/{name}/versions/{version}',
      (wish) => ({ ...wish, url: `/v1/models/${world.mine.name}/versions/${world.theirs.version}` }),
    ],
    [
      'the same page',
      'GET /models/{name}/versions/{version}',
      (wish) => ({ ...wish, url: `/models/${world.mine.name}/versions/${world.theirs.version}` }),
    ],
    [
      'the same file',
      'GET /models/{name}/versions/{version}/model.onnx',
      (wish) => ({ ...wish, url: `/models/${world.mine.name}/versions/${world.theirs.version}/model.onnx` }),
    ],
    [
      'a rollout of the other model under the name of this one',
      'GET /models/{name}/rollouts/{version}/{attempt}',
      (wish) => ({ ...wish, url: `/models/${world.mine.name}/rollouts/${world.theirs.version}/1` }),
    ],
    [
      'the same to be approved',
      'POST /models/{name}/rollouts/{version}/{attempt}/approve',
      (wish) => ({ ...wish, url: `/models/${world.mine.name}/rollouts/${world.theirs.version}/1/approve` }),
    ],
    [
      'a run of the other model beside one of this',
      'GET /runs/compare',
      (wish) => ({
        ...wish,
        url: `/runs/compare?a=${encodeURIComponent(world.mine.run)}&b=${encodeURIComponent(world.theirs.run)}`,
      }),
    ],
    ['the other model as a filter of alerts', 'GET /v1/alerts', query(() => `model=${world.theirs.name}`)],
    ['the other model as a filter of the audit', 'GET /v1/audit', query(() => `model=${world.theirs.name}`)],
    ['events of the other model', 'GET /v1/events', query(() => `model=${world.theirs.name}`)],
    ['events of all models to a webhook', 'POST /v1/webhooks', body(() => ({ models: '*' }))],
    ['events of a wider glob to a webhook', 'POST /v1/webhooks', body(() => ({ models: '*.m1' }))],
    ['runs of the other model in the list', 'GET /runs', query(() => `model=${world.theirs.name}`)],
    ['rollouts of the other model in the list', 'GET /rollouts', query(() => `model=${world.theirs.name}`)],
    ['alerts of the other model in the list', 'GET /alerts', query(() => `model=${world.theirs.name}`)],
    ['the audit of the other model on the page', 'GET /audit', query(() => `model=${world.theirs.name}`)],
    ['the audit of the other model as a file', 'GET /audit/export', query(() => `model=${world.theirs.name}`)],
    ['who was champion of the other model', 'GET /audit', query(() => `champion=${world.theirs.name}`)],
  ];

  test.each(nested)('%s: %s', async (_what, route, change) => {
    const [role = 'admin'] = rolesFor(route).slice(-1);
    const { said } = await world.come(change(wanted(route, world.mine)), world.caller(role, 'own.*'));
    const asked = [world.theirs.name, world.theirs.run];
    // What the caller typed may be said back; what only the other model knows may not.
    for (const secret of [
      `owners of ${world.theirs.name}`,
      `${world.theirs.name} drifted`,
      `about ${world.theirs.name}`,
      `of ${world.theirs.name}"`,
      world.theirs.snapshot,
      world.theirs.webhook,
    ])
      expect([secret, said.includes(secret)]).toEqual([secret, false]);
    expect(
      world.bus.delivered.filter(
        (command) =>
          JSON.stringify(command).includes(`:${world.theirs.version}`) ||
          asked.some((name) => JSON.stringify(command).includes(name)),
      ),
    ).toEqual([]);
    expect(await world.touched()).toEqual([]);
  });

  test('the id of a command of the other model tells nothing about it', async () => {
    const key = randomUUID();
    const first = await world.throughApi(
      'POST',
      `/v1/models/${world.theirs.name}/pause`,
      { reason: 'a secret reason' },
      world.caller('admin', '*').secret,
      { 'idempotency-key': key },
    );
    expect(first.outcome).toBe('in');
    const { said } = await world.throughApi(
      'POST',
      `/v1/models/${world.mine.name}/pause`,
      { reason: 'a secret reason' },
      world.caller('operator', 'own.*').secret,
      { 'idempotency-key': key },
    );
    expect(said).not.toContain(world.theirs.name);
    expect(said).not.toContain('a secret reason');
  });

  test('a page of a predictor does not exist: its token cannot sign in', async () => {
    const response = await world.api.request('/sign-in', {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: world.caller('predictor', '*').secret }).toString(),
    });
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
  });
});
