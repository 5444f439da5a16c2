import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { Readable } from 'node:stream';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rootDir } from '../../../src/config.ts';
import type { ImportAnswer } from '../../../src/contracts/http/import.ts';
import { audit, evidence, version } from '../../../src/db/schema/index.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { processArguments } from '../../worlds/process-arguments.ts';
import { until } from '../../worlds/wait.ts';

/** The whole product; models made elsewhere come in over the API, as the CLI sends them. */
let world: LoopWorld;
const fixtures = path.join(import.meta.dirname, '..', '..', 'fixtures', 'onnx');

beforeAll(async () => {
  world = await startLoopWorld();
});

afterAll(() => world.close());

const control = () => ({ url: world.stack.controlUrl, token: world.stack.tokens.admin });
const inference = () => ({ url: world.stack.inferenceUrl, token: world.stack.tokens.predictor });

async function upload(bytes: NodeJS.ReadableStream | string): Promise<string> {
  const body = typeof bytes === 'string' ? bytes : Readable.toWeb(Readable.from(bytes));
  const response = await fetch(`${world.stack.controlUrl}/v1/artifacts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.stack.tokens.admin}`, 'content-type': 'application/octet-stream' },
    body,
    duplex: 'half',
  } as RequestInit);
  expect(response.status).toBe(200);
  return ((await response.json()) as { digest: string }).digest;
}

const take = async (name: string, file: string, more: object = {}): Promise<ImportAnswer> =>
  requestJson<ImportAnswer>(control(), 'POST', `/v1/models/${name}/import`, {
    artifact: await upload(createReadStream(path.join(fixtures, file))),
    fileName: file,
    reason: 'from the data science team',
    ...more,
  });

async function predict(
  name: string,
  rows: readonly object[],
  prefix: string,
): Promise<{ version: number; arm: string; probabilities: Record<string, number> }[]> {
  const { predictions } = await requestJson<{
    predictions: { version: number; arm: string; probabilities: Record<string, number> }[];
  }>(inference(), 'POST', `/v1/models/${name}/predict`, { rows, predictionIds: rows.map((_, i) => `${prefix}-${i}`) });
  return predictions;
}

const served = (name: string) =>
  until(
    `${name} answers`,
    async () =>
      (await predict(name, [{ f0: 0, f1: 0, f2: 0 }], `try-${Math.random().toString(36).slice(2)}`))[0]?.arm ===
      'champion',
  );

/** Numbers whose distribution does not move, or does. */
const rowsOf = (count: number, shift: number) =>
  Array.from({ length: count }, (_, i) => ({
    f0: ((i * 0.618) % 1) * 4 - 2 + shift,
    f1: ((i * 0.414) % 1) * 4 - 2,
    f2: ((i * 0.732) % 1) * 4 - 2,
  }));

test('a model from scikit-learn answers as it did where it was made; the same file twice is one version', async () => {
  const first = await take('payments.fraud', 'sklearn-zipmap.onnx', {
    signature: { output: { classes: ['fine', 'fraud'] } },
    owner: 'risk',
  });
  await served('payments.fraud');
  expect(first).toMatchObject({
    version: 1,
    revision: 1,
    created: true,
    inferred: expect.arrayContaining([expect.stringContaining('features: f0, f1, f2')]),
  });
  const expected = JSON.parse(await readFile(path.join(fixtures, 'expected.json'), 'utf8')) as {
    rows: number[][];
    'sklearn-zipmap': number[][];
  };
  const answers = await predict(
    'payments.fraud',
    expected.rows.map(([f0, f1, f2]) => ({ f0, f1, f2 })),
    'same',
  );
  expect(answers.map((one) => one.probabilities['fraud'])).toEqual(
    expected['sklearn-zipmap'].map(([, p]) => expect.closeTo(p ?? 0, 5) as number),
  );
  expect(await world.status('payments.fraud')).toMatchObject({
    owner: 'risk',
    champion: { version: 1, actor: 'first-admin', why: 'from the data science team' },
  });
  expect(
    await take('payments.fraud', 'sklearn-zipmap.onnx', { signature: { output: { classes: ['fine', 'fraud'] } } }),
  ).toMatchObject({ version: 1, created: false });
  expect(
    (
      await world.stack.database.db
        .select()
        .from(audit)
        .where(and(eq(audit.model, 'payments.fraud'), eq(audit.type, 'perennial.version.imported')))
    ).length,
  ).toBe(1);
});

