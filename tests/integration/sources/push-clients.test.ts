import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToken } from '../../../src/access/create-token.ts';
import { createTokenSource } from '../../../src/access/token-source.ts';
import { pushVerb } from '../../../src/cli/verbs/models/push.ts';
import { readConfig } from '../../../src/config.ts';
import { withTransaction } from '../../../src/db/base/connect.ts';
import { storeView } from '../../../src/db/feature-views/store-view.ts';
import { createPushPorts } from '../../../src/db/pushes/push-ports.ts';
import { createPushSink } from '../../../src/db/pushes/store-pushes.ts';
import { createRoutingSource } from '../../../src/db/routing/routing-source.ts';
import { connect, named } from '../../../src/sdk/client.ts';
import { defineView, number, push } from '../../../src/sdk/index.ts';
import { startInferenceProcess, type InferenceProcess } from '../../../src/serving/inference-process.ts';
import { startPushShipper, type PushShipper } from '../../../src/serving/push/ship-pushes.ts';
import { testEntities } from '../../worlds/entity-names.ts';
import { createPushWorld, pushModel, type PushWorld } from '../../worlds/push-world.ts';
import { silentLog } from '../../worlds/serving-world.ts';
import { eventually } from '../../worlds/wait.ts';

let world: PushWorld;
let inference: InferenceProcess;
let shipper: PushShipper;
let source: ReturnType<typeof createRoutingSource>;

beforeAll(async () => {
  world = await createPushWorld();
  await world.apply({ kind: 'push' });
  const { database, spoolDir, store: artifacts } = world;
  source = createRoutingSource(database, silentLog);
  inference = await startInferenceProcess({
    source,
    tokens: createTokenSource(database),
    artifacts,
    entities: testEntities,
    log: silentLog,
    processId: randomUUID(),
    productVersion: 'test',
    host: '127.0.0.1',
    port: 0,
    spoolDir,
    flushMs: 20,
    pushes: createPushPorts(database.db),
    shouldLoadInPlace: true,
  });
  shipper = startPushShipper({ spoolDir, sink: createPushSink(database), log: silentLog, intervalMs: 3_600_000 });
});
afterAll(async () => {
  await shipper.stop();
  await inference.stop(0);
  await source.close();
  await world.close();
});

const url = () => `http://127.0.0.1:${inference.port}`;
const labelOf = (id: number) => (id % 2 === 0 ? 'yes' : 'no');
const linesOf = (from: number, through: number) =>
  Array.from({ length: through - from + 1 }, (_, at) => JSON.stringify({ id: from + at, y: labelOf(from + at) }));

async function run(
  words: readonly string[],
  flags: Readonly<Record<string, string>> = {},
  token = world.tokens.writer,
) {
  const config = readConfig({
    PERENNIAL_INFERENCE_URL: url(),
    PERENNIAL_CONTROL_URL: 'http://127.0.0.1:1',
    PERENNIAL_TOKEN: token,
    PERENNIAL_STATE_DIR: world.folder,
  });
  const lines: string[] = [];
  let json: unknown;
  const out = {
    line: (text: string) => void lines.push(text),
    document: () => undefined,
    json: (value: unknown) => void (json = value),
  };
  await pushVerb.run({ words, config, out, text: (name) => flags[name] ?? null, texts: () => [], isSet: () => false });
  return { lines, json };
}

test('a file is pushed in parts, and run again it pushes nothing twice, whatever had been stored', async () => {
  const file = path.join(world.folder, 'rows.ndjson');
  await writeFile(file, `${[...linesOf(1, 600), '{"id":-1,"y":"no"}', ...linesOf(601, 1_200)].join('\n')}\n`);
  const first = await run([pushModel, file]);
  expect(first.json).toEqual({ model: pushModel, sent: 1_201, accepted: 1_200, quarantined: 1 });
  expect(first.lines).toEqual(['line 601 is set aside by id.range', '1,201 rows pushed: 1,200 accepted, 1 set aside']);
  expect(await run([pushModel, file]), 'none of it stored yet').toEqual(first);
  expect(await shipper.shipOnce()).toBe(true);
  const copy = path.join(world.folder, 'copy.ndjson');
  await writeFile(copy, `${[...linesOf(1, 600), '{"id":-1,"y":"no"}', ...linesOf(601, 1_200)].join('\n')}\n`);
  expect(await run([pushModel, copy]), 'the same bytes under another name').toEqual(first);
  expect(await shipper.shipOnce()).toBe(true);
  const snapshot = await world.ingest();
  expect(snapshot).toMatchObject({ rows: 1_200, quarantinedRows: 1 });
  const ids = await world.idsOf(snapshot);
  expect(ids.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 1_200 }, (_, at) => at + 1));
});

