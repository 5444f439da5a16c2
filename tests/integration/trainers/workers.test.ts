import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createToken } from '../../../src/access/create-token.ts';
import type { WorkerList } from '../../../src/contracts/http/trainers/trainings.ts';
import { openAlert } from '../../../src/db/watching/alerts.ts';
import { alert, run, trainingAccess, trainingFit, trainingShare } from '../../../src/db/schema/index.ts';
import type { TrainerInput } from '../../../src/domain/spec/trainer-spec.ts';
import type { SharedFile } from '../../../src/domain/training/workers/shared-files.ts';
import { trainerQueuesOf } from '../../../src/domain/training/workers/trainer-queue.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { fitTiny } from '../../worlds/fit-tiny.ts';
import {
  digestOfBytes,
  openTransfers,
  withFitWorker,
  type FitWorkerPlace,
  type FitWorkerWays,
} from '../../worlds/fit-worker.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
let folder: string;
/** Of a worker, for all models. */
let token: string;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  world = await startLoopWorld();
  folder = await mkdtemp(path.join(tmpdir(), 'fit-worker-'));
  token = await tokenOf('*');
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const db = () => world.stack.database.db;
const tokenOf = async (scope: string): Promise<string> =>
  (await createToken(db(), { name: `worker of ${scope}`, role: 'trainer', scope, expiresAt: null })).secret;