test('it is watched and never trained: its first window becomes the reference, later moves are drift', async () => {
  const { db } = world.stack.database;
  const spec = (
    await requestJson<{ spec: Record<string, unknown> }>(control(), 'GET', '/v1/models/payments.fraud/spec')
  ).spec;
  expect(spec).toMatchObject({
    trainer: { kind: 'imported' },
    retrain: { growthFactor: null, onDecay: false, onSpecChange: false },
  });
  const verdictOf = (window: number) =>
    until(
      `window ${window} is judged`,
      async () =>
        (
          await db
            .select()
            .from(evidence)
            .where(
              and(
                eq(evidence.model, 'payments.fraud'),
                eq(evidence.kind, 'window'),
                eq(evidence.subject, `window/${window}`),
              ),
            )
        )[0],
    );
  const [before] = await db.select().from(version).where(eq(version.model, 'payments.fraud'));
  await predict('payments.fraud', rowsOf(500, 0), 'w1');
  expect(await verdictOf(1)).toMatchObject({
    verdict: 'insufficient',
    body: { drift: { text: expect.stringContaining('reference: its first') } },
  });
  const [after] = await db.select().from(version).where(eq(version.model, 'payments.fraud'));
  expect(after?.profileDigest).not.toBe(before?.profileDigest);
  await predict('payments.fraud', rowsOf(500, 0), 'w2');
  expect((await verdictOf(2)).verdict).toBe('stable');
  await predict('payments.fraud', rowsOf(500, 3), 'w3');
  expect(await verdictOf(3)).toMatchObject({
    verdict: 'drift',
    body: { drift: { drifted: expect.arrayContaining(['f0']) } },
  });
  expect(await world.askTraining('payments.fraud', { reason: 'please' })).toMatchObject({
    retrain: false,
    blockedBy: 'imported',
  });
  expect((await world.history('payments.fraud')).runs.map((run) => run.kind)).toEqual(['import']);
});

test('a sample names the columns and is the reference from the first row on; a newer file takes over', async () => {
  const header = 'height,width,depth\n';
  const data = await upload(
    header +
      rowsOf(400, 0)
        .map((row) => `${row.f0},${row.f1},${row.f2}`)
        .join('\n'),
  );
  const place = { process: 'own', memoryBytesMax: 512 * 1024 ** 2 };
  const first = await take('boxes', 'torch-sigmoid.onnx', { data, ...place });
  expect(first.inferred).toEqual(
    expect.arrayContaining([
      expect.stringContaining('height, width, depth'),
      'reference: 400 rows of the sample',
      'process: one of its own for each version, with at most 512 MiB of memory and 5,000 ms a run',
    ]),
  );
  // What was said of its process before holds for the next file too, whose answers come from there.
  const second = await take('boxes', 'sklearn-zipmap.onnx', { data });
  expect(second).toMatchObject({ version: 2, created: true });
  expect(second.inferred.at(-1)).toBe(first.inferred.at(-1));
  await until(
    'v2 answers',
    async () =>
      (await predict('boxes', [{ height: 0, width: 0, depth: 0 }], `n-${Math.random().toString(36).slice(2)}`))[0]
        ?.version === 2,
  );
  const back = await world.command('boxes', 'kill', { reason: 'the new one is worse' });
  expect(back.text).toContain('v2 stays: imported by first-admin');
  expect((await world.command('boxes', 'thaw', { reason: 'it was the feed' })).text).toContain('what was held goes on');
});

