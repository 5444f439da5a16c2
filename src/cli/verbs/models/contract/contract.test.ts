import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fraud } from '../../../../../models/fraud.ts';
import { readConfig } from '../../../../config.ts';
import { problemOf } from '../../../../contracts/http/problem.ts';
import { parseSpec } from '../../../../contracts/spec/parse-spec.ts';
import { contractDocumentOf } from '../../../../domain/contract/document/contract-document.ts';
import { PerennialError } from '../../../../domain/words/errors.ts';
import { runLine } from '../../../line/run-line.ts';
import { contractCheckVerb } from './check.ts';
import { contractExportVerb } from './export.ts';
import { contractImportVerb } from './import.ts';
import { contractInferVerb } from './infer.ts';

let folder: string;
let server: Server;
let url: string;
const asked: string[] = [];

/** A server that knows one model. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-contract-'));
  server = createServer(({ url: given = '' }, outgoing) => {
    asked.push(given);
    const isKnown = given === '/v1/models/fraud/spec';
    const body = isKnown
      ? { model: 'fraud', revision: 7, digest: 'd', spec: parseSpec(fraud) }
      : problemOf(new PerennialError('model_not_found', 'There is no model "frod" (models: fraud).'), 'r');
    outgoing.writeHead(isKnown ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(
    file('orders.csv'),
    [
      'amount,country,returned',
      ...Array.from({ length: 400 }, (_, at) => `${at % 90}.5,${at % 2 ? 'DE' : 'FR'},${at % 3 ? 'no' : 'yes'}`),
    ].join('\n'),
  );
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const file = (name: string) => path.join(folder, name);

/** Without a server there is nothing to be asked: whoever asks all the same fails. */
async function say(line: readonly string[], isServed = false) {
  let out = '';
  let err = '';
  asked.length = 0;
  const served = { PERENNIAL_CONTROL_URL: url, PERENNIAL_INFERENCE_URL: url, PERENNIAL_TOKEN: 'prn_x' };
  const code = await runLine(
    {
      verbs: [contractCheckVerb, contractExportVerb, contractImportVerb, contractInferVerb],
      longVerbs: [],
      streams: { out: (text) => (out += text), err: (text) => (err += text) },
      readConfig: () => readConfig({ PERENNIAL_STATE_DIR: folder, ...(isServed ? served : {}) }),
    },
    line,
  );
  return { code, out, err };
}

