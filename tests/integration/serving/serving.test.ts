import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { createToken } from '../../../src/access/create-token.ts';
import { isAcknowledged } from '../../../src/db/routing/routing.ts';
import { counter, label, prediction, rolloutEntity, rollout } from '../../../src/db/schema/index.ts';
import type { RoutedVersion } from '../../../src/domain/rollout/routing.ts';
import { weightOfPercent } from '../../../src/domain/rollout/routing.ts';
import { createServingWorld, type Body, type ServingWorld } from '../../worlds/serving-world.ts';
import { eventually } from '../../worlds/wait.ts';

let world: ServingWorld;
let v1: RoutedVersion;
let v2: RoutedVersion;
let broken: RoutedVersion;

beforeAll(async () => {
  world = await createServingWorld();
  v1 = await world.addVersion(1, [0.75, 0.25]);
  v2 = await world.addVersion(2, [0.25, 0.75]);
  broken = await world.addVersion(3, [NaN, NaN]);
  await world.serve();
});
afterAll(() => world.close());

const rowOf = (card: number, amount = 5): Record<string, unknown> => ({
  amount,
  merchant: 'a',
  night: false,
  card: `c${card}`,
  at: 1_000 + card,
});
const predict = (rows: readonly unknown[], predictionIds?: readonly string[]) =>
  world.request('/v1/models/fraud/predict', { rows, ...(predictionIds === undefined ? {} : { predictionIds }) });
/** Routes and waits until the process has applied and acknowledged it. */
async function route(change: Parameters<ServingWorld['route']>[0]): Promise<number> {
  const revision = await world.route(change);
  await eventually(async () => expect(await isAcknowledged(world.database.db, 'fraud', revision)).toBe(true));
  return revision;
}
const rowsOf = async (prefix: string) =>
  (await world.database.db.select().from(prediction).orderBy(prediction.seq)).filter((row) =>
    row.predictionId.startsWith(prefix),
  );

test('without a champion the answer says so', async () => {
  const { status, body } = await predict([rowOf(1)]);
  expect([status, body.code, body.title]).toEqual([409, 'no_champion', 'no champion']);
  expect(body.requestId).toBeTypeOf('string');
});

test('a row is answered, logged with its inputs, counted once, and labelled', async () => {
  await route({ champion: v1, stage: 'steady' });
  const { status, body, headers } = await predict(
    [rowOf(1, 15), { amount: 25, merchant: null, card: 'c2' }],
    ['one-1', 'one-2'],
  );
  expect(status).toBe(200);
  expect(headers.get('x-request-id')).toBeTruthy();
  expect(body).toEqual({
    model: 'fraud',
    predictions: [
      { predictionId: 'one-1', version: 1, arm: 'champion', label: 'fine', probabilities: { fine: 0.75, fraud: 0.25 } },
      { predictionId: 'one-2', version: 1, arm: 'champion', label: 'fine', probabilities: { fine: 0.75, fraud: 0.25 } },
    ],
  });
  await predict([rowOf(1, 15)], ['one-1']);
  await world.ship();
  const rows = await rowsOf('one-');
  expect(
    rows.map(({ predictionId, numbers, texts, scores, decision, eventTimeMs, stage, failed }) => ({
      predictionId,
      numbers,
      texts,
      scores,
      decision,
      eventTimeMs,
      stage,
      failed,
    })),
  ).toEqual([
    {
      predictionId: 'one-1',
      numbers: [15, 0],
      texts: ['a'],
      scores: [0.75, 0.25],
      decision: 'fine',
      eventTimeMs: 1001,
      stage: 'steady',
      failed: false,
    },
    {
      predictionId: 'one-2',
      numbers: [25, NaN],
      texts: [null],
      scores: [0.75, 0.25],
      decision: 'fine',
      eventTimeMs: null,
      stage: 'steady',
      failed: false,
    },
  ]);
  expect(rows[0]?.entityHash).toMatch(/^[0-9a-f]{32}$/);
  const counters = await world.database.db.select().from(counter);
  expect(counters.map(({ rows: count, cells }) => ({ count, cells }))).toEqual([
    {
      count: 2,
      cells: [
        [0, 1, 1, 0],
        [1, 0, 0, 1],
        [0, 0, 0],
        [2, 0, 0],
      ],
    },
  ]);
});

