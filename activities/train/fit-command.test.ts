import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asyncLocalStorage, Context } from '@temporalio/activity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { fixtureSpec, fixtureTargets, writeFixture } from '../../tests/worlds/training-fixture.ts';
import { until } from '../../tests/worlds/wait.ts';
import { rootDir } from '../../src/config.ts';
import { completeTrainer } from '../../src/domain/spec/trainer-spec.ts';
import { loaderArguments } from '../../src/entry-point.ts';
import { command } from '../../src/sdk/declare/trainer/trainer.ts';
import { files, type Fitted } from '../../src/trainers/prepare/folder.ts';
import { readJson } from '../../src/trainers/prepare/json-files.ts';
import { prepare } from '../../src/trainers/prepare/prepare.ts';
import { fitModelActivities } from './fit-model.ts';
import { createTrainingChildren } from './training-children.ts';

let trainDir = '';
let rows = '';
beforeAll(async () => {
  trainDir = await mkdtemp(path.join(tmpdir(), 'perennial-fit-command-'));
  rows = path.join(trainDir, 'rows.parquet');
  await writeFixture(rows, 'binary', 600);
});
afterAll(() => rm(trainDir, { recursive: true, force: true }));

const deps = {
  rootDir,
  trainersDir: path.join(rootDir, 'tests', 'worlds', 'trainers'),
  // A secret may be any word, also one of ours.
  secretOf: async () => 'candidate.onnx',
};
const argv = [process.execPath, ...loaderArguments(), 'train.ts'];
let models = 0;

/** A prepared folder below the train folder, for a program with these options. */
async function preparedFor(options: Parameters<typeof command>[1]): Promise<string> {
  const name = `model${models++}/1/prepare-a-1`;
  const folder = path.join(trainDir, name);
  const spec = { ...fixtureSpec(fixtureTargets.binary), trainer: completeTrainer(command(argv, options)) };
  await mkdir(folder, { recursive: true });
  await prepare({ spec, dataPaths: [rows], folder }, async () => undefined);
  return name;
}

/** Calls the activity as an attempt of it, which is cancelled when the signal says so. */
function fit(folder: string, attempt = 1, cancellationSignal = new AbortController().signal): Promise<string> {
  const { fitModel } = fitModelActivities({ trainDir, ...deps }, createTrainingChildren(rootDir));
  return inActivity(() => {
    const own = Context.current();
    const info = { ...own.info, attempt, activityId: '5', workflowExecution: { runId: 'abcdefgh-1', workflowId: 'w' } };
    const context = Object.assign(Object.create(own) as Context, { info, cancellationSignal });
    return asyncLocalStorage.run(context, async () => {
      const fitted = await fitModel({ model: 'fixture', runId: 'train/fixture/1', folder });
      return path.join(trainDir, fitted.folder);
    });
  });
}

test('a program fits a candidate and a release; rows do not stay, nor do the values of secrets', async () => {
  const folder = await fit(await preparedFor({ refit: true, secrets: ['hf-token'], lock: 'misbehave.mjs' }));
  const fitted = await readJson<Fitted>(path.join(folder, files.fitted));
  expect(fitted).toMatchObject({
    candidate: { family: 'external', modelFile: 'candidate.onnx', predictionsFile: 'candidate.predictions.parquet' },
    release: { family: 'external', modelFile: 'release.onnx', predictionsFile: null },
    external: {
      kind: 'command',
      output: 'onnx',
      environment: {
        argv,
        codeDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        lockDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      },
      said: { environment: { HF_TOKEN: '[secret]' } },
    },
    memory: { runs: expect.any(Array) },
  });
  expect((await readdir(folder)).filter((name) => name.startsWith('external'))).toEqual([]);
});

test('a cancelled fit ends its program; the next attempt goes on from its checkpoint, to the same bytes', async () => {
  const pids = path.join(trainDir, 'pids');
  const go = path.join(trainDir, 'go');
  const prepared = await preparedFor({ settings: { waitFor: go, pids } });
  const ending = new AbortController();
  const running = fit(prepared, 1, ending.signal).catch((error: unknown) => error);
  const pid = await until('the program waits', async () => Number(await readFile(pids, 'utf8')));
  ending.abort();
  await expect(running).resolves.toMatchObject({ code: 'trainer_failed' });
  expect(existsSync(`/proc/${pid}`)).toBe(false);
  await writeFile(go, '');
  const resumed = await fit(prepared, 2);
  expect(await readJson<Fitted>(path.join(resumed, files.fitted))).toMatchObject({
    external: { said: { metrics: { resumed: 1 } } },
  });
  const whole = await fit(await preparedFor({}));
  const bytes = (folder: string) => readFile(path.join(folder, 'candidate.onnx'));
  expect((await bytes(resumed)).equals(await bytes(whole))).toBe(true);
});

test('without a folder of trainers nothing is run', async () => {
  const prepared = await preparedFor({});
  const { fitModel } = fitModelActivities({ trainDir, ...deps, trainersDir: null }, createTrainingChildren(rootDir));
  const attempt = inActivity(() => {
    const own = Context.current();
    const info = { ...own.info, attempt: 1, activityId: '6', workflowExecution: { runId: 'b', workflowId: 'w' } };
    return asyncLocalStorage.run(Object.assign(Object.create(own) as Context, { info }), () =>
      fitModel({ model: 'fixture', runId: 'train/fixture/1', folder: prepared }),
    );
  });
  await expect(attempt).rejects.toMatchObject({ code: 'configuration', path: 'PERENNIAL_TRAINERS_DIR' });
});