test('what cannot be pushed is said in one sentence with the line', async () => {
  const file = path.join(world.folder, 'wrong.ndjson');
  await writeFile(file, '{"id":1}\n[1]\n');
  await expect(run([pushModel, file])).rejects.toThrow('Line 2 is not a JSON object.');
  await writeFile(file, '\n');
  await expect(run([pushModel, file])).rejects.toThrow(`${file} holds no rows.`);
  await expect(run([pushModel, path.join(world.folder, 'none')])).rejects.toThrow('cannot be read (ENOENT)');
  await expect(run([pushModel, '-'])).rejects.toThrow('Rows from the standard input need a name.');
  await writeFile(file, '{"id":1}\n');
  await expect(run(['nobody', file])).rejects.toMatchObject({
    code: 'forbidden',
    message: 'The token may not push rows of "nobody". (at line 1)',
  });
});

test('the client pushes rows under a key of the program, and gets their verdicts', async () => {
  const ml = connect({
    inferenceUrl: url(),
    controlUrl: 'http://127.0.0.1:1',
    token: world.tokens.writer,
    models: { shop: named(pushModel) },
  });
  const rows = [
    { id: 5_000, y: 'yes' },
    { id: 'five', y: 'no' },
  ];
  const said = await ml.shop.pushRows(rows, { idempotencyKey: 'client-1' });
  expect(said).toMatchObject({ accepted: 1, quarantined: 1, rows: [{ verdict: 'accepted' }, { rules: ['id.type'] }] });
  expect(await ml.shop.pushRows(rows, { idempotencyKey: 'client-1' })).toEqual(said);
  await expect(ml.shop.pushRows([{ id: 1 }], { idempotencyKey: 'client-1' })).rejects.toMatchObject({
    code: 'conflict',
    status: 409,
  });
});

test('rows of a view are pushed by the command line and the client, under the same words', async () => {
  const view = defineView({
    name: `${pushModel}.cards`,
    owner: 'risk',
    entity: 'card',
    eventTime: 'at',
    features: { limit: number({ min: 0 }) },
    source: push(),
  });
  await withTransaction(world.database, (tx) => storeView(tx, view, 'test'));
  const token = await createToken(world.database.db, { name: 'views', role: 'writer', scope: '*', expiresAt: null });
  const lines = ['{"card":"a","at":"2026-01-01T00:00:00Z","limit":1}', '{"card":"a","at":"2026-01-02","limit":-1}'];
  const file = path.join(world.folder, 'cards.ndjson');
  await writeFile(file, `${lines.join('\n')}\n`);
  const first = await run([`view/${view.name}`, file], {}, token.secret);
  expect(first.json).toEqual({ view: view.name, sent: 2, accepted: 1, quarantined: 1 });
  expect(await run([`view/${view.name}`, file], {}, token.secret)).toEqual(first);
  const ml = connect({ inferenceUrl: url(), token: token.secret, models: {} });
  const rows = lines.map((line): Readonly<Record<string, unknown>> => JSON.parse(line));
  const said = await ml.pushViewRows(view, rows, { idempotencyKey: 'view-1' });
  expect(said).toMatchObject({
    view: view.name,
    accepted: 1,
    rows: [{ verdict: 'accepted' }, { rules: ['limit.range'] }],
  });
  expect(await ml.pushViewRows(view.name, rows, { idempotencyKey: 'view-1' })).toEqual(said);
  expect(await shipper.shipOnce()).toBe(true);
});

test('a model whose source is another one takes none, and one with a union that has a push does', async () => {
  const folder = { kind: 'folder', path: 'days', format: 'csv' } as const;
  const push = async (key: string) => {
    const response = await fetch(`${url()}/v1/models/${pushModel}/rows`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.tokens.writer}`, 'idempotency-key': key },
      body: JSON.stringify({ rows: [{ id: 1, y: 'no' }] }),
    });
    const { detail = '' }: { readonly detail?: string } = JSON.parse(await response.text());
    return [response.status, detail] as const;
  };
  const applied = async (revision: number) => {
    await world.database.pool.query("select pg_notify('perennial_routing', '{}')");
    await eventually(async () => expect((await push(`seen-${revision}`))[0]).toBe(revision === 2 ? 422 : 202));
  };
  await world.apply(folder);
  await applied(2);
  expect(await push('folder')).toEqual([422, `${pushModel} takes no pushed rows: its source is of another kind.`]);
  await world.apply({ kind: 'union', members: { days: folder, live: { kind: 'push' } } });
  await applied(3);
  expect((await push('union'))[0]).toBe(202);
});
