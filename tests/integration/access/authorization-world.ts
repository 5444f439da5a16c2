import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { csrfOf, openSession } from '../../../src/access/browser-session.ts';
import { createToken } from '../../../src/access/create-token.ts';
import { createArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { testEntities } from '../../worlds/entity-names.ts';
import { createApi } from '../../../src/create-api.ts';
import { ensureSigningKey } from '../../../src/model-signing/signing-key.ts';
import type { Api } from '../../../src/control/app.ts';
import { createDatabase, withTransaction, type Database } from '../../../src/db/base/connect.ts';
import { putHold } from '../../../src/db/retention/holds.ts';
import { roles, type Role } from '../../../src/domain/record/closed-sets.ts';
import { createTestDatabase } from '../../worlds/database.ts';
import { silentBus, type SilentBus } from '../../worlds/silent-bus.ts';
import { seedModel } from '../../worlds/two-models.ts';
import type { Wanted } from './authorization-asks.ts';
import { cameThroughApi, cameThroughPage, type Came } from './authorization-outcome.ts';
import type { Seeded } from './authorization-table.ts';

export interface Caller {
  readonly tokenId: string;
  readonly secret: string;
}

/** Two models, and a token of every role for all of them and for one of the two. */
export interface AuthorizationWorld {
  readonly api: Api;
  readonly bus: SilentBus;
  readonly database: Database;
  readonly mine: Seeded;
  readonly theirs: Seeded;
  /** Names what does not exist, within nobody's scope but `*`. */
  readonly nobody: Seeded;
  caller(role: Role, scope: '*' | 'own.*'): Caller;
  /** Fresh models where it matters: what one test closes, freezes or takes back must not excuse the next. */
  seed(): Promise<void>;
  come(wish: Wanted, as: Caller | null): Promise<Came>;
  throughApi(
    method: string,
    url: string,
    body: Wanted['body'],
    secret: string | null,
    more?: Readonly<Record<string, string>>,
  ): Promise<Came>;
  /** Commands, changes and words about the other model by a token that does not cover it. */
  touched(): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

export async function createAuthorizationWorld(): Promise<AuthorizationWorld> {
  const place = await createTestDatabase();
  const database = createDatabase(place.url, { isApp: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-authorization-'));
  const store = createArtifactStore(path.join(folder, 'artifacts'));
  const callers = await createCallers(database);
  const bus = silentBus();
  const log = { info: () => undefined, error: () => undefined };
  const api = createApi({
    sourceRoots: [{ scope: '*', path: '/data' }],
    database,
    bus,
    entities: testEntities,
    store,
    signingKey: () => ensureSigningKey(path.join(folder, 'signing.key')),
    importDir: path.join(folder, 'import'),
    log,
  });
  const seedRound = async (round: number) => {
    await database.pool.query('delete from "freeze"; delete from webhook');
    const mine = await seedModel(database, `own.m${round}`, round * 2 + 1_000);
    const theirs = await seedModel(database, `alien.m${round}`, round * 2 + 1_001);
    // The bytes of a model are its name here, and its digest theirs.
    for (const { name } of [mine, theirs]) await store.putBytes(name);
    return { mine, theirs, nobody: nobodyOf(round) };
  };
  let round = 1;
  let seeded = await seedRound(round);
  // Held for good, so that the list of holds is never empty; no command is about this model.
  const held = await seedModel(database, 'alien.m0', 999);
  await withTransaction(database, (tx) =>
    putHold(tx, { model: held.name, actor: 'somebody', reason: 'a question of the court' }),
  );
  // Offered to everybody: who may subscribe is asked of the subscriber alone, who then knows the name.
  const offerer = await seedModel(database, 'offerer.m0', 998);
  await database.pool.query(
    `insert into snapshot_publication (model, tag, edition, digest, readers, subscribers)
     values ($1, 'kept', 1, $2, '{}', '{*}')`,
    [offerer.name, offerer.snapshot],
  );
  const throughApi: AuthorizationWorld['throughApi'] = (method, url, body, secret, more = {}) =>
    askApi(api, { method, url, body }, secret, more);
  return {
    api,
    bus,
    database,
    get mine() {
      return seeded.mine;
    },
    get theirs() {
      return seeded.theirs;
    },
    get nobody() {
      return seeded.nobody;
    },
    caller(role, scope) {
      const found = callers.get(`${role} ${scope}`);
      if (found === undefined) throw new Error(`no ${role} of ${scope}`);
      return found;
    },
    async seed() {
      round += 1;
      seeded = await seedRound(round);
    },
    come: (wish, as) => (isPage(wish.path) ? askPage(api, database, wish, as) : askApi(api, wish, as?.secret ?? null)),
    throughApi,
    async touched() {
      const { rows } = await database.pool.query<Record<string, unknown>>(touchedByNarrow);
      return [
        ...bus.delivered.filter((command) => JSON.stringify(command).includes('alien.')),
        ...bus.reset.runs.filter((runId) => runId.includes('alien.')),
        ...rows,
      ];
    },
    async close() {
      await database.close();
      await place.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function createCallers(database: Database): Promise<ReadonlyMap<string, Caller>> {
  const callers = new Map<string, Caller>();
  for (const role of roles) {
    for (const scope of ['*', 'own.*'] as const)
      callers.set(
        `${role} ${scope}`,
        await createToken(database.db, { name: `${role} of ${scope}`, role, scope, expiresAt: null }),
      );
  }
  return callers;
}

function nobodyOf(round: number): Seeded {
  return {
    name: `nobody.m${round}`,
    version: round * 2 + 1_002,
    alert: '999999',
    run: `train/nobody.m${round}/1`,
    annotation: '999999',
    snapshot: 'f'.repeat(64),
    evidence: '999999',
    webhook: randomUUID(),
    view: `nobody.m${round}-view`,
    erasure: randomUUID(),
  };
}

const isPage = (path: string): boolean => !/^\/(v1|metrics|health|openapi\.json|docs)/.test(path);

async function askApi(
  api: Api,
  { method, url, body }: Omit<Wanted, 'path'>,
  secret: string | null,
  more: Readonly<Record<string, string>> = {},
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
  return cameThroughApi(response);
}

async function askPage(api: Api, database: Database, { method, url, body }: Wanted, as: Caller | null): Promise<Came> {
  const secret = as === null ? null : await withTransaction(database, (tx) => openSession(tx, as.tokenId));
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
  return cameThroughPage(response);
}

const touchedByNarrow = `
  select 'audit' as what, subject as which from audit where model like 'alien.%' and actor like '% of own.*'
  union all select 'command', kind from command where model like 'alien.%' and actor like '% of own.*'
  union all select 'annotation', text from annotation
    where model like 'alien.%' and (actor like '% of own.*' or removed_at is not null)
  union all select 'alert', title from alert where model like 'alien.%' and closed_by like '% of own.*'
  union all select 'freeze', model from "freeze"
    where (model like 'alien.%' or model = '*') and actor like '% of own.*'
  union all select 'webhook', url from webhook
    where models like 'alien.%' and (created_by like '% of own.*' or removed_at is not null)`;
