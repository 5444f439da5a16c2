import { expect, test } from 'vitest';
import { callWith, servedInMemory, servingInMemory } from '../../../tests/worlds/serving-in-memory.ts';
import { hashSecret } from '../../access/secret.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { arrivalMark } from '../../domain/record/records.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { createInferenceApp } from '../http/app.ts';
import type { TokenSource } from '../ports.ts';
import { acceptProxies } from './accept-proxies.ts';
import { acceptLabels } from './accept-labels.ts';
import { modelMetadata, modelReady, serverMetadata } from './describe-model.ts';
import { health } from './health.ts';
import { infer } from './infer.ts';
import { predict } from './predict.ts';
import { refuse } from './refusal.ts';

const productVersion = '1.2.3';
const base = {
  about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
  entity: { column: 'card' },
  features: [
    { kind: 'number', name: 'amount', missing: 'refuse' },
    { kind: 'category', name: 'merchant', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'y', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
} as const;
const proxies = [
  { name: 'call', meaning: 'the cardholder called', better: 'lower' },
  { name: 'clicks', meaning: 'clicks in the app', better: 'higher' },
] as const;
const fraud = servedInMemory(completeSpec({ ...base, name: 'fraud', watch: { proxies } }), {
  score: ({ numbers: [amount = 0] }) => (amount < 0 ? null : [1 - amount / 100, amount / 100]),
});
const empty = servedInMemory(completeSpec({ ...base, name: 'empty' }), null);

const tokens: TokenSource = {
  authorise(secretHash, model) {
    if (secretHash === hashSecret('flood'))
      return Promise.reject(new PerennialError('rate_limited', 'Too many wrong tokens.', { retryAfterSeconds: 7 }));
    if (secretHash === hashSecret('all')) return Promise.resolve('allowed');
    if (secretHash !== hashSecret('fraud-only')) return Promise.resolve('unauthenticated');
    return Promise.resolve(model === null || model === 'fraud' ? 'allowed' : 'forbidden');
  },
};

interface Asked {
  readonly what: 'predict' | 'infer' | 'labels' | 'proxies' | 'metadata' | 'ready' | 'server' | 'health';
  readonly token: string | null;
  readonly model?: string;
  readonly version?: string;
  readonly body?: unknown;
}

interface Told {
  readonly status: number;
  readonly body: unknown;
}

/** A door that knows no HTTP: an object in, an object out. What is told is JSON, whatever carries it. */
async function throughSecondDoor(asked: Asked) {
  const { serving, records } = servingInMemory([fraud, empty], tokens);
  const { what, token, model = '', version, body } = asked;
  const call = callWith(token);
  const readBody = () => Promise.resolve(body);
  const answers = {
    predict: () => predict(serving, call, { model, readBody }),
    infer: () => infer(serving, call, { model, version, readBody }),
    labels: () => acceptLabels(serving, call, { readBody }),
    proxies: () => acceptProxies(serving, call, { readBody }),
    metadata: () => modelMetadata(serving, call, { model, version }),
    ready: () => modelReady(serving, call, { model, version }),
    server: () => serverMetadata(serving, call, productVersion),
    health: () => Promise.resolve(serving).then(health),
  };
  const told: Told = await answers[what]().then(
    (answer) => ({ status: what === 'labels' || what === 'proxies' ? 202 : 200, body: answer }),
    (error: unknown) => {
      const { problem } = refuse(serving, call, what, error);
      return { status: problem.status, body: problem };
    },
  );
  return { told: JSON.parse(JSON.stringify(told)) as Told, records };
}

async function throughHttp({ what, token, model = '', version, body }: Asked) {
  const { serving, records } = servingInMemory([fraud, empty], tokens);
  const place = version === undefined ? `/v2/models/${model}` : `/v2/models/${model}/versions/${version}`;
  const paths = {
    predict: `/v1/models/${model}/predict`,
    infer: `${place}/infer`,
    labels: '/v1/labels',
    proxies: '/v1/proxies',
    metadata: place,
    ready: `${place}/ready`,
    server: '/v2',
    health: '/health/ready',
  };
  const response = await createInferenceApp(serving, { productVersion }).request(paths[what], {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
  return { told: { status: response.status, body: (await response.json()) as unknown }, records, response };
}

const rows = [{ amount: 30, merchant: 'a', card: 'c1' }, { amount: 80 }];
const predictionIds = ['p-1', 'p-2'];
const inputs = [{ name: 'amount', shape: [2], datatype: 'FP64', data: [30, 80] }];
const label = { predictionId: 'p-1', label: 'fraud' };
function proxyBody(model: string, more: object = {}) {
  return { model, proxies: [{ name: 'call', predictionId: 'p-1', value: 1, ...more }] };
}

const cases: readonly (readonly [status: number, title: string, asked: Asked])[] = [
  [200, 'rows', { what: 'predict', token: 'all', model: 'fraud', body: { rows, predictionIds } }],
  [400, 'a wrong field', { what: 'predict', token: 'all', model: 'fraud', body: { rows: [{ amout: 1 }] } }],
  [400, 'a body that is none', { what: 'predict', token: 'all', model: 'fraud', body: [] }],
  [400, 'ids twice', { what: 'predict', token: 'all', model: 'fraud', body: { rows, predictionIds: ['a', 'a'] } }],
  [401, 'no token', { what: 'predict', token: null, model: 'fraud', body: { rows } }],
  [401, 'a token that is none', { what: 'predict', token: 'x', model: 'fraud', body: { rows } }],
  [403, "another model's token", { what: 'predict', token: 'fraud-only', model: 'empty', body: { rows } }],
  [404, 'an unknown model', { what: 'predict', token: 'all', model: 'frauds', body: { rows } }],
  [409, 'no champion', { what: 'predict', token: 'all', model: 'empty', body: { rows } }],
  [429, 'too many wrong tokens', { what: 'predict', token: 'flood', model: 'fraud', body: { rows } }],
  [
    500,
    'a row that the model fails on',
    { what: 'predict', token: 'all', model: 'fraud', body: { rows: [{ amount: -1 }] } },
  ],
  [202, 'labels', { what: 'labels', token: 'fraud-only', body: { model: 'fraud', labels: [label] } }],
  [
    400,
    'a label that is no class',
    { what: 'labels', token: 'all', body: { model: 'fraud', labels: [{ ...label, label: 'x' }] } },
  ],
  [
    202,
    'proxies',
    {
      what: 'proxies',
      token: 'fraud-only',
      body: {
        model: 'fraud',
        proxies: [
          { name: 'call', predictionId: 'p-1', value: true },
          { name: 'clicks', predictionId: 'p-1', value: 2.5 },
        ],
      },
    },
  ],
  [400, 'a proxy that is not declared', { what: 'proxies', token: 'all', body: proxyBody('fraud', { name: 'click' }) }],
  [400, 'a proxy of a model without', { what: 'proxies', token: 'all', body: proxyBody('empty') }],
  [400, 'a value that is text', { what: 'proxies', token: 'all', body: proxyBody('fraud', { value: 'yes' }) }],
  [400, 'no proxies', { what: 'proxies', token: 'all', body: { model: 'fraud', proxies: [] } }],
  [401, 'proxies without a token', { what: 'proxies', token: null, body: proxyBody('fraud') }],
  [403, 'proxies of another model', { what: 'proxies', token: 'fraud-only', body: proxyBody('empty') }],
  [404, 'proxies of an unknown model', { what: 'proxies', token: 'all', body: proxyBody('frauds') }],
  [403, 'labels of another model', { what: 'labels', token: 'fraud-only', body: { model: 'empty', labels: [label] } }],
  [
    200,
    'tensors',
    { what: 'infer', token: 'all', model: 'fraud', body: { id: '7', inputs, outputs: [{ name: 'label' }] } },
  ],
  [
    400,
    'a tensor of another length',
    { what: 'infer', token: 'all', model: 'fraud', body: { inputs: [{ ...inputs[0], data: [1] }] } },
  ],
  [
    404,
    'a version that is not the champion',
    { what: 'infer', token: 'all', model: 'fraud', version: '9', body: { inputs } },
  ],
  [200, 'metadata', { what: 'metadata', token: 'all', model: 'fraud', version: '1' }],
  [404, 'metadata of an unknown model', { what: 'metadata', token: 'all', model: 'nothing' }],
  [200, 'ready', { what: 'ready', token: 'all', model: 'fraud' }],
  [409, 'not ready', { what: 'ready', token: 'all', model: 'empty' }],
  [200, 'the server', { what: 'server', token: 'fraud-only' }],
  [200, 'health', { what: 'health', token: null }],
];

test.each(cases)('%d for %s: a door without HTTP tells the same and logs the same', async (status, _title, asked) => {
  const [second, first] = [await throughSecondDoor(asked), await throughHttp(asked)];
  expect(first.told.status).toBe(status);
  expect(second.told.status).toBe(status);
  const isProtocol = ['infer', 'metadata', 'ready', 'server'].includes(asked.what);
  // The Open Inference Protocol has one sentence where our own answers have a problem.
  if (status >= 400 && isProtocol) {
    const { detail, hint } = second.told.body as { readonly detail: string; readonly hint: string };
    const { error } = first.told.body as { readonly error: string };
    expect([error.startsWith(detail), error.endsWith(hint)]).toEqual([true, true]);
  } else {
    expect(withoutNames(second.told.body)).toEqual(withoutNames(first.told.body));
  }
  expect(second.records.map(withoutMoments)).toEqual(first.records.map(withoutMoments));
});

test('what HTTP adds: when to come again, and how to sign in', async () => {
  const flood = await throughHttp({ what: 'predict', token: 'flood', model: 'fraud', body: { rows } });
  expect(flood.response.headers.get('retry-after')).toBe('7');
  const stranger = await throughHttp({ what: 'predict', token: null, model: 'fraud', body: { rows } });
  expect(stranger.response.headers.get('www-authenticate')).toBe('Bearer');
});

test('a stranger does not make anybody read a body', async () => {
  const { serving } = servingInMemory([fraud], tokens);
  const readBody = () => Promise.reject(new Error('the body was read'));
  for (const work of [
    () => predict(serving, callWith('x'), { model: 'fraud', readBody }),
    () => infer(serving, callWith('x'), { model: 'fraud', readBody }),
    () => acceptLabels(serving, callWith('x'), { readBody }),
  ])
    await expect(work()).rejects.toMatchObject({ code: 'unauthenticated' });
});

/** Both doors made up their own request ids. */
function withoutNames(body: unknown): unknown {
  return { ...(body as object), requestId: undefined };
}

function withoutMoments({ type, record }: { readonly type: string; readonly record: object }): unknown {
  const moments = { requestedAtMs: 0, receivedAtMs: 0, latencyUs: 0 };
  const isNamed = 'predictionId' in record && predictionIds.includes(String(record.predictionId));
  if ('labelId' in record && String(record.labelId).startsWith(arrivalMark))
    return { type, ...record, ...moments, labelId: '' };
  // A row that the caller did not name is given an arm by an id of its own.
  return { type, ...record, ...moments, ...(isNamed ? {} : { bucket: 0, predictionId: '' }) };
}

test('a proxy is logged as a number, and one that is not declared is refused with the nearest that is', async () => {
  const { told, records } = await throughSecondDoor({
    what: 'proxies',
    token: 'all',
    body: { model: 'fraud', proxies: [{ name: 'call', predictionId: 'p-1', value: true }] },
  });
  expect(told).toEqual({ status: 202, body: { model: 'fraud', accepted: 1 } });
  expect(records).toEqual([
    {
      type: 'proxy',
      record: { model: 'fraud', name: 'call', predictionId: 'p-1', value: 1, receivedAtMs: expect.any(Number) },
    },
  ]);
  const detailOf = async (body: unknown) =>
    (await throughSecondDoor({ what: 'proxies', token: 'all', body })).told.body as { readonly detail: string };
  expect((await detailOf(proxyBody('fraud', { name: 'click' }))).detail).toBe(
    'proxies[0].name is the unknown proxy "click"; did you mean "clicks"?',
  );
  expect((await detailOf(proxyBody('fraud', { name: 'zzzzzzz' }))).detail).toBe(
    'proxies[0].name is the unknown proxy "zzzzzzz"; it declares call, clicks',
  );
  expect((await detailOf(proxyBody('empty'))).detail).toBe(
    'proxies[0].name: this model declares no proxies (watch.proxies)',
  );
});
