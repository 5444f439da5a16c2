import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../../../config.ts';
import { correctionExamples } from '../../../../contracts/openapi/example-corrections.ts';
import { runLine } from '../../../line/run-line.ts';
import { correctionListVerb } from './list.ts';
import { correctionResumeVerb } from './resume.ts';
import { correctionUndoVerb } from './undo.ts';

interface Heard {
  readonly method: string;
  readonly url: string;
  readonly key: string | undefined;
  readonly body: unknown;
}

/** A server that answers what a test tells it to: the wire is real, the platform behind it is not needed. */
let heard: Heard | undefined;
let answer: unknown;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => {
      const text = Buffer.concat(parts).toString();
      heard = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        key: incoming.headers['idempotency-key']?.toString(),
        body: text === '' ? null : JSON.parse(text),
      };
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  url = `http://127.0.0.1:${bound.port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function say(...line: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  heard = undefined;
  const environment = { PERENNIAL_CONTROL_URL: url, PERENNIAL_INFERENCE_URL: url, PERENNIAL_TOKEN: 'prn_x' };
  const code = await runLine(
    {
      verbs: [correctionListVerb, correctionUndoVerb, correctionResumeVerb],
      longVerbs: [],
      streams: { out: (text) => (out += text), err: (text) => (err += text) },
      readConfig: () => readConfig({ PERENNIAL_STATE_DIR: tmpdir(), ...environment }),
    },
    ['correction', ...line],
  );
  return { code, out, err };
}

const listed = correctionExamples['GET /v1/models/{name}/corrections'].answer;

test('list marks what answers now, and says who and how much', async () => {
  answer = { ...listed, next: 'abc' };
  const { code, out } = await say('list', 'fraud', '--version', 'v3');
  expect(code).toBe(0);
  expect(heard).toMatchObject({ method: 'GET', url: '/v1/models/fraud/corrections?limit=50&version=3' });
  const lines = out.split('\n');
  expect(lines[0]).toBe('v3 (champion) answers with correction 3f9a3f9a3f9a3f9a, held by a person.');
  expect(lines[2]).toMatch(/- +v3 +undone +\*3f9a3f9a3f9a3f9a +- +- +ana +fitted on mislabelled cases/);
  expect(lines[3]).toMatch(/41 +v3 +fitted +81c481c481c481c4 +2000 +0\.012 \(0\.004\) +watch/);
  expect(out).toContain('There are more: `perennial correction list fraud --cursor abc`.');
});

test('list says what shadow and hold would have done, and that nothing was judged', async () => {
  const [, fitted] = listed.corrections;
  const wouldHaveGained = { estimate: 0.05, lower: 0.03, rows: 700 };
  answer = { ...listed, corrections: [{ ...fitted, verdict: 'shadow', wouldHaveGained }] };
  expect((await say('list', 'fraud')).out).toMatch(/shadow \(fitted\) .* 0\.05 \(0\.03\)/);
  answer = { ...listed, answering: [], corrections: [] };
  expect((await say('list', 'fraud')).out).toBe('No correction of fraud has been judged.\n');
  expect(JSON.parse((await say('list', 'fraud', '--json')).out)).toEqual(answer);
});

test('undo sends what it is to put back and why, and a dry run says so', async () => {
  answer = correctionExamples['POST /v1/models/{name}/correction/undo'].answer;
  const { code, out } = await say('undo', 'fraud', '--to', 'identity', '--reason', 'bad labels', '--id', 'mine-123');
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('fraud: v3 answers with correction 3f9a') });
  expect(heard).toMatchObject({
    method: 'POST',
    url: '/v1/models/fraud/correction/undo',
    body: { to: 'identity', isDryRun: false, reason: 'bad labels' },
  });
  await say('undo', 'fraud', '--dry-run', '--reason', 'bad labels');
  expect(heard?.body).toEqual({ isDryRun: true, reason: 'bad labels' });
});

test('undo and resume ask for a reason before anything is sent', async () => {
  for (const verb of ['undo', 'resume']) {
    // oxlint-disable-next-line no-await-in-loop -- one line after the other
    const { code, err } = await say(verb, 'fraud');
    expect(code).toBe(2);
    expect(err).toContain(`\`perennial correction ${verb}\` needs --reason`);
    expect(heard).toBeUndefined();
  }
  answer = correctionExamples['POST /v1/models/{name}/correction/resume'].answer;
  await say('resume', 'fraud', '--reason', 'the labels are mended');
  expect(heard).toMatchObject({ url: '/v1/models/fraud/correction/resume', body: { reason: 'the labels are mended' } });
});
