import { and, eq } from 'drizzle-orm';
import { audit } from '../src/db/schema/index.ts';
import { weekdays } from '../src/domain/spec/closed-sets.ts';
import type { FreezeWindow } from '../src/domain/spec/parts/rollout-spec.ts';
import { workflowIds } from '../src/domain/words/ids.ts';
import { tinyRollout, type LoopWorld } from '../tests/worlds/loop-world.ts';
import { until } from '../tests/worlds/wait.ts';
import { ended } from '../tests/worlds/workflow-ends.ts';

type Scene = (world: LoopWorld) => Promise<void>;

/** Rollouts that wait: for the end of a freeze window, and for people before a step. `record` keeps a history. */
export const rolloutScenes = (
  record: (world: LoopWorld, name: string, workflowId: string) => Promise<void>,
): Readonly<Record<string, Scene>> => ({
  async 'freeze windows'(world) {
    const minute = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16);
    const soonOver = () => ({ days: weekdays, from: minute(-60), to: minute(1.5), timeZone: 'UTC' });
    const id = async (model: string) => {
      const open = await until('a rollout is open', async () => (await world.status(model)).rollout ?? undefined);
      return workflowIds.rollout(model, open.version, open.attempt);
    };
    const frozen = (model: string) =>
      until('it waits for the end of the window', async () => {
        const told = await world.stack.database.db
          .select({ seq: audit.seq })
          .from(audit)
          .where(and(eq(audit.model, model), eq(audit.type, 'perennial.rollout.frozen')));
        return told.length > 0;
      });
    await world.champion('windowed');
    await world.apply(await world.define('windowed', { rollout: { ...tinyRollout, freezeWindows: [soonOver()] } }));
    await world.retrain('windowed', { reason: 'by the new plan' });
    const begins = await id('windowed');
    await frozen('windowed');
    await record(world, 'rollout-waits-for-freeze-window', begins);
    const windowMs = 120_000;
    await until('it has begun', async () => (await world.settled('windowed')).rollout?.stepBegun, windowMs);
    await world.playOut('windowed');
    await ended(world, begins);
    await record(world, 'rollout-after-freeze-window', begins);

    // The window comes between the verdict and the promotion.
    await world.champion('between');
    await world.challenge('between');
    const ends = await id('between');
    await freezeWhenProven(world, 'between', soonOver());
    for (let windows = 0; windows < 4; windows++) await world.play('between', 1);
    await frozen('between');
    await until('v2 is champion', async () => (await world.settled('between')).championVersion === 2, windowMs);
    await ended(world, ends);
    await record(world, 'rollout-promoted-after-freeze-window', ends);
  },

  async 'step by step'(world) {
    const canary = [{ percent: 50, extent: { rows: 60 }, approval: true }];
    await world.champion('stepped', { rollout: { ...tinyRollout, canary } });
    const held = () => until('it is held', async () => (await world.status('stepped')).rollout?.status === 'held');
    await world.challenge('stepped');
    await world.play('stepped', 1);
    await held();
    await record(world, 'rollout-step-needs-approval', workflowIds.rollout('stepped', 2, 1));
    await world.command('stepped', 'approve', { reason: 'shadow looks well' });
    await until('the step has begun', async () => (await world.settled('stepped')).rollout?.stepBegun);
    await world.playOut('stepped');
    await ended(world, workflowIds.rollout('stepped', 2, 1));
    await record(world, 'rollout-step-approved', workflowIds.rollout('stepped', 2, 1));
    await world.challenge('stepped');
    await world.play('stepped', 1);
    await held();
    await world.command('stepped', 'abort', { reason: 'not this one' });
    await ended(world, workflowIds.rollout('stepped', 3, 1));
    await record(world, 'rollout-step-not-approved', workflowIds.rollout('stepped', 3, 1));
  },
});

/** Declares a freeze window in the very transaction that writes down what was proven. */
async function freezeWhenProven(world: LoopWorld, model: string, window: FreezeWindow): Promise<void> {
  const declared = JSON.stringify([window]);
  await world.stack.database.pool.query(`
    create function freeze_when_proven() returns trigger language plpgsql as $$ begin
      update spec_revision set spec = jsonb_set(spec, '{rollout,freezeWindows}', '${declared}')
      where model = '${model}';
      return null;
    end $$;
    create trigger freeze_when_proven after insert on evidence for each row
      when (new.kind = 'promotion' and new.verdict = 'promote' and new.model = '${model}')
      execute function freeze_when_proven()`);
}
