// Records one history per way that each workflow can take, from real runs on real engines, into tests/replay/histories.
// `npm run histories:record`. Run it when a workflow has a new way, or was changed on purpose; what is recorded is then
// a promise, so a history that is there stays as it is: `--replace` records all of them anew.
import { randomUUID } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { rootDir } from '../src/config.ts';
import { readOptions } from './options.mjs';
import { abTestScenes } from './ab-test-scenes.ts';
import { rolloutScenes } from './rollout-scenes.ts';
import { stepScenes } from './step-scenes.ts';
import { trainingScenes } from './training-scenes.ts';
import { workerScenes } from './worker-scenes.ts';
import { withTransaction } from '../src/db/base/connect.ts';
import { putErasure } from '../src/db/erasure/erasures.ts';
import { eraseStart } from '../src/domain/record/erasure/erasure.ts';
import { workflowIds } from '../src/domain/words/ids.ts';
import { startLoopWorld, tinyRollout, type LoopWorld } from '../tests/worlds/loop-world.ts';
import { neutral } from '../tests/worlds/neutral-history.ts';
import { until } from '../tests/worlds/wait.ts';
import { ended, latest, untilContinued } from '../tests/worlds/workflow-ends.ts';

const {
  values: { replace: isReplacing = false, only = null },
} = readOptions({ options: { replace: { type: 'boolean' }, only: { type: 'string' } } });
const folder = path.join(rootDir, 'tests', 'replay', 'histories');
const files = new Map<string, string>();

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const world = await startLoopWorld();
  try {
    for (const [name, scene] of Object.entries(scenes).filter(([one]) => only === null || one === only)) {
      say(`playing: ${name}`);
      await scene(world);
    }
  } finally {
    await world.close();
  }
  // All or none: a recording that broke off leaves what was there.
  if (isReplacing && only === null) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const known = new Set(await readdir(folder));
  const fresh = [...files].filter(([name]) => !known.has(`${name}.json`));
  for (const [name, text] of fresh) await writeFile(path.join(folder, `${name}.json`), text);
  say(
    `recorded ${fresh.length} histories in ${path.relative(process.cwd(), folder)}; ${files.size - fresh.length} stay`,
  );
}

const word = (reason: string, commandId: string | null = null) => ({ commandId, actor: 'somebody', reason });
const nobody = '00000000-0000-4000-8000-000000000000';