const place = (queues: readonly string[]): FitWorkerPlace => ({
  temporal: { address: world.stack.temporalAddress ?? '', namespace: world.stack.namespace },
  control: { url: world.stack.controlUrl, token },
  folder,
  queues,
});
/** A queue for each test, so that none takes what is another's. */
const trainerOf = (queue: string, change: object = {}): TrainerInput => ({
  kind: 'worker',
  queue,
  trainer: 'tiny',
  ...change,
});
const control = () => ({ url: world.stack.controlUrl, token: world.stack.tokens.admin });
const listed = (): Promise<WorkerList> => requestJson<WorkerList>(control(), 'GET', '/v1/trainer-workers');
const say = (body: object, secret = token): Promise<Response> =>
  fetch(`${world.stack.controlUrl}/v1/trainer-workers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ tags: [], memoryGb: null, gpus: [], trainers: ['tiny'], package: 'a test', ...body }),
  });
const runOf = async (model: string) =>
  (
    await db()
      .select()
      .from(run)
      .where(eq(run.runId, workflowIds.train(model, 1)))
  )[0];
const isChampion = (model: string) =>
  until(`${model} has a champion`, async () => {
    const view = await world.settled(model);
    return view.championVersion === 1 && view.isSettled;
  });

/** Applies a model whose fit waits for a worker, and gives the files that it shares. */
async function shared(model: string, queue: string): Promise<readonly SharedFile[]> {
  await world.apply(await world.define(model, { trainer: trainerOf(queue) }));
  const rows = await until('its files are shared', async () => {
    const found = await db()
      .select()
      .from(trainingShare)
      .where(eq(trainingShare.runId, workflowIds.train(model, 1)));
    return found.length > 0 && found;
  });
  return rows.map((row) => ({ path: row.path, digest: `sha256:${row.digest}`, bytes: row.bytes }));
}

describe('a worker that shares no disk', () => {
  test('fits what is gated and served like any other, and leaves nothing behind', async () => {
    const model = 'elsewhere';
    const queue = 'fits-plain';
    await withFitWorker(place([`${queue}-a100-32g`]), { fit: fitTiny }, async () => {
      await world.apply(await world.define(model, { trainer: trainerOf(queue, { tag: 'a100', memoryGb: 20 }) }));
      await isChampion(model);
    });
    const view = await world.play(model, 1);
    expect(view).toMatchObject({ championVersion: 1, labels: 50 });
    expect(await runOf(model)).toMatchObject({ status: 'completed' });
    const [version] = (await world.history(model)).versions;
    expect(version).toMatchObject({ version: 1, gateVerdict: 'pass' });
    const runId = workflowIds.train(model, 1);
    await until('nothing is shared any more', async () => {
      const left = await Promise.all([
        db().select().from(trainingFit).where(eq(trainingFit.runId, runId)),
        db().select().from(trainingShare).where(eq(trainingShare.runId, runId)),
        db().select().from(trainingAccess).where(eq(trainingAccess.runId, runId)),
      ]);
      return left.flat().length === 0;
    });
  });

  test('with a refit is asked twice, and the file of all rows is released', async () => {
    const model = 'twice';
    const stages: string[] = [];
    const rows: number[] = [];
    const ways: FitWorkerWays = {
      fit: async (own, ask) => {
        stages.push(ask.stage, ...ask.files.map((file) => file.path).filter((name) => name.startsWith('candidate/')));
        rows.push(ask.files.find((file) => file.path === 'train/rows.parquet')?.bytes ?? 0);
        await fitTiny(own);
      },
    };
    await withFitWorker(place(['fits-twice']), ways, async () => {
      await world.apply(await world.define(model, { trainer: trainerOf('fits-twice', { refit: true }) }));
      await isChampion(model);
    });
    expect(stages).toEqual(['candidate', 'release', 'candidate/report.json']);
    expect(rows[1]).toBeGreaterThan(rows[0] ?? Infinity);
  });

  test('is killed in the middle of a fit, and another one comes to the same outcome', async () => {
    const queue = 'fits-killed';
    const child = await startHanging(queue);
    try {
      const fitting = once(child.stdout ?? child, 'data');
      await world.apply(await world.define('killed', { trainer: trainerOf(queue) }));
      expect(String((await fitting)[0])).toContain('fitting');
      child.kill('SIGKILL');
      await once(child, 'exit');
      await withFitWorker(place([queue]), { fit: fitTiny }, async () => {
        await isChampion('killed');
        await world.champion('unharmed', { trainer: trainerOf(queue) });
      });
    } finally {
      child.kill('SIGKILL');
    }
    const metricsOf = async (model: string) => (await world.history(model)).versions[0]?.metrics;
    expect(await metricsOf('killed')).toMatchObject({ auroc: expect.any(Number) });
    expect(await metricsOf('killed')).toEqual(await metricsOf('unharmed'));
  });

  async function startHanging(queue: string): Promise<ChildProcess> {
    const file = path.join(import.meta.dirname, '..', '..', 'worlds', 'fit-worker-process.ts');
    return spawn(process.execPath, ['--import', 'tsx', file, JSON.stringify(place([queue]))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }
});

describe('whatever else comes back', () => {
  const honest: FitWorkerWays = { fit: fitTiny };
  const nothing = digestOfBytes(new Uint8Array([1, 2, 3]));

  test.each<[string, FitWorkerWays, RegExp]>([
    [
      'a digest of other bytes',
      {
        ...honest,
        answer: async (files, _ask, { putBytes }) => {
          const refused = await putBytes(nothing, new Uint8Array([9]));
          const told = (await refused.json()) as { readonly code: string };
          if (refused.status !== 422 || told.code !== 'invalid_data') return { files };
          return { files: files.map((file) => ({ ...file, digest: nothing })) };
        },
      },
      /which it never uploaded/,
    ],
    [
      'a path that leaves the folder',
      {
        ...honest,
        answer: (files) => Promise.resolve({ files: files.map((file) => ({ ...file, path: `../${file.path}` })) }),
      },
      /names a file "\.\.\/model\.onnx", which is none that a fit leaves/,
    ],
    [
      'a file that was given and never made',
      {
        ...honest,
        answer: (_files, ask) =>
          Promise.resolve({ files: ask.files.slice(0, 1).map((file) => ({ ...file, path: 'model.onnx' })) }),
      },
      /which it never uploaded/,
    ],
    [
      'another size',
      { ...honest, answer: (files) => Promise.resolve({ files: files.map((file) => ({ ...file, bytes: 7 })) }) },
      /says 7 bytes of model\.onnx, and sent/,
    ],
    ['no model', { ...honest, answer: () => Promise.resolve({ files: [] }) }, /model/],
    [
      'far too much',
      { ...honest, answer: (files) => Promise.resolve({ files, log: 'x'.repeat(20_000) }) },
      /answered with 20\d{3} characters of JSON, where 16384 are allowed/,
    ],
    ['a text', { ...honest, answer: () => Promise.resolve('done') }, /not as agreed at its top/],
  ])('%s ends the training with a sentence', async (what, ways, sentence) => {
    const model = `refused-${what.replaceAll(/[^a-z]+/g, '-')}`.slice(0, 40);
    const queue = `fits-${model}`;
    await withFitWorker(place([queue]), ways, async () => {
      await world.apply(await world.define(model, { trainer: trainerOf(queue) }));
      await until('the training has ended', async () => (await runOf(model))?.status === 'failed');
    });
    expect((await runOf(model))?.detail).toMatch(sentence);
    expect(await world.settled(model)).toMatchObject({ championVersion: null });
  });
});

describe('an access', () => {
  let mine: readonly SharedFile[];
  let theirs: readonly SharedFile[];
  beforeAll(async () => {
    mine = await shared('access.mine', 'fits-nobody');
    theirs = await shared('access.theirs', 'fits-nobody');
  });
  const of = (model: string): string => workflowIds.train(model, 1);
  const fileUrl = (runId: string, digest: string): string =>
    `${world.stack.controlUrl}/v1/trainings/${encodeURIComponent(runId)}/files/${digest}`;
  const get = (runId: string, digest: string, secret: string, more: Record<string, string> = {}): Promise<Response> =>
    fetch(fileUrl(runId, digest), { headers: { authorization: `Bearer ${secret}`, ...more } });
  const codeOf = async (response: Response): Promise<string> =>
    `${response.status} ${((await response.json()) as { readonly code: string }).code}`;

  test('opens the files of its training, and a part of one', async () => {
    const { access } = await openTransfers(place([]).control, of('access.mine'));
    const [file] = mine;
    const whole = new Uint8Array(await (await get(of('access.mine'), file?.digest ?? '', access)).arrayBuffer());
    expect(digestOfBytes(whole)).toBe(file?.digest);
    const beyond = await get(of('access.mine'), file?.digest ?? '', access, { range: `bytes=${whole.length}-` });
    expect([beyond.headers.get('content-range'), await codeOf(beyond)]).toEqual([
      `bytes */${whole.length}`,
      '416 range_not_satisfiable',
    ]);
    const part = await get(of('access.mine'), file?.digest ?? '', access, { range: 'bytes=10-' });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 10-${whole.length - 1}/${whole.length}`,
    ]);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.subarray(10));
  });

  test('is refused for another training, by its own digests as well', async () => {
    const { access } = await openTransfers(place([]).control, of('access.mine'));
    const other = theirs.find((file) => file.path.endsWith('spec.json'))?.digest ?? '';
    expect(await codeOf(await get(of('access.theirs'), other, access))).toBe('403 forbidden');
    expect(await codeOf(await get(of('access.mine'), other, access))).toBe('404 not_found');
    expect(await codeOf(await get(of('nobody'), other, access))).toBe('403 forbidden');
    const put = await fetch(fileUrl(of('access.theirs'), nothing()), {
      method: 'PUT',
      headers: { authorization: `Bearer ${access}` },
      body: new Uint8Array([1, 2, 3]),
    });
    expect(await codeOf(put)).toBe('403 forbidden');
  });

  test('is none: a token, a guess, one that has run out, one whose token was revoked', async () => {
    const digest = mine[0]?.digest ?? '';
    const run1 = of('access.mine');
    expect(await codeOf(await get(run1, digest, world.stack.tokens.admin))).toBe('403 forbidden');
    expect(await codeOf(await get(run1, digest, token))).toBe('403 forbidden');
    expect(await codeOf(await get(run1, digest, `prt_${'x'.repeat(43)}`))).toBe('401 unauthenticated');
    const { access } = await openTransfers(place([]).control, run1);
    await world.stack.database.pool.query("update training_access set expires_at = now() - interval '1 second'");
    expect(await codeOf(await get(run1, digest, access))).toBe('401 unauthenticated');
    const revoked = await createToken(db(), { name: 'gone', role: 'trainer', scope: '*', expiresAt: null });
    const last = await openTransfers({ ...place([]).control, token: revoked.secret }, run1);
    expect((await get(run1, digest, last.access)).status).toBe(200);
    await world.stack.database.pool.query('update token set revoked_at = now() where token_id = $1', [revoked.tokenId]);
    expect(await codeOf(await get(run1, digest, last.access))).toBe('401 unauthenticated');
  });

  test('is given for models in the scope alone, and stands in no history', async () => {
    // A fit beyond the scope of its token is none of a worker's.
    const narrow = await tokenOf('access.theirs');
    await expect(openTransfers({ ...place([]).control, token: narrow }, of('access.mine'))).rejects.toThrow(
      /There is no run/,
    );
    await expect(openTransfers({ ...place([]).control, token: narrow }, of('access.theirs'))).resolves.toBeDefined();
    const history = await world.client.workflow.getHandle(of('access.mine')).fetchHistory();
    expect(JSON.stringify(history)).not.toMatch(/prt_|prn_/);
  });

  test('ends with its training', async () => {
    const { access } = await openTransfers(place([]).control, of('access.theirs'));
    await world.client.workflow.getHandle(of('access.theirs')).cancel();
    await until('it has ended', async () => (await runOf('access.theirs'))?.status === 'cancelled');
    const refused = await codeOf(await get(of('access.theirs'), theirs[0]?.digest ?? '', access));
    expect(['401 unauthenticated', '403 forbidden']).toContain(refused);
    await expect(openTransfers(place([]).control, of('access.theirs'))).rejects.toThrow(/shares no files/);
  });

  function nothing(): string {
    return digestOfBytes(new Uint8Array([1, 2, 3]));
  }
});

