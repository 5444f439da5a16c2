import { sql } from 'drizzle-orm';
import { workflowIds } from '../src/domain/words/ids.ts';
import { abTestOf, answerRows, asked, threeVersions, untilRunning } from '../tests/worlds/ab-test-life.ts';
import type { LoopWorld } from '../tests/worlds/loop-world.ts';
import { ended } from '../tests/worlds/workflow-ends.ts';

type Scene = (world: LoopWorld) => Promise<void>;

/** A/B tests that end in each of their ways. `record` keeps a history. */
export const abTestScenes = (
  record: (world: LoopWorld, name: string, workflowId: string) => Promise<void>,
): Readonly<Record<string, Scene>> => ({
  async 'A/B tests'(world) {
    const model = 'tried';
    await threeVersions(world, model);
    let number = 0;
    let call = 0;
    const begin = async (more: object = {}): Promise<string> => {
      await world.command(model, 'ab-test/start', { ...asked, ...more, reason: 'to see it' });
      number += 1;
      await untilRunning(world, model, number);
      return workflowIds.abTest(model, number);
    };
    const answer = () => answerRows(world, model, call++, (version) => (version === 3 ? 0.9 : 0.2));
    const keep = async (name: string, id: string): Promise<void> => {
      await ended(world, id);
      await record(world, name, id);
    };

    const wins = await begin();
    while ((await abTestOf(world, model, number)).status !== 'ended') await answer();
    await keep('ab-test-winner', wins);

    const stopped = await begin();
    await record(world, 'ab-test-running', stopped);
    await world.command(model, 'ab-test/stop', { reason: 'enough' });
    await keep('ab-test-stopped', stopped);

    const late = await begin({ daysMax: 0.000_05 });
    await keep('ab-test-deadline', late);

    const harmful = await begin();
    await world.stack.database.db.execute(sql`update ab_test set arms = (
      select jsonb_agg(arm || case when arm ->> 'name' = 'control' then '{}' else '{"failures": 50}' end::jsonb)
      from jsonb_array_elements(arms) arm) where ended_at is null`);
    await answer();
    await keep('ab-test-harmful', harmful);

    const cancelled = await begin();
    await world.client.workflow.getHandle(cancelled).cancel();
    await keep('ab-test-cancelled', cancelled);
  },
});
