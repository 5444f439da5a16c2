import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../config.ts';
import { applyVerb } from '../verbs/models/apply.ts';
import { abTestListVerb } from '../verbs/control/ab-test/list.ts';
import { abTestShowVerb } from '../verbs/control/ab-test/show.ts';
import { abTestStartVerb } from '../verbs/control/ab-test/start.ts';
import { abTestStopVerb } from '../verbs/control/ab-test/stop.ts';
import { abTest, declaredAbTest } from '../../contracts/openapi/example-ab-test.ts';
import { approvalDelegateVerb } from '../verbs/control/approval/delegate.ts';
import { approvalListVerb } from '../verbs/control/approval/list.ts';
import { approvalRevokeVerb } from '../verbs/control/approval/revoke.ts';
import { historyVerb } from '../verbs/record/history.ts';
import { sourceTestVerb } from '../verbs/record/source/test.ts';
import { predictVerb } from '../verbs/models/predict.ts';
import { reproduceVerb } from '../verbs/control/reproduce.ts';
import { retrainVerb } from '../verbs/control/retrain.ts';
import { rollbackVerb } from '../verbs/control/rollback.ts';
import { runLine, type Cli } from './run-line.ts';
import { statusVerb } from '../verbs/models/status.ts';
import { tokenCreateVerb } from '../verbs/people/token/create.ts';
import { tokenListVerb } from '../verbs/people/token/list.ts';
import { firstTokenVerb } from '../verbs/machine/installation.ts';
import { productVersion } from '../../product-version.ts';
import type { Verb } from './verb.ts';
import { PerennialError } from '../../domain/words/errors.ts';

interface Heard {
  readonly method: string;
  readonly url: string;
  readonly token: string;
  readonly key: string | undefined;
  readonly body: unknown;
}

/** A server that answers what a test tells it to: the wire is real, the platform behind it is not needed. */
const heard: Heard[] = [];
let answer: { status: number; body: unknown } = { status: 200, body: {} };
let server: Server;
let url: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-cli-'));
  server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const text = Buffer.concat(parts).toString();
      heard.push({
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        token: incoming.headers.authorization ?? '',
        key: incoming.headers['idempotency-key']?.toString(),
        body: text === '' ? null : JSON.parse(text),
      });
      outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound: AddressInfo | string | null = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  url = `http://127.0.0.1:${bound.port}`;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function say(
  line: readonly string[],
  environment: Record<string, string> = {
    PERENNIAL_CONTROL_URL: url,
    PERENNIAL_INFERENCE_URL: url,
    PERENNIAL_TOKEN: 'prn_x',
  },
): Promise<Said> {
  let out = '';
  let err = '';
  heard.length = 0;
  const cli: Cli = {
    verbs: [
      applyVerb,
      statusVerb,
      predictVerb,
      sourceTestVerb,
      retrainVerb,
      reproduceVerb,
      rollbackVerb,
      abTestStartVerb,
      abTestShowVerb,
      abTestListVerb,
      abTestStopVerb,
      approvalDelegateVerb,
      approvalRevokeVerb,
      approvalListVerb,
      historyVerb,
      tokenCreateVerb,
      tokenListVerb,
      firstTokenVerb,
    ],
    longVerbs: [{ name: 'dev', about: 'Stays up.', start: async (args) => args.length }],
    streams: { out: (text) => (out += text), err: (text) => (err += text) },
    readConfig: () => readConfig({ PERENNIAL_STATE_DIR: folder, ...environment }),
  };
  const code = await runLine(cli, line);
  return { code, out, err };
}