/** Each scene has models of its own and records what it has just seen. */
const scenes: Readonly<Record<string, (world: LoopWorld) => Promise<void>>> = {
  async life(world) {
    await world.champion('life');
    await world.challenge('life');
    await world.playOut('life');
    await world.play('life', 2);
    await ended(world, workflowIds.guard('life', 2));
    const [ingest] = (await world.history('life')).runs.filter((row) => row.kind === 'ingest');
    await record(world, 'ingest', ingest?.runId ?? '');
    await record(world, 'train-steps-first', workflowIds.train('life', 1));
    await record(world, 'train-steps-known-snapshot', workflowIds.train('life', 2));
    await record(world, 'rollout-first-champion', workflowIds.rollout('life', 1, 1));
    await record(world, 'rollout-promoted', workflowIds.rollout('life', 2, 1));
    await record(world, 'guard-fine', workflowIds.guard('life', 2));
    await record(world, 'model-life', workflowIds.model('life'));
    await world.retrain('life', { reason: 'with traffic', rollout: false });
    await ended(world, workflowIds.train('life', 3));
    await record(world, 'train-steps-experiment-with-traffic', workflowIds.train('life', 3));
    await world.damageTraffic('life');
    await world.retrain('life', { reason: 'a file is damaged', rollout: false });
    await ended(world, workflowIds.train('life', 4));
    await record(world, 'train-steps-damaged-traffic', workflowIds.train('life', 4));
  },

  async 'rolled back'(world) {
    await world.champion('unlabelled', {
      rollout: { ...tinyRollout, guard: { labelledRows: 10_000, action: 'roll-back' } },
    });
    await world.challenge('unlabelled');
    await world.playOut('unlabelled', { labels: false });
    await record(world, 'rollout-rolled-back-at-deadline', workflowIds.rollout('unlabelled', 2, 1));
    await world.challenge('unlabelled');
    await world.playOut('unlabelled');
    await until('the guard watches', async () =>
      (await world.history('unlabelled')).runs.some((row) => row.kind === 'guard'),
    );
    await record(world, 'guard-watching', workflowIds.guard('unlabelled', 3));
    await world.command('unlabelled', 'rollback', { reason: 'to see it go back' });
    await ended(world, workflowIds.guard('unlabelled', 3));
    await record(world, 'guard-superseded', workflowIds.guard('unlabelled', 3));
    await record(world, 'model-rolled-back', workflowIds.model('unlabelled'));
  },

  async 'a person'(world) {
    await world.apply(await world.define('held', { rollout: { ...tinyRollout, automaticPercentMax: 50 } }));
    const rollout = (version: number) => world.client.workflow.getHandle(workflowIds.rollout('held', version, 1));
    const held = (version: number) =>
      until(`v${version} is held`, async () => (await world.status('held')).rollout?.status === 'held');
    await held(1);
    await rollout(1).executeUpdate('approve', { args: [word('not authorised', nobody)] });
    await world.command('held', 'approve', { reason: 'looks well' });
    await ended(world, rollout(1).workflowId);
    await record(world, 'rollout-watched-hold-approved', rollout(1).workflowId);
    await world.challenge('held');
    await world.play('held', 2);
    await held(2);
    await world.command('held', 'abort', { reason: 'not today' });
    await ended(world, rollout(2).workflowId);
    await record(world, 'rollout-watched-hold-aborted', rollout(2).workflowId);
    await world.challenge('held');
    await rollout(3).executeUpdate('abort', { args: [word('typed by hand')] });
    await ended(world, rollout(3).workflowId);
    await record(world, 'rollout-aborted-in-shadow', rollout(3).workflowId);
    await world.challenge('held');
    await rollout(4).cancel();
    await ended(world, rollout(4).workflowId);
    await record(world, 'rollout-cancelled', rollout(4).workflowId);
    await world.challenge('held');
    await world.command('held', 'pause', { reason: 'a look' });
    await world.command('held', 'resume', { reason: 'seen' });
    await record(world, 'rollout-in-shadow', rollout(5).workflowId);
    await record(world, 'model-person', workflowIds.model('held'));
  },

  async 'by hand'(world) {
    const promotion = { metric: 'logLoss', margin: 0.1, alpha: 0.05, labelledRowsMin: 20 } as const;
    const guard = { labelledRows: 100, action: 'roll-back' } as const;
    await world.champion('undone', { rollout: { ...tinyRollout, promotion, guard } });
    await world.teachOpposite('undone');
    await world.retrain('undone', { reason: 'on other labels', rollout: false });
    await ended(world, workflowIds.train('undone', 2));
    await world.command('undone', 'promote', { reason: 'trust me', version: 2, force: true });
    await until('v2 is champion', async () => (await world.settled('undone')).championVersion === 2);
    await world.play('undone', 6);
    await until('v1 is champion again', async () => (await world.settled('undone')).championVersion === 1);
    const worse = await guardOf(world, 'undone', 2);
    await ended(world, worse);
    await record(world, 'guard-by-hand-worse', worse);
    await record(world, 'model-undoes-by-hand', workflowIds.model('undone'));
    await world.command('undone', 'promote', { reason: 'once more', version: 2, force: true });
    await until('v2 is champion', async () => (await world.settled('undone')).championVersion === 2);
    await world.command('undone', 'rollback', { reason: 'by hand', toVersion: 1 });
    const watching = await guardOf(world, 'undone', 1);
    await record(world, 'guard-by-hand-watching', watching);
    await record(world, 'model-guards-by-hand', workflowIds.model('undone'));
  },

  async 'several people'(world) {
    const approval = { people: 2, atDeadline: 'stay' } as const;
    const rollout = { ...tinyRollout, automaticPercentMax: 50, holdMsMax: 3_000, approval } as const;
    await world.apply(await world.define('quorum', { rollout }));
    const id = workflowIds.rollout('quorum', 1, 1);
    await until('it is held', async () => (await world.status('quorum')).rollout?.status === 'held');
    await world.command('quorum', 'approve', { reason: 'the first of two' });
    await until('it is asked for again', async () => {
      const { events } = await world.client.workflow.getHandle(id).fetchHistory();
      return (events ?? []).filter((event) => event.timerFiredEventAttributes != null).length > 0;
    });
    await record(world, 'rollout-stays-held', id);
    await world.command('quorum', 'abort', { reason: 'enough' });
    await ended(world, id);
    await record(world, 'rollout-stays-held-then-aborted', id);
  },

  async 'nothing to see'(world) {
    const blind = { shadow: { ms: 1_000 }, canary: [{ percent: 1, extent: { ms: 1_000 } }], deadline: { ms: 1_000 } };
    await world.champion('blind', { rollout: { ...tinyRollout, ...blind } });
    await world.play('blind', 2);
    await world.challenge('blind');
    const id = workflowIds.rollout('blind', 2, 1);
    await until('it is held', async () => (await world.status('blind')).rollout?.status === 'held');
    await record(world, 'rollout-not-begun', id);
    await world.command('blind', 'abort', { reason: 'as it says' });
    await ended(world, id);
    await record(world, 'rollout-not-begun-then-aborted', id);
    await world.command('blind', 'promote', { reason: 'all the same', version: 2, rollout: true });
    const again = workflowIds.rollout('blind', 2, 2);
    await ended(world, again);
    await record(world, 'rollout-second-attempt', again);
    await record(world, 'model-second-attempt', workflowIds.model('blind'));
  },

  ...rolloutScenes(record),
  ...abTestScenes(record),
  ...stepScenes(record),
  ...trainingScenes(record),
  ...workerScenes(record),

  async failures(world) {
    const broken = await world.define('broken');
    await rm(world.historyFile('broken'));
    await world.apply(broken);
    await ended(world, workflowIds.train('broken', 1));
    await record(world, 'train-failed', workflowIds.train('broken', 1));
    await world.apply(await world.define('gated', { gates: [{ gate: 'atLeast', metric: 'auroc', value: 0.9999 }] }));
    await ended(world, workflowIds.train('gated', 1));
    await record(world, 'train-steps-refused', workflowIds.train('gated', 1));
    await record(world, 'model-without-champion', workflowIds.model('gated'));
    await world.apply(await world.define('unserved', { trainer: { gpu: { tag: 'nobody' } } }));
    await until('the alert about the queue', async () =>
      (await world.status('unserved')).openAlerts.some((row) => row.kind === 'queue-unserved'),
    );
    await record(world, 'train-steps-waiting-for-queue', workflowIds.train('unserved', 1));
    await world.client.workflow.getHandle(workflowIds.train('unserved', 1)).cancel();
    await ended(world, workflowIds.train('unserved', 1));
    await record(world, 'train-steps-cancelled', workflowIds.train('unserved', 1));
  },

  async schedules(world) {
    await record(
      world,
      'watch',
      await latest(world, 'watch', (result) => Number((result as { judged?: unknown }).judged) > 0),
    );
    await record(world, 'reconcile', await latest(world, 'reconcile', () => true));
    await world.client.schedule.getHandle(workflowIds.retain()).trigger();
    await record(world, 'retain', await latest(world, 'retain', () => true));
    await world.client.schedule.getHandle(workflowIds.keep()).trigger();
    await record(world, 'keep', await latest(world, 'keep', () => true));
    await world.client.schedule.getHandle(workflowIds.triggers()).trigger();
    await record(world, 'triggers', await latest(world, 'triggers', () => true));
  },

  async erasures(world) {
    await world.champion('forgetful');
    const row = {
      scope: 'all',
      name: '*',
      keyColumn: null,
      entity: 'hash',
      actor: 'somebody',
      reason: 'a test',
    } as const;
    for (const [name, isDryRun] of [
      ['erase', false],
      ['erase-dry-run', true],
    ] as const) {
      const erasureId = randomUUID();
      await withTransaction(world.stack.database, (tx) =>
        putErasure(tx, { ...row, erasureId, isDryRun }, { entity: 'nobody', names: [] }),
      );
      await world.client.workflow.start('erase', eraseStart(erasureId));
      await ended(world, workflowIds.erase(erasureId));
      await record(world, name, workflowIds.erase(erasureId));
    }
  },

  async 'a long life'(world) {
    await world.champion('long');
    const entity = world.entity('long');
    const [first, second] = await untilContinued(entity, () =>
      entity.executeUpdate('pause', { args: [word('again')] }),
    );
    await world.command('long', 'resume', { reason: 'in the next run' });
    await until('the next run has resumed it', async () => (await world.status('long')).paused === null);
    await record(world, 'model-continued', entity.workflowId, first);
    await record(world, 'model-continuation', entity.workflowId, second);

    await world.challenge('long');
    const rollout = world.client.workflow.getHandle(workflowIds.rollout('long', 2, 1));
    const [before, after] = await untilContinued(rollout, () =>
      rollout.executeUpdate('approve', { args: [word('not authorised', nobody)] }),
    );
    await world.playOut('long');
    await ended(world, rollout.workflowId);
    await record(world, 'rollout-continued', rollout.workflowId, before);
    await record(world, 'rollout-continuation', rollout.workflowId, after);
  },
};

/** The run that guards a version since a person has put it in charge. */
async function guardOf(world: LoopWorld, model: string, version: number): Promise<string> {
  return until(`v${version} is guarded`, async () => {
    const begun = `${workflowIds.guard(model, version)}/`;
    return (await world.history(model)).runs.find(({ runId }) => runId.startsWith(begun))?.runId;
  });
}

async function record(world: LoopWorld, name: string, workflowId: string, runId?: string): Promise<void> {
  // Its row is written a moment before it is started.
  const history = await until(`${workflowId} is started`, () =>
    world.client.workflow.getHandle(workflowId, runId).fetchHistory(),
  );
  const text = neutral(historyToJSON(history), [
    [rootDir, '/perennial'],
    [tmpdir(), '/tmp'],
    [hostname(), 'host'],
  ]);
  files.set(name, text);
  say(`  ${name}: ${history.events?.length ?? 0} events, ${Math.round(text.length / 1_024)} KiB`);
}

await main();