describe('a wait', () => {
  test('says why: nobody there, too little memory, busy, and then who fits it', async () => {
    const queue = 'fits-seen';
    const needs = { tag: 'a100', memoryGb: 32 };
    await world.apply(await world.define('waiting', { trainer: trainerOf(queue, needs) }));
    const textOf = async (): Promise<string | undefined> =>
      (await listed()).fits.find(({ model }) => model === 'waiting')?.text;
    const wanted = `waits for a worker of ${queue} with tag a100 and 32 GB`;
    await until('it waits', async () => (await textOf()) === `${wanted}; none is there`);
    const small = await say({ name: 'small', queue, tags: ['a100'], memoryGb: 16 });
    expect(await small.json()).toEqual({
      goneAfterSeconds: 60,
      queues: trainerQueuesOf({ queue, tags: ['a100'], memoryGb: 16 }),
    });
    const large = { name: 'large', queue, tags: ['a100'], memoryGb: 40 };
    expect((await say({ ...large, running: ['train/other/1'] })).status).toBe(200);
    expect(await textOf()).toBe(`${wanted}; two are there, one is busy, one has 16 GB`);
    expect((await say({ ...large, running: [workflowIds.train('waiting', 1)] })).status).toBe(200);
    expect(await textOf()).toBe('is fitted by large');
    // A fit beyond the scope of its token is none of a worker's.
    const narrow = await tokenOf('others.*');
    expect((await say({ ...large, name: 'narrow', running: [workflowIds.train('waiting', 1)] }, narrow)).status).toBe(
      200,
    );
    const page = await listed();
    expect(page.workers.filter((one) => one.queue === queue).map(({ name, busy }) => [name, busy])).toEqual([
      ['large', 1],
      ['narrow', 0],
      ['small', 0],
    ]);
    await world.client.workflow.getHandle(workflowIds.train('waiting', 1)).cancel();
  });

  test('rings while nobody is there who could ever take it', async () => {
    await world.apply(await world.define('lonely', { trainer: trainerOf('fits-lonely') }));
    const rung = await until('the alert', async () =>
      (await db().select().from(alert).where(eq(alert.model, 'lonely'))).find((row) => row.kind === 'queue-unserved'),
    );
    expect(rung.body).toContain('waits for a worker of fits-lonely; none is there');
    // The alert of one run is closed by that run alone.
    const { model, kind, severity, title, body } = rung;
    const other = { of: 'run', runId: 'train/lonely/0' } as const;
    await openAlert(db(), { model, kind, severity, title, body, subject: other, webhooks: [] });
    await world.client.workflow.getHandle(workflowIds.train('lonely', 1)).cancel();
    const open = await until('it is over', async () => {
      const rows = await db().select().from(alert).where(eq(alert.model, 'lonely'));
      const left = rows.filter(({ kind, closedAt }) => kind === 'queue-unserved' && closedAt === null);
      return left.length === 1 && left;
    });
    expect(open.map(({ subject }) => subject)).toEqual([other.runId]);
  });

  test('is told to workers by nobody else: a token of another role may not say that one is there', async () => {
    expect((await say({ name: 'x', queue: 'fits' }, world.stack.tokens.predictor)).status).toBe(403);
    expect((await say({ name: 'x', queue: 'Fits!' })).status).toBe(400);
    for (const said of [{ trainers: ['a\u001b[2J'] }, { package: 'a\nb' }])
      expect((await say({ name: 'x', queue: 'fits', ...said })).status).toBe(400);
  });
});
