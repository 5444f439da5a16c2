import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createToken } from '../../../src/access/create-token.ts';
import { createSessionWorld, type SessionWorld } from '../../worlds/session-world.ts';

let world: SessionWorld;

beforeAll(async () => {
  world = await createSessionWorld();
  // Something to read: a token that was revoked, a session that was opened.
  const brief = await createToken(world.database.db, { name: 'brief', role: 'viewer', scope: '*', expiresAt: null });
  const revoked = await world.api.request(`/v1/tokens/${brief.tokenId}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${world.admin.secret}` },
  });
  expect(revoked.status).toBe(200);
  for (const { secret } of [world.viewer, world.admin]) await world.signIn(secret);
});
afterAll(() => world.close());
beforeEach(() => world.renew());

describe('the audit over the API', () => {
  const get = async (path: string, token: string) => {
    const response = await world.api.request(path, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test('pages on, filters, and is checked', async () => {
    const all = await get('/v1/audit?limit=2', world.admin.secret);
    expect(all).toMatchObject({ status: 200, body: { rows: [{}, {}] } });
    const next = await get(`/v1/audit?limit=2&before=${String(all.body['next'])}`, world.admin.secret);
    expect(JSON.stringify(next.body['rows'])).not.toBe(JSON.stringify(all.body['rows']));
    expect((await get('/v1/audit?type=perennial.token.revoked&limit=1', world.admin.secret)).body).toMatchObject({
      rows: [{ type: 'perennial.token.revoked', actor: expect.any(String) }],
    });
    expect((await get('/v1/audit?type=x', world.admin.secret)).status).toBe(400);
    const checked = await get('/v1/audit/verify', world.admin.secret);
    expect(checked).toMatchObject({ status: 200, body: { intact: true, wrong: null, isComplete: true } });
    const head = String(checked.body['head']);
    expect((await get(`/v1/audit/verify?after=${head}&expect=${head}`, world.admin.secret)).body).toMatchObject({
      intact: true,
      wrong: null,
    });
    expect((await get(`/v1/audit/verify?expect=999999:${'0'.repeat(64)}`, world.admin.secret)).body).toMatchObject({
      intact: false,
      wrong: { why: expect.stringContaining('ends before') },
    });
    expect((await get('/v1/audit/verify', world.viewer.secret)).status).toBe(403);
  });

  test('a narrow token sees the rows of its models, and none of tokens and sessions', async () => {
    const narrow = await createToken(world.database.db, {
      name: 'narrow',
      role: 'viewer',
      scope: 'payments.*',
      expiresAt: null,
    });
    await world.database.pool.query(
      `insert into audit_staged (type, model, subject, actor, reason, data) values ('perennial.alert.opened',
        'payments.a', 's', 'watch', 'mine', '{}'), ('perennial.alert.opened', 'other.b', 's', 'watch', 'theirs', '{}')`,
    );
    const { body } = await get('/v1/audit', narrow.secret);
    expect(body).toMatchObject({ rows: [{ model: 'payments.a', reason: 'mine' }], next: null });
    expect((await get('/v1/audit?model=other.b', narrow.secret)).status).toBe(403);
  });
});