describe('without a server', () => {
  test('a contract is inferred, written, checked, and breaks', async () => {
    const inferred = await say([
      'contract',
      'infer',
      file('orders.csv'),
      '--target',
      'returned',
      '--out',
      file('orders.json'),
    ]);
    expect(inferred).toMatchObject({ code: 0, err: '' });
    expect(inferred.out).toContain('orders.csv: 400 rows looked at.');
    const good = await say(['contract', 'check', file('orders.csv'), '--contract', file('orders.json'), '--strict']);
    expect(good).toMatchObject({ code: 0, err: '' });

    await writeFile(file('bad.csv'), `${await readFile(file('orders.csv'), 'utf8')}\n-4,AT,no\n`);
    const bad = await say(['contract', 'check', file('bad.csv'), '--contract', file('orders.json')]);
    expect(bad.code).toBe(0);
    expect(bad.out).toContain('401 rows, 400 accepted, 1 set aside');
    expect(bad.out).toContain('line 402: {"amount":"-4","country":"AT","returned":"no"}');
    const strict = await say(['contract', 'check', file('bad.csv'), '--contract', file('orders.json'), '--strict']);
    expect(strict).toMatchObject({ code: 1, err: expect.stringContaining('bad.csv: 1 row set aside.') });

    const followed = await say(['contract', 'infer', file('bad.csv'), '--against', file('orders.json'), '--json']);
    expect((JSON.parse(followed.out) as { changes: { path: string }[] }).changes.map(({ path: at }) => at)).toEqual([
      'features.amount.min',
      'features.country.values',
    ]);
  });

  test('too many bad rows refuse the file', async () => {
    await say(['contract', 'infer', file('orders.csv'), '--target', 'returned', '--out', file('orders.json')]);
    await writeFile(file('worse.csv'), `amount,country,returned\n1,DE,no\n${'-1,DE,no\n'.repeat(9)}`);
    const refused = await say(['contract', 'check', file('worse.csv'), '--contract', file('orders.json')]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('90.0 % of the rows would be quarantined') });
  });

  test('a definition goes out as a document of the standard, and comes back as the same contract', async () => {
    const given = path.resolve('models/fraud.ts');
    await say(['contract', 'export', given, '--out', file('fraud.odcs.yaml')]);
    const imported = await say(['contract', 'import', file('fraud.odcs.yaml'), '--out', file('fraud.json')]);
    expect(imported.code).toBe(0);
    expect(JSON.parse(await readFile(file('fraud.json'), 'utf8'))).toEqual(contractDocumentOf(parseSpec(fraud)));
    const schema = await say(['contract', 'export', given, '--format', 'json-schema', '--json']);
    expect(JSON.parse(schema.out)).toMatchObject({ title: 'fraud', type: 'object' });
  });

  test('a rule that is not understood fails, unless that is said to be right', async () => {
    await writeFile(
      file('theirs.odcs.yaml'),
      'apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\nschema:\n- name: orders\n' +
        '  properties:\n  - {name: amount, logicalType: number, quality: ' +
        '[{type: sql, query: "select 1", mustBe: 1}]}\n' +
        '  - {name: country, logicalType: string}\n  - {name: returned, logicalType: string}\n',
    );
    const refused = await say(['contract', 'import', file('theirs.odcs.yaml')]);
    expect(refused).toMatchObject({
      code: 1,
      out: expect.stringContaining('NOT CHECKED  schema[0].properties[0].quality[0] is SQL of another engine'),
      err: expect.stringContaining('--partial'),
    });
    const unchecked = await say(['contract', 'check', file('orders.csv'), '--contract', file('theirs.odcs.yaml')]);
    expect(unchecked.code).toBe(1);
    const line = ['contract', 'check', file('orders.csv'), '--contract', file('theirs.odcs.yaml'), '--partial'];
    expect((await say(line)).code).toBe(0);
    // The first line of --json is the answer, whatever comes after it.
    const json = await say(['contract', 'import', file('theirs.odcs.yaml'), '--json']);
    expect(JSON.parse(json.out.split('\n')[0] ?? '')).toMatchObject({
      document: { name: 'orders' },
      notes: expect.arrayContaining([expect.objectContaining({ isUnchecked: true })]),
    });
  });

  test.each([
    [['contract', 'check', 'x.csv'], 'needs --model or --contract', 2],
    [['contract', 'check', 'x.csv', '--model', 'a', '--contract', 'b.json'], 'one of them', 2],
    [['contract', 'check', 'none.csv', '--contract', 'none.json'], 'none.json cannot be read', 2],
    [['contract', 'export', 'models/fraud.ts', '--format', 'avro'], '--format must be', 2],
    [['contract', 'infer', 'models/fraud.ts', '--date-order', 'any'], '--date-order must be', 2],
    [['contract', 'infer', 'x.csv', '--against', 'models/fraud.ts', '--target', 'y'], '--target is what', 2],
    [['contract', 'export', 'fraud'], 'Perennial is not running here', 1],
  ])('%j is one sentence and a hint', async (line, words, code) => {
    const said = await say(line);
    expect(said.code).toBe(code);
    expect(said.err).toContain(words);
    expect(said.err).toMatch(/^error: .+\nhint: .+\n$/);
  });
});

describe('with a server', () => {
  test('the contract of a model is asked for, and its revision is the version', async () => {
    const said = await say(['contract', 'export', 'fraud', '--json'], true);
    expect(asked).toEqual(['/v1/models/fraud/spec']);
    expect(JSON.parse(said.out)).toMatchObject({ kind: 'DataContract', version: '7', status: 'active' });
  });

  test('of a name that is neither a model nor a view, the models are told', async () => {
    const said = await say(['contract', 'export', 'frod'], true);
    expect(asked).toEqual(['/v1/models/frod/spec', '/v1/views/frod']);
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining('(models: fraud)') });
  });
});