describe('a line that is not understood: exit 2, one sentence, one hint', () => {
  test.each([
    [['statsu'], 'There is no verb "statsu"; did you mean status?'],
    [['--json'], 'The verb comes first'],
    [['retrain'], '`perennial retrain` needs <model>'],
    [['retrain', 'fraud', 'now'], 'takes no "now"'],
    [['retrain', 'fraud', '--reasn', 'x'], 'did you mean --reason?'],
    [['retrain', 'fraud', '-x'], 'has no flag -x'],
    [['retrain', 'fraud', '--reason'], '--reason needs a value'],
    [['retrain', 'fraud', '--no-rollout=yes'], '--no-rollout takes no value'],
    [['rollback', 'fraud'], 'needs --reason'],
    [['rollback', 'fraud', '--reason', 'x', '--to', 'last'], '--to must be a version number'],
    [['approval', 'delegate', 'fraud', '--days', '1'], '`perennial approval delegate` needs --to'],
    [['approval', 'delegate', 'fraud', '--to', 'eve', '--days', 'a week'], 'needs --days with a number'],
    [['approval', 'delegate', 'fraud', '--to', 'eve', '--days', '7'], 'needs --reason'],
    [['approval', 'revoke', 'fraud', '--reason', 'x'], '`perennial approval revoke` needs --to'],
    [['ab-test', 'start', 'fraud', '--metric', 'value'], '`perennial ab-test start` needs --versions'],
    [['ab-test', 'start', 'fraud', '--versions', '7,x', '--metric', 'value'], 'needs --versions with numbers'],
    [
      ['ab-test', 'start', 'fraud', '--versions', '7', '--metric', 'value', '--share', '1,2'],
      '--share with one number',
    ],
    [['ab-test', 'start', 'fraud', '--versions', '7', '--metric', 'value'], 'needs --reason'],
    [['ab-test', 'stop', 'fraud'], 'needs --reason'],
    [['token', 'creat'], 'did you mean create?'],
    [['token', 'create', '--name', 'ci'], 'needs --name and --role'],
    [['predict', 'fraud'], 'either --row or --file'],
    [['history', 'fraud', '--limit', 'all'], '--limit must be a whole number'],
  ])('%j', async (line, sentence) => {
    const { code, err } = await say(line);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toEqual([expect.stringMatching(/^error: /), expect.stringMatching(/^hint: /)]);
    expect(heard).toEqual([]);
  });
});

test.each(['--version', '-v', 'version'])('%s prints the version of the product', async (word) => {
  expect(await say([word], {})).toEqual({ code: 0, err: '', out: `perennial ${productVersion}\n` });
  expect(JSON.parse((await say([word, '--json'], {})).out)).toEqual({ version: productVersion });
});

test('a noun alone lists its verbs, and an earlier spelling goes on working', async () => {
  const { out, code } = await say(['token'], {});
  expect(code).toBe(0);
  expect(out).toContain('  token create ');
  expect(out).not.toContain('  apply ');
  expect((await say(['first-token', '--help'], {})).out).toContain('Usage: perennial token first');
  expect((await say(['help', 'token', 'list'], {})).out).toContain('Usage: perennial token list');
});

test('every verb has help, and help asks nobody', async () => {
  const { code, out } = await say(['--help'], {});
  expect(code).toBe(0);
  for (const name of ['apply', 'status', 'predict', 'retrain', 'rollback', 'history', 'token create', 'dev']) {
    expect(out).toContain(`  ${name}`);
    if (name !== 'dev')
      expect((await say([...name.split(' '), '--help'], {})).out).toContain(`Usage: perennial ${name}`);
  }
});

test('a long verb gets its line as it is and gives the exit code', async () => {
  expect((await say(['dev', '--a', 'b', '--help'])).code).toBe(3);
});

describe('finding the stack', () => {
  test('nothing here says how to start it', async () => {
    const { code, err } = await say(['status'], {});
    expect(code).toBe(1);
    expect(err).toBe('error: Perennial is not running here.\nhint: Start it with `npm run dev`.\n');
  });

  test('what dev wrote is used, and a stack that is gone is not running', async () => {
    const tokensFile = path.join(folder, 'tokens.json');
    await writeFile(tokensFile, JSON.stringify({ admin: 'prn_admin', predictor: 'prn_predictor' }));
    await writeFile(
      path.join(folder, 'stack.json'),
      JSON.stringify({ controlUrl: url, inferenceUrl: url, temporalUiUrl: null, tokensFile }),
    );
    answer = { status: 200, body: { models: [], next: null } };
    expect((await say(['status'], {})).out).toContain('No model has been applied yet');
    const token = 'Bearer prn_admin';
    expect(heard).toMatchObject([
      { url: '/v1/models?limit=200', token },
      { url: '/v1/storage', token },
    ]);
    await writeFile(
      path.join(folder, 'stack.json'),
      JSON.stringify({ controlUrl: 'http://127.0.0.1:1', inferenceUrl: url, tokensFile }),
    );
    expect((await say(['status', '--json'], {})).out).toContain('"code":"unavailable"');
    await rm(path.join(folder, 'stack.json'));
  });
});

