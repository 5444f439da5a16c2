import { workflowIds } from '../src/domain/words/ids.ts';
import type { UserStepInput } from '../src/domain/spec/user-steps/user-step-spec.ts';
import type { LoopWorld } from '../tests/worlds/loop-world.ts';
import { startStepsWorker, stepsQueue } from '../tests/worlds/steps-worker.ts';
import { until } from '../tests/worlds/wait.ts';
import { ended } from '../tests/worlds/workflow-ends.ts';

type Scene = (world: LoopWorld) => Promise<void>;

const step = (name: string, more: Partial<UserStepInput> = {}): UserStepInput => ({
  name,
  queue: stepsQueue,
  attemptsMax: 1,
  ...more,
});

/** Trainings and rollouts that ask steps of a model's owner. `record` keeps a history. */
export const stepScenes = (
  record: (world: LoopWorld, name: string, workflowId: string) => Promise<void>,
): Readonly<Record<string, Scene>> => ({
  async 'user steps'(world) {
    const worker = await startStepsWorker(world.stack.temporalAddress ?? '', world.stack.namespace);
    try {
      await world.champion('steps', {
        steps: {
          afterIngest: [step('passes'), step('throws', { onFailure: 'continue' })],
          beforeTrain: [step('passes')],
          evaluate: [step('passes'), step('mute', { onFailure: 'continue' })],
          beforePromotion: [step('passes'), step('refuses', { onFailure: 'continue' })],
          afterPromotion: [step('passes'), step('throws')],
        },
      });
      await over(world, workflowIds.rollout('steps', 1, 1));
      await record(world, 'train-asks-user-steps', workflowIds.train('steps', 1));
      await record(world, 'rollout-asks-user-steps', workflowIds.rollout('steps', 1, 1));

      await world.apply(await world.define('barred', { steps: { beforeTrain: [step('refuses')] } }));
      await ended(world, workflowIds.train('barred', 1));
      await record(world, 'train-stopped-by-user-step', workflowIds.train('barred', 1));

      await world.apply(await world.define('asked', { steps: { beforePromotion: [step('refuses')] } }));
      await until('it is held', async () => (await world.status('asked')).rollout?.status === 'held');
      await record(world, 'rollout-held-by-user-step', workflowIds.rollout('asked', 1, 1));
      await world.command('asked', 'approve', { reason: 'all the same' });
      await ended(world, workflowIds.rollout('asked', 1, 1));
      await record(world, 'rollout-held-by-user-step-approved', workflowIds.rollout('asked', 1, 1));

      const stops = step('refuses', { onFailure: 'stop' });
      await world.apply(await world.define('stopped', { steps: { beforePromotion: [stops] } }));
      await ended(world, workflowIds.rollout('stopped', 1, 1));
      await record(world, 'rollout-stopped-by-user-step', workflowIds.rollout('stopped', 1, 1));

      await world.apply(await world.define('overruled', { steps: { beforePromotion: [step('waits')] } }));
      const overruled = workflowIds.rollout('overruled', 1, 1);
      await until('the step is asked', async () => worker.seen.some(({ model }) => model === 'overruled'));
      await record(world, 'rollout-while-user-step', overruled);
      await world.command('overruled', 'approve', { reason: 'at once' });
      await ended(world, overruled);
      await record(world, 'rollout-overrules-user-step', overruled);
    } finally {
      await worker.close();
    }

    const unserved = step('passes', { queue: 'nobody' });
    await world.apply(await world.define('lonely', { steps: { afterIngest: [unserved] } }));
    await until('the alert about the queue', async () =>
      (await world.status('lonely')).openAlerts.some((row) => row.kind === 'queue-unserved'),
    );
    await world.client.workflow.getHandle(workflowIds.train('lonely', 1)).cancel();
    await ended(world, workflowIds.train('lonely', 1));
    await record(world, 'train-waits-for-user-step-cancelled', workflowIds.train('lonely', 1));
  },
});

/** The workflow itself: its steps after promotion come when its run is written down already. */
async function over(world: LoopWorld, workflowId: string): Promise<void> {
  await until(
    `${workflowId} is over`,
    async () => (await world.client.workflow.getHandle(workflowId).describe()).status.name !== 'RUNNING',
  );
}
