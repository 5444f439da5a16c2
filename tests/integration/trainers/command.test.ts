import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rootDir } from '../../../src/config.ts';
import { alert, version } from '../../../src/db/schema/index.ts';
import type { ModelSpecInput } from '../../../src/domain/spec/default-spec.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { loaderArguments } from '../../../src/entry-point.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { command } from '../../../src/sdk/declare/trainer/trainer.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

/** The whole product, whose worker runs programs of `tests/worlds/trainers`. */
let world: LoopWorld;
let place = '';
beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'perennial-commands-'));
  world = await startLoopWorld([], {
    trainersDir: path.join(rootDir, 'tests', 'worlds', 'trainers'),
    variables: { PERENNIAL_SECRET_HF_TOKEN: 'a-token-of-a-service' },
  });
});
afterAll(async () => {
  await world.close();
  await rm(place, { recursive: true, force: true });
});

const argv = [process.execPath, ...loaderArguments(), 'train.ts'];
const trainedBy = (options: Parameters<typeof command>[1], program = argv): Partial<ModelSpecInput> => ({
  trainer: command(program, options),
});

async function versionOf(model: string, number: number) {
  const [found] = await world.stack.database.db
    .select()
    .from(version)
    .where(and(eq(version.model, model), eq(version.version, number)));
  if (found === undefined) throw new Error(`${model} has no version ${number}`);
  return found;
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The number of the program once it waits. */
function pidIn(file: string, after = 0): Promise<number> {
  return until('the program runs', async () => {
    const pids = (await readFile(file, 'utf8')).trim().split('\n').map(Number);
    return pids.length > after && pids.at(-1);
  });
}

test('what a program trains passes gate and rollout, answers, and is trained anew by a trigger', async () => {
  const model = 'commanded';
  const spec = await world.champion(model, trainedBy({ secrets: ['hf-token'], lock: 'misbehave.mjs' }));
  const first = await versionOf(model, 1);
  expect(first).toMatchObject({ gateVerdict: 'pass', status: 'released' });
  expect(first.report).toMatchObject({
    candidate: { family: 'external' },
    external: {
      kind: 'command',
      output: 'onnx',
      environment: {
        argv,
        codeDigest: expect.stringMatching(/^sha256:/),
        lockDigest: expect.stringMatching(/^sha256:/),
      },
      // Its value reached the program, and nothing else.
      said: { metrics: { features: 2, resumed: 0 }, environment: { HF_TOKEN: '[secret]' } },
    },
    memory: { runs: expect.any(Array) },
  });
  expect(first.report.parity.rows).toBeGreaterThan(50);
  expect(first.report.candidate.testMetrics.auroc).toBeGreaterThan(0.8);

  const inference = { url: world.stack.inferenceUrl, token: world.stack.tokens.predictor };
  const asked = {
    rows: [
      { height: 2, width: 0, colour: 'red' },
      { height: null, width: 0, colour: 'blue' },
    ],
  };
  const answer = await requestJson<{ predictions: { version: number; probabilities: Record<string, number> }[] }>(
    inference,
    'POST',
    `/v1/models/${model}/predict`,
    asked,
  );
  expect(answer.predictions[0]).toMatchObject({ version: 1 });
  expect(answer.predictions[0]?.probabilities['yes']).toBeGreaterThan(0.8);
  expect(answer.predictions[1]?.probabilities['yes']).toBeGreaterThan(0);

  await world.apply({ ...spec, trainer: { ...spec.trainer, refit: true } as typeof spec.trainer });
  await until('a challenger by the trigger', async () => (await world.status(model)).challenger !== null);
  expect((await world.playOut(model)).championVersion).toBe(2);
  const second = await versionOf(model, 2);
  // Fitted on all rows, by a second call of the program; nobody but its own file answered for that one.
  expect(second.report).toMatchObject({ release: { modelFile: 'release.onnx' }, parity: { rows: 0 } });
  expect(second.modelDigest).not.toBe(first.modelDigest);
});

test('a worker that is killed takes the program with it; the next attempt goes on from the checkpoint', async () => {
  const model = 'killed';
  const pids = path.join(place, 'killed-pids');
  const go = path.join(place, 'killed-go');
  await world.apply(await world.define(model, trainedBy({ settings: { waitFor: go, pids } })));
  const pid = await pidIn(pids);
  process.kill(world.stack.pids()['worker'] ?? 0, 'SIGKILL');
  await until('the program is gone', async () => !isAlive(pid));
  await writeFile(go, '');
  await until('its champion answers', async () => (await world.settled(model)).championVersion === 1);
  const killed = await versionOf(model, 1);
  expect(killed.report.external?.said?.metrics).toMatchObject({ resumed: 1 });
  // Without a kill the same rows give the same bytes.
  expect(killed.modelDigest).toBe((await versionOf('commanded', 1)).modelDigest);
});

test('a training that is cancelled ends its program', async () => {
  const model = 'cancelled';
  const pids = path.join(place, 'cancelled-pids');
  const never = path.join(place, 'never');
  await world.apply(await world.define(model, trainedBy({ settings: { waitFor: never, pids } })));
  const pid = await pidIn(pids);
  await world.client.workflow.getHandle(workflowIds.train(model, 1)).cancel();
  expect(await until('the program is gone', async () => !isAlive(pid))).toBe(true);
});

test.each([
  ['fails', ['fail with words'], {}, /ended with exit code 3\. It said last: Traceback/],
  ['leaves nothing', ['tell the environment'], {}, /The trainer left no model file\./],
  ['lies elsewhere', ['stay'], { folder: 'nowhere' }, /The folder "nowhere" of the trainer is not there\./],
  ['wants a secret that nobody has', ['stay'], { secrets: ['unheard-of'] }, /The secret "unheard-of" is not there\./],
])('a program that %s fails its training in one sentence', async (name, words, options, sentence) => {
  const model = `refused-${name.replaceAll(' ', '-').slice(0, 20)}`;
  const program = [process.execPath, 'misbehave.mjs', ...words];
  await world.apply(await world.define(model, trainedBy(options, program)));
  const found = await until('the alert', async () => {
    const [row] = await world.stack.database.db
      .select()
      .from(alert)
      .where(and(eq(alert.model, model), eq(alert.kind, 'run-failed')));
    return row;
  });
  expect(found.body).toMatch(sentence);
});