test('labels: by id, by entity and time, twice, corrected, and before their prediction', async () => {
  const labels = [
    { predictionId: 'one-1', label: 'fraud' },
    { predictionId: 'one-1', label: 'fraud' },
    { predictionId: 'one-1', label: 'fine' },
    { entity: 'c1', time: 1001, label: 'fraud', labelId: 'by-entity' },
    { entity: 'c90', time: 1090, label: 'fraud', labelId: 'early' },
  ];
  expect(await world.request('/v1/labels', { model: 'fraud', labels })).toMatchObject({
    status: 202,
    body: { model: 'fraud', accepted: 5 },
  });
  await world.ship();
  await predict([rowOf(90)], ['late-90']);
  await world.ship();
  const stored = (await world.database.db.select().from(label).orderBy(label.labelSeq)).filter(
    (row) => !row.labelId.startsWith('barrier'),
  );
  expect(stored.map((row) => [row.predictionId, row.label])).toEqual([
    ['one-1', 'fraud'],
    ['one-1', 'fine'],
    ['one-1', 'fraud'],
    ['late-90', 'fraud'],
  ]);
  expect(stored.map((row) => [row.knownSeq, row.knownWindow])).toEqual([
    [2, 1],
    [2, 1],
    [2, 1],
    [2, 1],
  ]);
});

test('proxies: through the spool to their predictions; what is not declared is refused', async () => {
  const proxies = [
    { name: 'call', predictionId: 'one-1', value: true },
    { name: 'call', predictionId: 'never', value: 0.5 },
  ];
  expect(await world.request('/v1/proxies', { model: 'fraud', proxies })).toMatchObject({
    status: 202,
    body: { model: 'fraud', accepted: 2 },
  });
  const refused = await world.request('/v1/proxies', {
    model: 'fraud',
    proxies: [{ name: 'cal', predictionId: 'one-1', value: 1 }],
  });
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  expect(refused.body.detail).toMatch(/^proxies\[0\]\.name is the unknown proxy "cal"/);
  await world.ship();
  const { rows } = await world.database.pool.query(
    'select p.name, p.prediction_id as id, p.value, p.prediction_seq is null as waits from proxy p order by 2',
  );
  expect(rows).toEqual([
    { name: 'call', id: 'never', value: 0.5, waits: true },
    { name: 'call', id: 'one-1', value: 1, waits: false },
  ]);
});

test('the shadow scores the same rows after the answer', async () => {
  await route({ challenger: v2, stage: 'shadow', rollout: { model: 'fraud', version: 2, attempt: 1 } });
  const { body } = await predict([rowOf(1)], ['shadow-1']);
  expect(body.predictions[0]).toMatchObject({ version: 1, arm: 'champion', label: 'fine' });
  await world.ship();
  expect((await rowsOf('shadow-'))[0]).toMatchObject({
    version: 1,
    stage: 'shadow',
    otherVersion: 2,
    otherScores: [0.25, 0.75],
  });
});

test('the canary answers its share, sticky by entity, and both arms are paired', async () => {
  const revision = await route({ stage: 'canary', challengerWeight: weightOfPercent(50) });
  await world.database.db.insert(rollout).values({
    model: 'fraud',
    version: 2,
    attempt: 1,
    status: 'active',
    specRevision: 1,
    salt: 'salt',
    firstRevision: revision,
  });
  const rows = Array.from({ length: 40 }, (_, index) => rowOf(index));
  const first = await predict(
    rows,
    rows.map((_, index) => `canary-a${index}`),
  );
  const second = await predict(
    rows,
    rows.map((_, index) => `canary-b${index}`),
  );
  const arms = (body: Body): string[] => body.predictions.map((one) => one.arm);
  expect(arms(first.body)).toEqual(arms(second.body));
  expect(new Set(arms(first.body))).toEqual(new Set(['champion', 'challenger']));
  await world.ship();
  const logged = await rowsOf('canary-');
  expect(logged).toHaveLength(80);
  for (const row of logged)
    expect([row.version, row.otherVersion, row.scores, row.otherScores]).toEqual(
      row.arm === 'champion' ? [1, 2, [0.75, 0.25], [0.25, 0.75]] : [2, 1, [0.25, 0.75], [0.75, 0.25]],
    );
  const entities = await world.database.db.select().from(rolloutEntity);
  expect(entities).toHaveLength(40);
  expect(entities.every((row) => row.failedSeq === null)).toBe(true);
  const [seqs] = (await world.database.pool.query('select count(*)::int as n, max(seq)::int as top from prediction'))
    .rows;
  expect(seqs.n).toBe(seqs.top);
});

