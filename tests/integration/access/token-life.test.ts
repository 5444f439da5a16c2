import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createToken, type CreatedToken } from '../../../src/access/create-token.ts';
import { hashSecret } from '../../../src/access/secret.ts';
import { createTokenSource } from '../../../src/access/token-source.ts';
import { listAudit } from '../../../src/db/audit/audit-rows.ts';
import { findTokenById } from '../../../src/db/people/tokens.ts';
import { createSessionWorld, type SessionWorld } from '../../worlds/session-world.ts';

let world: SessionWorld;
/** Another one once the first has been revoked. */
let admin: CreatedToken;

beforeAll(async () => {
  world = await createSessionWorld();
  admin = world.admin;
});
afterAll(() => world.close());
beforeEach(() => world.renew());

describe('tokens', () => {
  const call = async (method: string, path: string, body?: object, token = admin.secret) => {
    const response = await world.api.request(path, {
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
    (await world.api.request('/v1/models', { headers: { authorization: `Bearer ${secret}` } })).status === 200;

  test('rotated: the new one takes over, the old one lives for the grace and no longer', async () => {
    const old = await createToken(world.database.db, {
      name: 'ci',
      role: 'operator',
      scope: 'payments.*',
      expiresAt: null,
    });
    const { status, body } = await call('POST', `/v1/tokens/${old.tokenId}/rotate`, { graceMinutes: 60 });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { name: 'ci', role: 'operator', scope: 'payments.*', replaces: old.tokenId, createdBy: 'boss' },
    });
    const secret = String(body['secret']);
    expect([await isLive(old.secret), await isLive(secret)]).toEqual([true, true]);
    const row = await findTokenById(world.database.db, old.tokenId);
    expect(row?.rotatedInto).toBe(body['tokenId']);
    expect(Math.abs((row?.expiresAt?.getTime() ?? 0) - Date.now() - 3_600_000)).toBeLessThan(60_000);
    expect((await call('POST', `/v1/tokens/${old.tokenId}/rotate`, {})).status).toBe(409);
    const next = await call('POST', `/v1/tokens/${String(body['tokenId'])}/rotate`, {});
    expect([await isLive(secret), await isLive(String(next.body['secret']))]).toEqual([false, true]);
    expect(
      (await call('POST', `/v1/tokens/${String(next.body['tokenId'])}/rotate`, { graceMinutes: 10_081 })).status,
    ).toBe(400);
    const rows = await listAudit(world.database.db, {
      model: null,
      type: 'perennial.token.rotated',
      before: null,
      limit: 10,
      hasGlobal: true,
    });
    expect(rows.map((found) => found.subject)).toEqual([`token/${String(body['tokenId'])}`, `token/${old.tokenId}`]);
    expect(JSON.stringify(rows)).not.toContain('prn_');
  });

  test('a grace does not lengthen a life', async () => {
    const end = new Date(Date.now() + 60_000);
    const brief = await createToken(world.database.db, { name: 'brief', role: 'viewer', scope: '*', expiresAt: end });
    const { body } = await call('POST', `/v1/tokens/${brief.tokenId}/rotate`, { graceMinutes: 60 });
    expect((await findTokenById(world.database.db, brief.tokenId))?.expiresAt).toEqual(end);
    expect(body['expiresAt']).toBe(end.toISOString());
  });

  test('the last admin for all models stays, unless somebody insists', async () => {
    const narrow = await createToken(world.database.db, {
      name: 'narrow',
      role: 'admin',
      scope: 'payments.*',
      expiresAt: null,
    });
    const last = await call('DELETE', `/v1/tokens/${admin.tokenId}`);
    expect(last).toMatchObject({ status: 409, body: { code: 'conflict', path: 'force' } });
    expect((await call('DELETE', `/v1/tokens/${narrow.tokenId}`)).status).toBe(200);
    const second = await createToken(world.database.db, { name: 'second', role: 'admin', scope: '*', expiresAt: null });
    expect((await call('DELETE', `/v1/tokens/${second.tokenId}`)).status).toBe(200);
    const third = await createToken(world.database.db, { name: 'third', role: 'admin', scope: '**', expiresAt: null });
    // Two at once, each of which leaves the other: one of them must lose.
    const both = await Promise.all([
      call('DELETE', `/v1/tokens/${third.tokenId}`),
      call('DELETE', `/v1/tokens/${admin.tokenId}`),
    ]);
    expect(both.filter((one) => one.status === 200)).toHaveLength(1);
    const left = both[0].status === 200 ? admin : third;
    expect((await call('DELETE', `/v1/tokens/${left.tokenId}?force=true`, undefined, left.secret)).status).toBe(200);
    admin = await createToken(world.database.db, { name: 'boss', role: 'admin', scope: '*', expiresAt: null });
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
    const made = await createToken(world.database.db, { name: 'used', role: 'admin', scope: 'x', expiresAt: null });
    expect(await seen(made.tokenId)).toBeNull();
    await isLive(made.secret);
    const first = await seen(made.tokenId);
    expect(first).toMatch(/:00\.000Z$/);
    // Many requests of one minute write once: the row's version stays.
    const version = async () =>
      (
        await world.database.pool.query<{ xmin: string }>('select xmin::text from token where token_id = $1', [
          made.tokenId,
        ])
      ).rows[0]?.xmin;
    await world.database.pool.query(
      `update token set last_used_at = date_trunc('minute', now()) + interval '1 minute' where token_id = $1`,
      [made.tokenId],
    );
    const before = await version();
    for (let at = 0; at < 5; at++) await isLive(made.secret);
    expect(await version()).toBe(before);
    await world.database.pool.query(`update token set last_used_at = now() - interval '1 hour' where token_id = $1`, [
      made.tokenId,
    ]);
    const source = createTokenSource(world.database);
    await source.authorise(hashSecret(made.secret), null, 'predict');
    await expect.poll(() => seen(made.tokenId)).not.toBe(new Date(Date.now() - 3_600_000).toISOString());
    await expect.poll(async () => Date.parse((await seen(made.tokenId)) ?? '')).toBeGreaterThan(Date.now() - 180_000);
  });
});