test('the sentence of the server is the sentence of the command', async () => {
  answer = {
    status: 404,
    body: {
      status: 404,
      detail: 'There is no model "x" (models: fraud).',
      code: 'model_not_found',
      hint: 'Look.',
      retryable: false,
    },
  };
  const { code, out, err } = await say(['status', 'x', '--json']);
  expect(code).toBe(1);
  expect(err).toBe('error: There is no model "x" (models: fraud).\nhint: Look.\n');
  expect(JSON.parse(out)).toEqual({
    error: { code: 'model_not_found', message: 'There is no model "x" (models: fraud).', hint: 'Look.' },
  });
});

test('an answer that is no answer is said, not printed', async () => {
  answer = { status: 200, body: { hello: 1 } };
  expect((await say(['status'])).err).toContain('does not read');
  answer = { status: 502, body: 'bad gateway' };
  expect((await say(['status'])).err).toContain('answered 502');
});

test('retrain sends its flags', async () => {
  answer = {
    status: 200,
    body: {
      commandId: '6f1f7c1e-0000-4000-8000-000000000000',
      model: 'fraud',
      kind: 'retrain',
      text: 'received',
      link: null,
    },
  };
  const { code, out } = await say(['retrain', 'fraud', '--no-rollout', '--reason', 'why not', '--id', 'k1']);
  expect({ code, out }).toEqual({ code: 0, out: 'fraud: received.\n' });
  expect(heard).toMatchObject([
    { method: 'POST', url: '/v1/models/fraud/retrain', key: 'k1', body: { rollout: false, reason: 'why not' } },
  ]);
});

test('an approval is handed on, listed and taken back', async () => {
  const done = { commandId: '6f1f7c1e-0000-4000-8000-000000000000', model: 'fraud', text: 'done', link: null };
  answer = { status: 200, body: { ...done, kind: 'delegate-approval' } };
  const reason = ['--reason', 'on holiday', '--id', 'k1'];
  await say(['approval', 'delegate', 'fraud', '--to', 'eve', '--days', '7', ...reason]);
  const url = '/v1/models/fraud/approval';
  const body = { to: 'eve', days: 7, reason: 'on holiday' };
  expect(heard).toMatchObject([{ method: 'POST', url: `${url}/delegate`, key: 'k1', body }]);
  answer = { status: 200, body: { ...done, kind: 'revoke-delegation' } };
  expect((await say(['approval', 'revoke', 'fraud', '--to', 'eve', '--from', 'ann', ...reason])).out).toContain('done');
  expect(heard).toMatchObject([{ url: `${url}/revoke`, key: 'k1', body: { to: 'eve', from: 'ann' } }]);
  const times = { since: '2026-05-02T08:00:00.000Z', until: '2026-05-09T08:00:00.000Z' };
  const delegations = [{ model: 'fraud', from: 'ann', to: 'eve', reason: 'on holiday', ...times }];
  answer = { status: 200, body: { delegations, next: null } };
  expect((await say(['approval', 'list', 'fraud'])).out).toMatch(/eve +ann +2026-05-09 .*on holiday/);
  answer = { status: 200, body: { delegations: [], next: null } };
  expect((await say(['approval', 'list', 'fraud'])).out).toBe('Nobody approves in the place of another.\n');
});

test('an A/B test is planned before it starts, shown, listed and stopped', async () => {
  const done = { commandId: '6f1f7c1e-0000-4000-8000-000000000000', model: 'fraud', kind: 'start-ab-test', link: null };
  answer = { status: 200, body: { ...done, control: 3, declared: declaredAbTest, text: 'About 4,000 units' } };
  const asked = ['ab-test', 'start', 'fraud', '--versions', '7,8', '--metric', 'value'];
  const url = '/v1/models/fraud/ab-tests';
  const verbs = '/v1/models/fraud/ab-test';
  const body = { versions: [7, 8], metric: 'value', sharePercent: 10, bounds: [-50, 100] };
  const planned = await say([...asked, '--share', '10', '--bounds', '-50,100', '--dry-run']);
  expect(planned.out).toContain('fraud: v3 (control) against v7, v8');
  expect(planned.out).toContain('looks at any time, at most 100,000 units, at most 30 days');
  expect(heard).toMatchObject([{ method: 'POST', url: `${verbs}/plan`, body }]);
  await say([...asked, '--reason', 'to see', '--id', 'k1']);
  expect(heard.map((one) => one.url)).toEqual([`${verbs}/plan`, `${verbs}/start`]);
  expect(heard[1]).toMatchObject({ key: 'k1', body: { versions: [7, 8], metric: 'value', reason: 'to see' } });
  answer = { status: 200, body: abTest };
  const shown = await say(['ab-test', 'show', 'fraud', '1']);
  expect(shown.out).toMatch(/v7 +v7 +1,210 +0 +940 +2\.6 +0\.7 +-0\.1 to 1\.5 +20 % +open/);
  expect(heard).toMatchObject([{ method: 'GET', url: `${url}/1` }]);
  answer = { status: 200, body: { abTests: [abTest], next: null } };
  expect((await say(['ab-test', 'show', 'fraud'])).out).toBe(shown.out);
  expect((await say(['ab-test', 'list', 'fraud'])).out).toMatch(/1 +running +v3 v7 +value .*which of them earns most/);
  answer = { status: 200, body: { abTests: [], next: null } };
  expect((await say(['ab-test', 'list', 'fraud'])).out).toBe('fraud has had no A/B test.\n');
  answer = { status: 200, body: { ...done, kind: 'stop-ab-test', text: 'over' } };
  await say(['ab-test', 'stop', 'fraud', '--reason', 'enough']);
  expect(heard).toMatchObject([{ url: `${verbs}/stop`, body: { reason: 'enough' } }]);
});

