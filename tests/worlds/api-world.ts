import { randomUUID } from 'node:crypto';
import { createToken } from '../../src/access/create-token.ts';
import { createApi } from '../../src/create-api.ts';
import type { Api } from '../../src/control/app.ts';
import type { ApiDependencies } from '../../src/control/environment.ts';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { completeSpec, type ModelSpecInput } from '../../src/domain/spec/default-spec.ts';
import type { Command } from '../../src/domain/record/messages.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { createTestDatabase } from './database.ts';
import { RecordingBus } from './recording-bus.ts';

export interface Reply {
  readonly status: number;
  // What came over the wire; each test asserts the members that it means.
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

export interface Ask {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The control API over a database of its own; commands reach a bus that keeps them. */
export interface ApiWorld {
  readonly database: Database;
  readonly api: Api;
  readonly token: string;
  readonly delivered: Command[];
  call(method: string, url: string, ask?: Ask): Promise<Reply>;
  specOf(name: string, change?: Partial<ModelSpecInput>): ModelSpec;
  /** A model of its own for one test. */
  applied(): Promise<string>;
  close(): Promise<void>;
}

export async function createApiWorld(more: Partial<ApiDependencies> = {}): Promise<ApiWorld> {
  const testDatabase = await createTestDatabase();
  // As the processes run: what their role may not do fails here too.
  const database = createDatabase(testDatabase.url, { isApp: true });
  const owner = createDatabase(testDatabase.url, { connectionsMax: 1 });
  const { secret: token } = await createToken(owner.db, {
    name: 'test admin',
    role: 'admin',
    scope: '*',
    expiresAt: null,
  });
  await owner.close();
  const bus = new RecordingBus();
  const api = createApi({
    sourceRoots: [{ scope: '*', path: '/data' }],
    database,
    bus,
    log: {
      info: () => undefined,
      error: (fields) =>
        process.stderr.write(
          `${String(fields['path'])}: ${String(fields['err'])} ${String((fields['err'] as Error).cause)}\n`,
        ),
    },
    failuresPerMinute: 10_000,
    ...more,
  });

  const call: ApiWorld['call'] = async (method, url, ask = {}) => {
    const headers: Record<string, string> = { authorization: `Bearer ${ask.token ?? token}`, ...ask.headers };
    if (ask.body !== undefined) headers['content-type'] ??= 'application/json';
    const response = await api.request(url, {
      method,
      headers,
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text), headers: response.headers };
  };
  const specOf: ApiWorld['specOf'] = (name, change = {}) =>
    completeSpec({
      name,
      about: { owner: 'payments', useCase: 'Tests.', successCriterion: 'They pass.' },
      entity: { column: 'card' },
      features: [
        { kind: 'number', name: 'amount', missing: 'refuse', min: 0, max: 100 },
        { kind: 'number', name: 'items', missing: 'allow', min: 1, integer: true },
        { kind: 'category', name: 'merchant', missing: 'refuse', values: ['food', 'travel'] },
        { kind: 'category', name: 'country', missing: 'allow', values: ['de', 'fr'] },
        { kind: 'boolean', name: 'night', missing: 'allow' },
        { kind: 'time', name: 'at', missing: 'allow' },
      ],
      target: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'genuine', labelDelay: { rows: 100 } },
      source: { kind: 'file', path: 'a.csv', format: 'csv' },
      ...change,
    });
  return {
    database,
    api,
    token,
    delivered: bus.delivered,
    call,
    specOf,
    async applied() {
      const name = `m-${randomUUID().slice(0, 8)}`;
      const { status, body } = await call('POST', '/v1/apply', { body: { spec: specOf(name) } });
      if (status !== 200) throw new Error(JSON.stringify(body));
      bus.delivered.length = 0;
      return name;
    },
    async close() {
      await database.close();
      await testDatabase.drop();
    },
  };
}
