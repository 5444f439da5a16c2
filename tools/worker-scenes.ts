import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createToken } from '../src/access/create-token.ts';
import { workflowIds } from '../src/domain/words/ids.ts';
import { fitTiny } from '../tests/worlds/fit-tiny.ts';
import { withFitWorker, type FitWorkerWays } from '../tests/worlds/fit-worker.ts';
import type { LoopWorld } from '../tests/worlds/loop-world.ts';
import { until } from '../tests/worlds/wait.ts';
import { ended } from '../tests/worlds/workflow-ends.ts';

type Record = (world: LoopWorld, name: string, workflowId: string) => Promise<void>;

/** Trainings by a worker that shares no disk. */
export function workerScenes(record: Record): Readonly<{ [name: string]: (world: LoopWorld) => Promise<void> }> {
  return {
    async 'a worker elsewhere'(world) {
      const trainer = (queue: string) => ({ kind: 'worker', queue, trainer: 'tiny', refit: true }) as const;
      const id = (model: string): string => workflowIds.train(model, 1);
      await served(world, 'scene-fits', { fit: fitTiny }, async () => {
        await world.champion('elsewhere', { trainer: trainer('scene-fits') });
        await ended(world, id('elsewhere'));
      });
      await record(world, 'train-at-worker', id('elsewhere'));
      const lying: FitWorkerWays = { fit: fitTiny, answer: () => Promise.resolve({ files: [] }) };
      await served(world, 'scene-lies', lying, async () => {
        await world.apply(await world.define('lied-to', { trainer: trainer('scene-lies') }));
        await ended(world, id('lied-to'));
      });
      await record(world, 'train-at-worker-refused', id('lied-to'));
      await world.apply(await world.define('unfitted', { trainer: trainer('scene-nobody') }));
      await until('the alert about the queue', async () =>
        (await world.status('unfitted')).openAlerts.some((row) => row.kind === 'queue-unserved'),
      );
      await record(world, 'train-at-worker-waiting', id('unfitted'));
      await world.client.workflow.getHandle(id('unfitted')).cancel();
      await ended(world, id('unfitted'));
      await record(world, 'train-at-worker-cancelled', id('unfitted'));
    },
  };
}

async function served(
  world: LoopWorld,
  queue: string,
  ways: FitWorkerWays,
  during: () => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-scene-'));
  const { secret: token } = await createToken(world.stack.database.db, {
    name: 'a worker',
    role: 'trainer',
    scope: '*',
    expiresAt: null,
  });
  const temporal = { address: world.stack.temporalAddress ?? '', namespace: world.stack.namespace };
  try {
    const place = { temporal, control: { url: world.stack.controlUrl, token }, folder, queues: [queue] };
    await withFitWorker(place, ways, during);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
