import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createToken } from '../../../src/access/create-token.ts';
import { ensureFirstTokens } from '../../../src/access/first-tokens.ts';
import { hashSecret } from '../../../src/access/secret.ts';
import { createTokenSource } from '../../../src/access/token-source.ts';
import { verifyToken } from '../../../src/access/verify-token.ts';
import { createDatabase } from '../../../src/db/base/connect.ts';
import { createControlWorld, smallSpec, type ControlWorld } from '../../worlds/control-world.ts';
import { createTestDatabase } from '../../worlds/database.ts';

let world: ControlWorld;

beforeAll(async () => {
  world = await createControlWorld();
});
afterAll(() => world.close());
beforeEach(() => world.renew());

describe('permissions', () => {
  test('a scope covers its models and nothing else', async () => {
    const name = await world.applied();
    const { secret } = await createToken(world.database.db, {
      name: 'narrow',
      role: 'admin',
      scope: `${name}*`,
      expiresAt: null,
    });
    expect((await world.call('GET', `/v1/models/${name}`, { token: secret })).status).toBe(200);
    const other = await world.applied();
    for (const [method, url] of [
      ['GET', `/v1/models/${other}`],
      ['POST', `/v1/models/${other}/pause`],
      ['GET', `/v1/alerts?model=${other}`],
    ] as const) {
      expect(
        (await world.call(method, url, { token: secret, ...(method === 'POST' ? { body: {} } : {}) })).status,
      ).toBe(403);
    }
    expect(
      (await world.call('POST', '/v1/apply', { token: secret, body: { spec: smallSpec('elsewhere') } })).status,
    ).toBe(403);
    expect((await world.call('GET', '/v1/tokens', { token: secret })).status).toBe(403);
    const listed = await world.call('GET', '/v1/models?limit=200', { token: secret });
    expect(listed.body['models']).toMatchObject([{ model: name }]);
  });

  test('tokens are made once, listed without secrets, revoked at once, and expire', async () => {
    const made = await world.call('POST', '/v1/tokens', {
      body: { name: 'ci', role: 'viewer', scope: 'payments.*', expiresInDays: 1 },
    });
    const secret = String(made.body['secret']);
    expect(await verifyToken(world.database.db, secret)).toMatchObject({
      name: 'ci',
      role: 'viewer',
      scope: 'payments.*',
    });
    expect(JSON.stringify((await world.call('GET', '/v1/tokens')).body)).not.toContain(secret);
    expect((await world.call('DELETE', `/v1/tokens/${String(made.body['tokenId'])}`)).status).toBe(200);
    await expect(verifyToken(world.database.db, secret)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect((await world.call('DELETE', `/v1/tokens/${String(made.body['tokenId'])}`)).status).toBe(404);
    const expired = await createToken(world.database.db, {
      name: 'old',
      role: 'viewer',
      scope: '*',
      expiresAt: new Date(Date.now() - 1),
    });
    expect((await world.call('GET', '/v1/models', { token: expired.secret })).status).toBe(401);
  });
});

describe('the token source of serving', () => {
  test('knows role, scope and revocation, and outlives the database for what it has seen', async () => {
    let now = Date.now();
    const away = createDatabase(world.url, { connectionsMax: 1 });
    const source = createTokenSource(away, { nowMs: () => now });
    const { secret, tokenId } = await createToken(world.database.db, {
      name: 'p',
      role: 'predictor',
      scope: 'payments.*',
      expiresAt: null,
    });
    const ask = (text: string, model: string | null) => source.authorise(hashSecret(text), model, 'predict');
    expect(await ask(secret, 'payments.fraud')).toBe('allowed');
    expect(await ask(secret, null)).toBe('allowed');
    expect(await ask(secret, 'fraud')).toBe('forbidden');
    expect(await ask(world.secrets.viewer, 'fraud')).toBe('forbidden');
    expect(await ask('prn_nobody', null)).toBe('unauthenticated');
    await world.call('DELETE', `/v1/tokens/${tokenId}`);
    now += 10_000;
    expect(await ask(secret, null)).toBe('unauthenticated');
    expect(await ask(world.secrets.admin, 'fraud')).toBe('allowed');
    await away.close();
    now += 60_000;
    expect(await ask(world.secrets.admin, 'fraud')).toBe('allowed');
    await expect(ask('prn_new', null)).rejects.toMatchObject({ code: 'unavailable' });
    now += 3_600_000;
    await expect(ask(world.secrets.admin, 'fraud')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('first tokens', () => {
  test('are made once, private, and remade when the file is lost', async () => {
    const fresh = await createTestDatabase();
    const own = createDatabase(fresh.url);
    const folder = await mkdtemp(path.join(tmpdir(), 'perennial-first-tokens-'));
    const stateDir = path.join(folder, 'state');
    try {
      const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => ensureFirstTokens(own, stateDir)));
      expect([first, ...others].filter((made) => made?.isNew)).toHaveLength(1);
      const file = first?.file ?? '';
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const { admin, predictor } = JSON.parse(await readFile(file, 'utf8'));
      expect(await verifyToken(own.db, admin)).toMatchObject({ role: 'admin', scope: '*' });
      expect(await verifyToken(own.db, predictor)).toMatchObject({ role: 'predictor' });
      await rm(file);
      expect(await ensureFirstTokens(own, stateDir, { shouldRecover: false })).toMatchObject({
        isNew: false,
      });
      expect(await ensureFirstTokens(own, stateDir)).toMatchObject({ isNew: true });
      await expect(verifyToken(own.db, admin)).rejects.toMatchObject({ code: 'unauthenticated' });
    } finally {
      await own.close();
      await fresh.drop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