test('where the challenger fails the champion answers, and the failure is the challenger’s', async () => {
  const revision = await route({
    challenger: broken,
    stage: 'canary',
    challengerWeight: weightOfPercent(100),
    rollout: { model: 'fraud', version: 3, attempt: 1 },
  });
  await world.database.db.insert(rollout).values({
    model: 'fraud',
    version: 3,
    attempt: 1,
    status: 'active',
    specRevision: 1,
    salt: 'salt',
    firstRevision: revision,
  });
  const { status, body } = await predict([rowOf(1)], ['failed-1']);
  expect([status, body.predictions[0]?.version, body.predictions[0]?.arm]).toEqual([200, 1, 'challenger']);
  await world.ship();
  expect((await rowsOf('failed-'))[0]).toMatchObject({
    failed: true,
    arm: 'challenger',
    version: 1,
    otherVersion: 3,
    otherScores: null,
  });
  const [entity] = await world.database.db.select().from(rolloutEntity).where(eq(rolloutEntity.version, 3));
  expect(entity).toMatchObject({
    arm: 'challenger',
    failedArm: 'challenger',
    failureKind: 'error',
    failedWeight: 4_294_967_296,
  });
});

test('a lapsed lease gives the share back without a new revision', async () => {
  await world.database.pool.query("update routing set lease_until = now() - interval '1 second'");
  await eventually(async () => expect((await predict([rowOf(1)])).body.predictions[0]?.arm).toBe('champion'));
});

test('a version that cannot be loaded is not acknowledged, and the champion goes on alone', async () => {
  const revision = await world.route({
    champion: v1,
    challenger: { ...v2, version: 9, modelDigest: '0'.repeat(64) },
    stage: 'shadow',
    challengerWeight: 0,
  });
  await eventually(async () => {
    const { body } = await predict([rowOf(1)]);
    expect(body.predictions[0]).toMatchObject({ version: 1, arm: 'champion' });
  });
  expect(await isAcknowledged(world.database.db, 'fraud', revision)).toBe(false);
  await route({ challenger: null, stage: 'steady', rollout: null });
});

