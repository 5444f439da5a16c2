import { createToken, type CreatedToken } from '../../src/access/create-token.ts';
import { csrfOf } from '../../src/access/browser-session.ts';
import type { Api } from '../../src/control/app.ts';
import { createApi } from '../../src/create-api.ts';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { createTestDatabase } from './database.ts';
import { silentBus } from './silent-bus.ts';

/** The control port as a browser meets it, with one who may look and one who may everything. */
export interface SessionWorld {
  readonly database: Database;
  readonly api: Api;
  readonly viewer: CreatedToken;
  readonly admin: CreatedToken;
  /** An API that has seen no wrong token yet. */
  renew(): void;
  apiWith(more?: { readonly controlUrl?: string; readonly failuresPerMinute?: number }): Api;
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
    to?: Api,
  ): Promise<Response>;
  /** The cookie of a new session. */
  signIn(token: string): Promise<string>;
  close(): Promise<void>;
}

export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };

export async function createSessionWorld(): Promise<SessionWorld> {
  const place = await createTestDatabase();
  const database = createDatabase(place.url, { isApp: true });
  const viewer = await createToken(database.db, { name: 'mia', role: 'viewer', scope: '*', expiresAt: null });
  const admin = await createToken(database.db, { name: 'boss', role: 'admin', scope: '*', expiresAt: null });
  const log = { info: () => undefined, error: () => undefined };
  const apiWith: SessionWorld['apiWith'] = (more = {}) =>
    createApi({ sourceRoots: [{ scope: '*', path: '/data' }], database, bus: silentBus(), log, ...more });
  let api = apiWith();
  const post: SessionWorld['post'] = async (path, fields, headers = {}, to = api) =>
    to.request(path, { method: 'POST', headers: { ...formHeaders, ...headers }, body: formOf(fields) });
  return {
    database,
    viewer,
    admin,
    get api() {
      return api;
    },
    renew() {
      api = apiWith();
    },
    apiWith,
    post,
    async signIn(token) {
      const response = await post('/sign-in', { token });
      if (response.status !== 303) throw new Error(`signing in was answered ${response.status}`);
      return cookieOf(response, 'perennial-session');
    },
    async close() {
      await database.close();
      await place.drop();
    },
  };
}

export function formOf(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}

/** `name=value` as a browser sends it back. */
export function cookieOf(response: Response, name: string): string {
  const cookies = response.headers.getSetCookie();
  const found = cookies.find((cookie) => cookie.startsWith(`${name}=`) || cookie.startsWith(`__Host-${name}=`));
  if (found === undefined) throw new Error(`no cookie ${name} in ${cookies.join(' | ')}`);
  return found.split(';')[0] ?? '';
}

export function csrfOfCookie(cookie: string): string {
  return csrfOf(cookie.split('=')[1] ?? '');
}
