import { eq } from 'drizzle-orm';
import { trial } from '../src/db/schema/index.ts';
import { workflowIds } from '../src/domain/words/ids.ts';
import { linear, search, streaming } from '../src/sdk/declare/trainer/trainer.ts';
import { logInteger, logUniform } from '../src/domain/spec/search/distribution.ts';
import type { LoopWorld } from '../tests/worlds/loop-world.ts';
import { until } from '../tests/worlds/wait.ts';
import { ended } from '../tests/worlds/workflow-ends.ts';

type Record = (world: LoopWorld, name: string, workflowId: string) => Promise<void>;

/** Trainings whose settings are searched, versions that are fitted again, and definitions that are compared. */
export function trainingScenes(record: Record): Readonly<{ [name: string]: (world: LoopWorld) => Promise<void> }> {
  return {
    async 'a search'(world) {
      const id = (model: string): string => workflowIds.train(model, 1);
      const halved = search(undefined, { trialsMax: 9, parallel: 3, halving: { rungs: 2, factor: 3 } });
      await world.champion('searching', { trainer: halved });
      await ended(world, id('searching'));
      await record(world, 'train-search', id('searching'));
      const slow = { treesMax: 400, earlyStoppingTrees: 400, learningRate: logUniform(0.001, 0.01) };
      await world.apply(await world.define('given-up', { trainer: search({ gbdt: slow }, { trialsMax: 100 }) }));
      await until('some trials', async () => {
        const { db } = world.stack.database;
        return (await db.select().from(trial).where(eq(trial.model, 'given-up'))).length >= 4 || undefined;
      });
      await world.client.workflow.getHandle(id('given-up')).cancel();
      await ended(world, id('given-up'));
      await record(world, 'train-search-cancelled', id('given-up'));
    },
    async 'an ensemble'(world) {
      const rough = { treesMax: 6, learningRate: 0.8, rowShare: 0.1, leavesMax: logInteger(4, 16) };
      const trainer = search({ gbdt: rough }, { trialsMax: 6, parallel: 3, ensemble: { membersMax: 4 } });
      await world.champion('averaged', { trainer });
      await ended(world, workflowIds.train('averaged', 1));
      await record(world, 'train-search-ensemble', workflowIds.train('averaged', 1));
    },
    async 'an experiment'(world) {
      const id = (model: string, number: number): string => workflowIds.experiment(model, number);
      await world.champion('compared');
      const spec = await world.define('compared');
      const [first] = spec.features;
      if (first === undefined) throw new Error('the definition has no feature');
      const candidates = [
        { name: 'usual', spec },
        { name: 'line', spec: await world.define('compared', { trainer: linear() }) },
        { name: 'odd', spec: { ...spec, features: [...spec.features, { ...first, name: 'not_in_the_rows' }] } },
      ];
      await world.command('compared', 'experiments', { candidates });
      await ended(world, id('compared', 1));
      await record(world, 'experiment', id('compared', 1));
      await world.command('compared', 'experiments', { candidates });
      await world.client.workflow.getHandle(id('compared', 2)).cancel();
      await ended(world, id('compared', 2));
      await record(world, 'experiment-cancelled', id('compared', 2));
    },
    async 'a version again'(world) {
      const id = (model: string): string => workflowIds.reproduce(model, 1, 1);
      await world.champion('again');
      await world.command('again', 'reproduce', { version: 1 });
      await ended(world, id('again'));
      await record(world, 'reproduce', id('again'));
      await world.champion('streamed', { trainer: streaming() });
      await world.command('streamed', 'reproduce', { version: 1 });
      await ended(world, id('streamed'));
      await record(world, 'reproduce-refused', id('streamed'));
    },
  };
}
