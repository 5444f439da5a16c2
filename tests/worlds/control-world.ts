import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { createToken } from '../../src/access/create-token.ts';
import type { Api } from '../../src/control/app.ts';
import { createApi } from '../../src/create-api.ts';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { version } from '../../src/db/schema/index.ts';
import { roles, type Role } from '../../src/domain/record/closed-sets.ts';
import { completeSpec, type ModelSpecInput } from '../../src/domain/spec/default-spec.ts';
import { createTestDatabase } from './database.ts';
import { RecordingBus } from './recording-bus.ts';

interface Answer {
  readonly status: number;
  // What came over the wire; each test asserts the members that it means.
  readonly body: Record<string, unknown>;
}

/** The control API over a database of its own, with a token for every role. */
export interface ControlWorld {
  readonly url: string;
  readonly database: Database;
  readonly secrets: Record<Role, string>;
  readonly bus: RecordingBus;
  /** A new bus that has heard nothing, and an API in front of it. */
  renew(): void;
  call(
    method: string,
    url: string,
    options?: { readonly token?: string; readonly body?: unknown; readonly key?: string },
  ): Promise<Answer>;
  /** A model of its own for one test. */
  applied(): Promise<string>;
  addVersion(model: string, number: number, status?: 'released' | 'rejected'): Promise<void>;
  close(): Promise<void>;
}

export async function createControlWorld(): Promise<ControlWorld> {
  const testDatabase = await createTestDatabase();
  const database = createDatabase(testDatabase.url);
  const made = await Promise.all(
    roles.map(async (role) => [
      role,
      (await createToken(database.db, { name: `test ${role}`, role, scope: '*', expiresAt: null })).secret,
    ]),
  );
  const secrets: Record<Role, string> = Object.fromEntries(made);
  const log = { info: () => undefined, error: () => undefined };
  let bus = new RecordingBus();
  let api: Api = createApi({ sourceRoots: [{ scope: '*', path: '/data' }], database, bus, log });
  const call: ControlWorld['call'] = async (method, url, options = {}) => {
    const headers: Record<string, string> = { authorization: `Bearer ${options.token ?? secrets.admin}` };
    if (options.body !== undefined) headers['content-type'] = 'application/json';
    if (options.key !== undefined) headers['idempotency-key'] = options.key;
    const response = await api.request(url, {
      method,
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    return { status: response.status, body: z.record(z.string(), z.unknown()).parse(await response.json()) };
  };
  return {
    url: testDatabase.url,
    database,
    secrets,
    get bus() {
      return bus;
    },
    renew() {
      bus = new RecordingBus();
      api = createApi({ sourceRoots: [{ scope: '*', path: '/data' }], database, bus, log });
    },
    call,
    async applied() {
      const name = `m-${randomUUID().slice(0, 8)}`;
      const { status, body } = await call('POST', '/v1/apply', { body: { spec: smallSpec(name) } });
      if (status !== 200) throw new Error(JSON.stringify(body));
      bus.delivered.length = 0;
      return name;
    },
    async addVersion(model, number, status = 'released') {
      await database.db.insert(version).values({
        model,
        version: number,
        runId: `train/${model}/${number}`,
        status,
        specRevision: 1,
        modelDigest: 'a'.repeat(64),
        profileDigest: 'b'.repeat(64),
        correction: 'identity',
        threshold: 0.5,
        snapshots: [],
        report: JSON.parse('{"candidate":{"testMetrics":{"auroc":0.91,"rows":500}},"release":{"family":"gbdt"}}'),
        labelledRows: 1_000,
        throughWindow: null,
        gateVerdict: 'pass',
      });
    },
    async close() {
      await database.close();
      await testDatabase.drop();
    },
  };
}

/** The smallest definition that may be applied. */
export function smallSpec(name: string, change: Partial<ModelSpecInput> = {}): unknown {
  return completeSpec({
    name,
    about: { owner: 'payments', useCase: 'Tests.', successCriterion: 'They pass.' },
    features: [{ kind: 'number', name: 'amount', missing: 'refuse', min: 0 }],
    target: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'genuine', labelDelay: { rows: 100 } },
    source: { kind: 'file', path: 'a.csv', format: 'csv' },
    ...change,
  });
}
