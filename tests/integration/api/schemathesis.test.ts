import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToken } from '../../../src/access/create-token.ts';
import { createApi } from '../../../src/create-api.ts';
import { ensureSigningKey } from '../../../src/model-signing/signing-key.ts';
import { serveApi, type Serving } from '../../../src/control/serve.ts';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import { createGaugeReader } from '../../../src/db/installation/gauges.ts';
import type { CommandBus } from '../../../src/domain/record/messages.ts';
import { createControlMetrics } from '../../../src/telemetry/control-metrics.ts';
import { findSchemathesis, runSchemathesis } from '../../worlds/schemathesis.ts';
import { titled, type Missing } from '../../worlds/tools.ts';
import { testEntities } from '../../worlds/entity-names.ts';
import { createServingWorld, type ServingWorld } from '../../worlds/serving-world.ts';

/**
 * Asks both ports everything that their descriptions allow, and much that they do not: no answer may be a failure of
 * ours, or one that is not described. The short form; `npm run soak -- fuzz` makes requests up, and
 * PERENNIAL_FUZZ_EXAMPLES says how many.
 */
const found = await findSchemathesis();
const examples = process.env['PERENNIAL_FUZZ_EXAMPLES'] ?? '25';
const isSoak = process.env['PERENNIAL_SOAK'] === '1';
// Far above what it takes (half a minute): on a machine that is busy with something else it takes four times as long.
const limitMs = isSoak ? 20 * 60_000 : 300_000;

/** What a valid request is depends on the model named in it, which no description of all models can say. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'unsupported_method',
  'allow_header_conformance',
  'ignored_auth',
].join(',');

let world: ServingWorld;
let database: Database;
let control: Serving;
let token: string;

beforeAll(async () => {
  world = await createServingWorld();
  await world.route({ champion: await world.addVersion(1, [0.75, 0.25]), stage: 'steady' });
  await world.serve();
  token = (await createToken(world.database.db, { name: 'fuzzer', role: 'admin', scope: '*', expiresAt: null })).secret;
  database = createDatabase(world.database.url, { isApp: true });
  const bus: CommandBus = {
    deliver: async (command) => ({ accepted: true, text: `${command.kind} received` }),
    ensureModel: async () => undefined,
    uiUrl: (id) => `http://127.0.0.1:8233/${id}`,
    nudge: async () => true,
    steps: async () => [],
    reset: async () => undefined,
  };
  const api = createApi({
    sourceRoots: [{ scope: '*', path: '/data' }],
    database,
    bus,
    entities: testEntities,
    log: {
      info: () => undefined,
      error: (fields) => process.stderr.write(`${String(fields['path'])} ${String(fields['err'])}\n`),
    },
    failuresPerMinute: 1_000_000,
    store: world.artifacts,
    signingKey: () => ensureSigningKey(`${world.artifactDir}/signing.key`),
    importDir: `${world.artifactDir}/import`,
    metrics: createControlMetrics(createGaugeReader(database)),
  });
  control = await serveApi(api, { host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await control.stop(1_000);
  await database.close();
  await world.close();
});

/**
 * The run's own token could be revoked or rotated by a request that was made up, and the feed waits for as long as it
 * is asked to: these have tests of their own.
 */
const excluded = ['--exclude-path-regex', '^/v1/(tokens/|events$)'];

/** Made-up requests take minutes until they find something. */
const phases = isSoak ? 'examples,coverage,fuzzing' : 'examples,coverage';
/** What each run asks. */
const runs: Readonly<Record<string, readonly string[]>> = {
  control: ['--phases', phases, ...excluded],
  inference: ['--phases', phases],
  fraud: ['--phases', phases],
};

const missing: Missing | null = 'missing' in found ? { tool: 'python', why: found.missing } : null;

test.each(Object.keys(runs))(
  titled('%s gives no failure and nothing undescribed', missing),
  { timeout: limitMs + 30_000, skip: missing !== null },
  async (which) => {
    const inferenceUrl = `http://127.0.0.1:${world.port()}`;
    const controlUrl = `http://127.0.0.1:${control.port}`;
    const location =
      which === 'control'
        ? `${controlUrl}/openapi.json`
        : `${inferenceUrl}${which === 'fraud' ? '/v1/models/fraud/openapi.json' : '/openapi.json'}`;
    const command = 'command' in found ? found.command : '';
    // One worker: Python 3.11 counts the depth of all its threads' parsers together, and with two of them the fuzzer
    // now and then ends itself with `AST constructor recursion depth mismatch`.
    const { code, output } = await runSchemathesis(
      command,
      [
        'run',
        location,
        '--url',
        which === 'control' ? controlUrl : inferenceUrl,
        '-H',
        `Authorization: Bearer ${token}`,
        '--checks',
        checks,
        '-n',
        examples,
        '--seed',
        '7',
        '-w',
        '1',
        '--warnings',
        'off',
        '--request-timeout',
        '20',
        '--suppress-health-check',
        'all',
        '--continue-on-failure',
        ...(runs[which] ?? []),
      ],
      limitMs,
    );
    const ending = code === null ? `killed after ${limitMs} ms` : `exit code ${code}`;
    expect(code === 0 ? '' : `${ending}\n${output}`).toBe('');
  },
);