test('a season that is declared with a sample is heeded: night rows are held against nights', async () => {
  const monday = Date.parse('2026-01-05T00:00:00Z');
  // By night f0 is 3 lower than by day, which is far more than a drift has to be.
  const rowAt = (i: number, at: number) => {
    const [row] = rowsOf(1, new Date(at).getUTCHours() < 12 ? -3 : 0);
    return {
      ...row,
      f1: ((i * 0.414) % 1) * 4 - 2,
      f2: ((i * 0.732) % 1) * 4 - 2,
      f0: (row?.f0 ?? 0) + ((i * 0.618) % 1),
      at,
    };
  };
  const sample = Array.from({ length: 5 * 24 * 20 }, (_, i) => rowAt(i, monday + i * 180_000));
  const data = await upload(
    ['f0,f1,f2,at', ...sample.map((row) => [row.f0, row.f1, row.f2, new Date(row.at).toISOString()].join(','))].join(
      '\n',
    ),
  );
  const season = { phases: 'hour-of-day', timeZone: 'UTC' };
  const features = ['f0', 'f1', 'f2'].map((name) => ({ name, kind: 'number' }));
  const taken = await take('nightly', 'torch-sigmoid.onnx', { data, signature: { features, eventTime: 'at', season } });
  expect(taken.inferred).toContain('season: 24 of 24 phases (hour-of-day, UTC) by the sample');
  await served('nightly');
  const night = Array.from({ length: 500 }, (_, i) => {
    const { at, ...row } = rowAt(i + 7, monday + 30 * 86_400_000 + i * 60_000);
    return { ...row, at: new Date(at).toISOString() };
  });
  await predict('nightly', night, 'night');
  const judged = await until(
    'a window of the night is judged',
    async () =>
      (
        await world.stack.database.db
          .select()
          .from(evidence)
          .where(and(eq(evidence.model, 'nightly'), eq(evidence.kind, 'window')))
      )[0],
  );
  expect(judged).toMatchObject({
    verdict: 'stable',
    body: { drift: { text: expect.stringContaining('Held against the same hour of day (UTC).') } },
  });
});

test('the command line sends the file, says what was inferred, and shows the rest', async () => {
  const cli = await processArguments('main-cli');
  const perennial = (...args: readonly string[]) =>
    new Promise<{ code: number | null; out: string }>((resolve) => {
      const env = {
        ...process.env,
        PERENNIAL_CONTROL_URL: world.stack.controlUrl,
        PERENNIAL_TOKEN: world.stack.tokens.admin,
      };
      const child = spawn(process.execPath, [...cli, ...args], {
        cwd: rootDir,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.on('close', (code) => resolve({ code, out }));
    });
  const expected = JSON.parse(await readFile(path.join(fixtures, 'expected.json'), 'utf8')) as {
    rows: number[][];
    'sklearn-regression': number[];
  };
  const golden = path.join(await mkdtemp(path.join(tmpdir(), 'perennial-golden-')), 'golden.ndjson');
  const importWith = async (answers: readonly number[]) => {
    const rows = expected.rows.map(([f0, f1, f2], row) => ({ f0, f1, f2, answer: answers[row] }));
    await writeFile(golden, rows.map((row) => JSON.stringify(row)).join('\n'));
    return perennial(
      'import',
      path.join(fixtures, 'sklearn-regression.onnx'),
      '--name',
      'prices',
      '--owner',
      'desk',
      '--golden',
      golden,
    );
  };
  expect((await importWith(expected['sklearn-regression'].map((one) => one + 0.5))).code).toBe(1);
  const taken = await importWith(expected['sklearn-regression']);
  expect(taken).toMatchObject({ code: 0, out: expect.stringContaining('prices: v1 is imported and answers') });
  expect(taken.out).toContain('maker: answers 3 golden rows as its maker does');
  expect(taken.out).toContain('task: regression');
  expect((await perennial('annotate', 'prices@1', '--note', 'from the notebook')).out).toContain('prices@1: note');
  expect((await perennial('freeze', 'prices', '--reason', 'closing')).code).toBe(0);
  const { out } = await perennial('status', 'prices');
  expect(out).toContain('closing');
  expect(out).toContain('imported from sklearn-regression.onnx');
  expect((await perennial('freeze', 'prices')).code).toBe(2);
});

test('refused: what is unsafe, what is no model, and a model that trains here', async () => {
  await expect(take('bad', 'refused-external.onnx')).rejects.toThrow(/weights in other files/);
  await expect(take('bad', 'expected.json')).rejects.toThrow(/neither a LightGBM dump nor an XGBoost model/);
  await expect(
    requestJson(control(), 'POST', '/v1/models/bad/import', { artifact: '0'.repeat(64), reason: 'x' }),
  ).rejects.toThrow(/is not in the store/);
  await expect(requestJson(control(), 'GET', '/v1/models/bad')).rejects.toThrow();
  await world.champion('trained');
  await expect(take('trained', 'sklearn-zipmap.onnx')).rejects.toThrow(/trains here/);
});
