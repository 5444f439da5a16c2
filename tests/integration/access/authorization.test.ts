import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createToken } from '../../../src/access/create-token.ts';
import { routeRules, type RouteKey } from '../../../src/access/permissions.ts';
import { roles } from '../../../src/domain/record/closed-sets.ts';
import { about, guarded, rolesFor, routes, split, unnamed, wanted } from './authorization-asks.ts';
import { expectations } from './authorization-table.ts';
import { createAuthorizationWorld, type AuthorizationWorld, type Caller } from './authorization-world.ts';

let world: AuthorizationWorld;

beforeAll(async () => {
  world = await createAuthorizationWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.bus.delivered.length = 0;
  world.bus.reset.runs.length = 0;
});

test('every route has an expectation, and every expectation a route', () => {
  expect(Object.keys(expectations).sort()).toEqual([...routes].sort());
  expect(about('public').sort()).toEqual(routes.filter((route) => routeRules[route] === 'public').sort());
});

describe('who', () => {
  test.each(guarded)('%s: nobody, the expired, the revoked and the unknown stay out', async (route) => {
    const expired = await createToken(world.database.db, {
      name: 'expired',
      role: 'admin',
      scope: '*',
      expiresAt: new Date(Date.now() - 1_000),
    });
    const revoked = await createToken(world.database.db, {
      name: 'revoked',
      role: 'admin',
      scope: '*',
      expiresAt: null,
    });
    await world.database.pool.query('update token set revoked_at = now() where token_id = $1', [revoked.tokenId]);
    const unknown: Caller = { tokenId: expired.tokenId, secret: `prn_${'x'.repeat(43)}` };
    for (const as of [null, expired, revoked, unknown])
      expect([route, (await world.come(wanted(route, world.mine), as)).outcome]).toEqual([route, 'stranger']);
    expect(world.bus.delivered).toEqual([]);
  });

  test.each(about('public'))('%s: anybody', async (route) => {
    expect(['in', 'unknown']).toContain(
      (
        await world.throughApi(split(route)[0], wanted(route, world.mine).url, undefined, null, {
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
        })
      ).outcome.replace('stranger', route === 'POST /sign-in' ? 'in' : 'stranger'),
    );
  });

  test.each(guarded)('%s: exactly the roles with its permission', async (route) => {
    for (const role of roles) {
      const { outcome, said } = await world.come(wanted(route, world.mine), world.caller(role, '*'));
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
  beforeEach(() => world.seed());

  test.each(about('one'))('%s: those in the scope; of the others not even whether they are there', async (route) => {
    for (const role of rolesFor(route)) {
      const narrow = world.caller(role, 'own.*');
      const other = await world.come(wanted(route, world.theirs), narrow);
      expect({ route, role, outcome: other.outcome }).toEqual({
        route,
        role,
        outcome: expect.stringMatching(/^(refused|unknown)$/),
      });
      const none = await world.come(wanted(route, world.nobody), narrow);
      expect({ route, role, ...other, said: unnamed(other.said, world.theirs) }).toEqual({
        route,
        role,
        ...none,
        said: unnamed(none.said, world.nobody),
      });
      expect(world.bus.delivered).toEqual([]);
    }
    // Last, so that the refusals above met things that were there; and by the role that may most.
    const [role = 'admin'] = rolesFor(route).slice(-1);
    const own = await world.come(wanted(route, world.mine), world.caller(role, 'own.*'));
    expect({ route, role, outcome: own.outcome, said: own.outcome === 'in' ? '' : own.said }).toEqual({
      route,
      role,
      outcome: 'in',
      said: '',
    });
    expect(await world.touched()).toEqual([]);
  });

  test.each(about('list'))('%s: shows no trace of the others', async (route) => {
    for (const role of rolesFor(route)) {
      const everything = await world.come(wanted(route, world.mine), world.caller(role, '*'));
      const { outcome, said } = await world.come(wanted(route, world.mine), world.caller(role, 'own.*'));
      expect({ route, role, outcome }).toEqual({ route, role, outcome: 'in' });
      expect([route, /alien\.m\d+/.exec(said)?.[0] ?? null]).toEqual([route, null]);
      // A list that is empty for everybody proves nothing.
      if (!mayBeEmpty.has(route)) expect([route, everything.said.includes('alien.')]).toEqual([route, true]);
    }
  });

  test.each(about('everywhere'))('%s: needs a token for all models', async (route) => {
    for (const role of rolesFor(route))
      expect([route, role, (await world.come(wanted(route, world.mine), world.caller(role, 'own.*'))).outcome]).toEqual(
        [route, role, 'refused'],
      );
    expect(await world.touched()).toEqual([]);
  });

  test.each(about('self'))('%s: any scope', async (route) => {
    for (const role of rolesFor(route))
      expect([
        route,
        role,
        (await world.come(wanted(route, world.mine), world.caller(role, 'own.*'))).outcome,
      ]).not.toEqual([route, role, 'refused']);
  });
});

/** Nothing is frozen and no windows are measured here. */
const mayBeEmpty: ReadonlySet<RouteKey> = new Set<RouteKey>([
  'GET /v1/freezes',
  'GET /portfolio',
  'GET /portfolio/export',
  'GET /v1/portfolio',
]);