test('a version is fitted again, and the line waits for what comes of it', async () => {
  // The same document answers both questions: the command, and how its run stands.
  const command = { commandId: '0197a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2c', model: 'fraud', kind: 'reproduce', link: null };
  const run = { runId: 'reproduce/fraud/3/1', trigger: 'person', startedAt: '2026-05-02T08:00:00Z', userSteps: [] };
  const ended = (isEqual: boolean, detail: string) => ({
    ...command,
    ...run,
    text: 'v3 is fitted again: reproduce/fraud/3/1',
    status: 'completed',
    detail,
    endedAt: '2026-05-02T08:00:09Z',
    input: {},
    output: { isEqual },
  });
  answer = { status: 200, body: { ...ended(true, 'v3 again has the same bytes (SHA-256 11)') } };
  // `kind` is that of the command for the one, and of the run for the other: they share the word.
  expect(await say(['reproduce', 'fraud', 'v3'])).toMatchObject({
    code: 0,
    out: 'fraud: v3 is fitted again: reproduce/fraud/3/1.\nv3 again has the same bytes (SHA-256 11).\n',
  });
  expect(heard.map(({ url: asked }) => asked)).toEqual([
    '/v1/models/fraud/reproduce',
    '/v1/runs/reproduce%2Ffraud%2F3%2F1',
  ]);
  answer = { status: 200, body: { ...ended(false, 'v3 again has other bytes (SHA-256 22): Node was a and is b') } };
  const other = await say(['reproduce', 'fraud', '3']);
  expect(other).toMatchObject({ code: 1 });
  expect(other.err).toContain('v3 again has other bytes (SHA-256 22): Node was a and is b.');
  expect((await say(['reproduce', 'fraud', 'three'])).err).toContain('"three" is no number of a version');
});

describe('predict', () => {
  const prediction = {
    predictionId: 'p1',
    version: 3,
    arm: 'champion',
    label: 'fraud',
    probabilities: { genuine: 0.2, fraud: 0.8 },
  };

  test('one row, and the rows of a file', async () => {
    answer = { status: 200, body: { model: 'fraud', predictions: [prediction] } };
    expect((await say(['predict', 'fraud', '--row', '{"amount": 1}'])).out).toBe('fraud  p 0.8  v3 (champion)  p1\n');
    const file = path.join(folder, 'rows.ndjson');
    await writeFile(file, '{"amount":1}\n{"amount":2}\n\n');
    expect(JSON.parse((await say(['predict', 'fraud', '--file', file, '--json'])).out)).toMatchObject({
      predictions: [prediction],
    });
    expect(heard).toMatchObject([{ url: '/v1/models/fraud/predict', body: { rows: [{ amount: 1 }, { amount: 2 }] } }]);
  });

  test('says below an answer what moved it, where that is asked for', async () => {
    const explanation = {
      method: 'linear',
      text: 'It says -1 for the log-odds of fraud on average, and 1.4 here.',
      features: [{ feature: 'amount', text: 'amount 1 raises the log-odds of fraud by 2.4.' }],
      correction: { text: 'The correction makes 1.1 of it.' },
    };
    answer = { status: 200, body: { model: 'fraud', predictions: [{ ...prediction, explanation }] } };
    expect((await say(['predict', 'fraud', '--row', '{"amount": 1}', '--explain'])).out).toBe(
      'fraud  p 0.8  v3 (champion)  p1\n' +
        '  It says -1 for the log-odds of fraud on average, and 1.4 here.\n' +
        '    amount 1 raises the log-odds of fraud by 2.4.\n' +
        '  The correction makes 1.1 of it.\n',
    );
    expect(heard).toMatchObject([{ body: { rows: [{ amount: 1 }], explain: true } }]);
  });

  test.each([
    ['{amount: 1}', 'is not JSON at line 1'],
    ['[]', 'holds no rows'],
    ['[{"a":1}, 5]', 'Row 2 of --row is not an object'],
  ])('%s', async (text, sentence) => {
    const { code, err } = await say(['predict', 'fraud', '--row', text]);
    expect(code).toBe(1);
    expect(err).toContain(sentence);
  });

  test('a missing file', async () => {
    expect((await say(['predict', 'fraud', '--file', '/no/such'])).err).toContain('cannot be read (ENOENT)');
  });
});