describe('each mistake is one problem', () => {
  test.each([
    ['not JSON', '{"rows": [', 400, 'invalid_request', /^The body is not JSON: it ends too early\.$/],
    [
      'not JSON, without a word of it',
      '{"rows": secret}',
      400,
      'invalid_request',
      /^The body is not JSON( from .*)?\.$/,
    ],
    ['NaN', '{"rows": [{"amount": NaN}]}', 400, 'invalid_request', /JSON has no NaN or Infinity/],
    ['empty', ' ', 400, 'invalid_request', /^The body is empty/],
    ['no rows', '{}', 400, 'invalid_request', /^rows /],
    ['zero rows', '{"rows": []}', 400, 'invalid_request', /rows must have at least 1/],
    ['unknown member', '{"row": []}', 400, 'invalid_request', /did you mean "rows"/],
    [
      'unknown field',
      { rows: [{ amount: 1, amout: 1 }] },
      400,
      'invalid_request',
      /rows\[0\] has the unknown field "amout"; did you mean "amount"\?/,
    ],
    ['missing', { rows: [{ amount: 1 }, {}] }, 400, 'invalid_request', /^rows\[1\]\.amount is missing/],
    ['wrong type', { rows: [{ amount: 'much' }] }, 400, 'invalid_request', /^rows\[0\]\.amount must be a number/],
    ['too many rows', { rows: Array.from({ length: 1_001 }, () => ({ amount: 1 })) }, 413, 'too_large', /at most 1000/],
    ['huge', `{"rows": "${'x'.repeat(4 * 1_048_576)}"}`, 413, 'too_large', /larger than 4 MiB/],
    ['ids', { rows: [{ amount: 1 }], predictionIds: [] }, 400, 'invalid_request', /0 ids for 1 rows/],
    [
      'id form',
      { rows: [{ amount: 1 }], predictionIds: ['a b'] },
      400,
      'invalid_request',
      /predictionIds\[0\] must be 1 to 128/,
    ],
    [
      'id twice',
      { rows: [{ amount: 1 }, { amount: 1 }], predictionIds: ['a', 'a'] },
      400,
      'invalid_request',
      /the same id twice/,
    ],
  ])('%s', async (_, given, status, code, message) => {
    const answer = await world.request('/v1/models/fraud/predict', given);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.detail).toMatch(message);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  test.each([
    [{ labels: [] }, /model /],
    [
      { model: 'fraud', labels: [{ predictionId: 'x', label: 'maybe' }] },
      /labels\[0\]\.label is "maybe", which is none of the classes: fine, fraud/,
    ],
    [{ model: 'fraud', labels: [{ label: 'fine' }] }, /either by predictionId or by entity and time/],
    [{ model: 'fraud', labels: [{ entity: 'a', time: 'soon', label: 'fine' }] }, /labels\[0\]\.time must be a time/],
  ])('labels %j', async (given, message) => {
    const answer = await world.request('/v1/labels', given);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toMatch(message);
  });

  test('tokens: none, wrong, and for another model', async () => {
    const none = await world.request('/v1/models/fraud/predict', { rows: [rowOf(1)] }, { authorization: '' });
    expect([none.status, none.body.code]).toEqual([401, 'unauthenticated']);
    expect((await world.request('/v2/models/fraud', undefined, { authorization: 'Bearer prn_x' })).status).toBe(401);
    expect((await world.request('/v1/models/other/predict', { rows: [] })).status).toBe(403);
    const viewer = await createToken(world.database.db, {
      name: 'viewer',
      role: 'viewer',
      scope: '*',
      expiresAt: null,
    });
    expect(
      (
        await world.request(
          '/v1/models/fraud/predict',
          { rows: [rowOf(1)] },
          { authorization: `Bearer ${viewer.secret}` },
        )
      ).status,
    ).toBe(403);
    const wide = await createToken(world.database.db, { name: 'wide', role: 'predictor', scope: '*', expiresAt: null });
    const unknown = await world.request(
      '/v1/models/frad/predict',
      { rows: [rowOf(1)] },
      { authorization: `Bearer ${wide.secret}` },
    );
    expect([unknown.status, unknown.body.detail]).toEqual([
      404,
      'No model is named "frad"; did you mean "fraud"? known models: fraud.',
    ]);
    expect((await world.request('/nothing')).body.code).toBe('not_found');
  });
});

describe('Open Inference Protocol', () => {
  const inputs = [
    { name: 'amount', datatype: 'FP64', shape: [2, 1], data: [[5], [6]] },
    { name: 'merchant', datatype: 'BYTES', shape: [2], data: ['a', null] },
    { name: 'night', datatype: 'BOOL', shape: [2], data: [true, false] },
  ];
  test('infers', async () => {
    const { status, body } = await world.request('/v2/models/fraud/infer', { id: 'q', inputs });
    expect([status, body.id, body.model_name, body.model_version]).toEqual([200, 'q', 'fraud', '1']);
    expect(body.outputs.slice(0, 2)).toEqual([
      { name: 'label', datatype: 'BYTES', shape: [2, 1], data: ['fine', 'fine'] },
      { name: 'probabilities', datatype: 'FP64', shape: [2, 2], data: [0.75, 0.25, 0.75, 0.25] },
    ]);
    const chosen = await world.request('/v2/models/fraud/versions/1/infer', { inputs, outputs: [{ name: 'label' }] });
    expect(chosen.body.outputs).toHaveLength(1);
  });
  test('says what it is', async () => {
    expect((await world.request('/v2')).body).toMatchObject({ name: 'perennial', extensions: [] });
    expect((await world.request('/v2/')).status).toBe(200);
    expect((await world.request('/v2/models/fraud')).body).toMatchObject({
      name: 'fraud',
      versions: ['1'],
      platform: 'onnx_onnxv1',
      inputs: expect.arrayContaining([{ name: 'amount', datatype: 'FP64', shape: [-1, 1] }]),
    });
    expect((await world.request('/v2/models/fraud/ready')).status).toBe(200);
    for (const path of ['/v2/health/live', '/v2/health/ready', '/health/live', '/health/ready'])
      expect((await world.request(path, undefined, { authorization: '' })).status).toBe(200);
  });
  test.each([
    [{ inputs: [{ ...inputs[0], shape: [2, 2] }] }, /shape/],
    [{ inputs: [{ ...inputs[0], data: [1] }] }, /1 elements for 2 rows/],
    [{ inputs: [{ ...inputs[0], datatype: 'COMPLEX' }] }, /known are BYTES/],
    [{ inputs: [{ ...inputs[0], name: 'amout' }] }, /unknown field "amout"/],
    [{ inputs, outputs: [{ name: 'nope' }] }, /known outputs: label/],
    [{ inputs: [] }, /at least 1/],
  ])('refuses %j', async (given, message) => {
    const { status, body } = await world.request('/v2/models/fraud/infer', given);
    expect(status).toBe(400);
    expect(body.error).toMatch(message);
  });
  test('only the champion may be named', async () => {
    const { status, body } = await world.request('/v2/models/fraud/versions/2/infer', { inputs });
    expect(status).toBe(404);
    expect(body.error).toContain('the champion is version 1');
    expect((await world.request('/v2/nothing')).body.error).toContain('There is nothing at');
  });
});

test('a body of unknown length is bounded too', async () => {
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(1_048_576).fill(32));
    },
  });
  const init = {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token}` },
    body: stream,
    duplex: 'half' as const,
  };
  const response = await fetch(`http://127.0.0.1:${world.port()}/v1/models/fraud/predict`, init).catch(
    (error: unknown) => error,
  );
  expect(response instanceof Response ? response.status : 'cut').toSatisfy((value) => value === 413 || value === 'cut');
});
