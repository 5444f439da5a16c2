import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashSecret } from '../../../src/access/secret.ts';
import { createTokenSource } from '../../../src/access/token-source.ts';
import { serveApi } from '../../../src/control/serve.ts';
import { createSessionWorld, formHeaders, formOf, type SessionWorld } from '../../worlds/session-world.ts';

let world: SessionWorld;

beforeAll(async () => {
  world = await createSessionWorld();
});
afterAll(() => world.close());

describe('wrong tokens', () => {
  test('are counted per address over a real socket; a token that was good lately goes on', async () => {
    const limited = await serveApi(world.apiWith({ failuresPerMinute: 3 }), { host: '127.0.0.1', port: 0 });
    const base = `http://127.0.0.1:${limited.port}`;
    const ask = (token: string) => fetch(`${base}/v1/models`, { headers: { authorization: `Bearer ${token}` } });
    try {
      expect((await ask(world.viewer.secret)).status).toBe(200);
      const wrong = `prn_${'b'.repeat(43)}`;
      expect([(await ask(wrong)).status, (await ask('nonsense')).status]).toEqual([401, 401]);
      const signedIn = await fetch(`${base}/sign-in`, {
        method: 'POST',
        headers: formHeaders,
        body: formOf({ token: wrong }),
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
            body: formOf({ token: wrong }),
            redirect: 'manual',
          })
        ).status,
      ).toBe(429);
      // A guess that happens to be right is not told apart while the address waits; who was in before is not locked
      // out.
      expect((await ask(world.admin.secret)).status).toBe(429);
      expect((await ask(world.viewer.secret)).status).toBe(200);
    } finally {
      await limited.stop(1_000);
    }
  });

  test('cookies that never were a session are counted like them; one that is over is not', async () => {
    const cookie = await world.signIn(world.viewer.secret);
    const over = await world.signIn(world.admin.secret);
    await world.database.pool.query('update session set ended_at = now() where token_id = $1', [world.admin.tokenId]);
    const limited = await serveApi(world.apiWith({ failuresPerMinute: 3 }), { host: '127.0.0.1', port: 0 });
    const ask = async (sent: string) =>
      (await fetch(`http://127.0.0.1:${limited.port}/alerts`, { headers: { cookie: sent }, redirect: 'manual' }))
        .status;
    try {
      expect(await ask(cookie)).toBe(200);
      for (let at = 0; at < 5; at++) expect(await ask(over)).toBe(303);
      // No query is spent on what cannot be a session, so it is not counted either.
      for (let at = 0; at < 5; at++) expect(await ask('perennial-session=nonsense')).toBe(303);
      for (let at = 0; at < 3; at++) expect(await ask(`perennial-session=prs_${String(at).repeat(43)}`)).toBe(303);
      expect(await ask(`perennial-session=prs_${'x'.repeat(43)}`)).toBe(429);
      expect(await ask(cookie)).toBe(200);
    } finally {
      await limited.stop(1_000);
    }
  });

  test('the same for predictions, before a query is spent on them', async () => {
    const source = createTokenSource(world.database, { failuresPerMinute: 3 });
    const ask = (secret: string, address: string | null) =>
      source.authorise(hashSecret(secret), null, 'predict', address);
    expect(await ask(world.admin.secret, '10.0.0.1')).toBe('allowed');
    for (let at = 0; at < 3; at++) expect(await ask(`wrong ${at}`, '10.0.0.1')).toBe('unauthenticated');
    await expect(ask('wrong', '10.0.0.1')).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await ask(world.admin.secret, '10.0.0.1')).toBe('allowed');
    expect(await ask('wrong', '10.0.0.2')).toBe('unauthenticated');
    // 2^64 addresses of one network count as one.
    for (let at = 0; at < 3; at++) expect(await ask(`wrong ${at}`, `2a00:1:2:3::${at}`)).toBe('unauthenticated');
    await expect(ask('wrong', '2a00:1:2:3:4::5')).rejects.toMatchObject({ code: 'rate_limited' });
  });
});