test('what a foreign file holds is no command to a terminal; a document stays as it is', async () => {
  let told = '';
  const streams = { out: (text: string) => (told += text), err: (text: string) => (told += text) };
  const run: Verb['run'] = async ({ out, words: [word] }) => {
    if (word === 'fail') throw new PerennialError('invalid_data', 'no \u009b3Jb', { hint: 'none' });
    out.line('a\u001b[2Jb\n\u0007c');
    out.document('"\u0085"\n');
  };
  const shown = { name: 'shown', about: 'Shows.', words: ['[word]'], flags: [], examples: [], run };
  const cli = { verbs: [shown], longVerbs: [], streams, readConfig: () => readConfig({ PERENNIAL_STATE_DIR: folder }) };
  await runLine(cli, ['shown']);
  await runLine(cli, ['shown', 'fail']);
  expect(told).toBe('a·[2Jb\n·c\n"\u0085"\nerror: no ·3Jb\nhint: none\n');
});

test('a table is no definition and no model', async () => {
  expect((await say(['source', 'test', 'orders.csv'])).err).toContain('There is no file orders.csv.');
  const file = path.join(folder, 'orders.csv');
  await writeFile(file, 'a\n1\n');
  const { err } = await say(['source', 'test', file]);
  expect(err).toContain('orders.csv is not a definition file; it must end in .ts');
  expect(err).toContain('`perennial contract infer FILE` looks at a table');
  expect(heard).toEqual([]);
});

describe('apply', () => {
  test('a file that is not there, is no definition, or does not load: one sentence each', async () => {
    expect((await say(['apply', 'no-such'])).err).toContain('There is no file no-such.');
    const write = async (name: string, text: string): Promise<string> => {
      await writeFile(path.join(folder, name), text);
      return path.join(folder, name);
    };
    expect((await say(['apply', await write('a.mjs', 'export const a = 1;')])).err).toContain(
      'exports no definition of a model or a view',
    );
    expect((await say(['apply', await write('b.mjs', 'export const = 1;')])).err).toContain('cannot be loaded');
    const copy = "class PerennialError extends Error { name = 'PerennialError'; path = 'x'; hint = 'Use a.'; }";
    const refused = await say(['apply', await write('f.mjs', `${copy} throw new PerennialError('no b here');`)]);
    expect(refused.err).toBe('error: no b here\nhint: Use a.\n');
    await write('cycle.js', "require('./cycle.mjs');");
    const cycle = await write('cycle.mjs', "import './cycle.js';");
    expect((await say(['apply', cycle])).err).toContain('is taken for CommonJS');
    expect((await say(['apply', await write('c.json', '{')])).err).toContain('is not JSON');
    expect((await say(['apply', await write('d.json', '{"formatVersion":1,"name":"d","features":[]}')])).err).toContain(
      'The model definition is not valid',
    );
    const view = '{"formatVersion":1,"name":"d","owner":"risk","features":[]}';
    expect((await say(['apply', await write('e.json', view)])).err).toContain('The view definition is not valid');
    expect(heard).toEqual([]);
  });

  test('of several definitions of one model the choice must be said', async () => {
    const file = path.join(folder, 'several.mjs');
    const define = (name: string) => `export const ${name} = { formatVersion: 1, name: 'fraud', features: [] };`;
    await writeFile(file, `${define('calm')}\n${define('storm')}`);
    expect((await say(['apply', file])).err).toContain('several definitions of "fraud": calm, storm');
    expect((await say(['apply', file, '--export', 'clam'])).err).toContain('it exports calm, storm');
    expect((await say(['apply', file, '--export', 'calm'])).err).toContain('The model definition is not valid');
  });
});
