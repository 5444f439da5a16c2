import { activityWalks, trainBefore, type Walk } from '../tests/worlds/growth/activity-walks.ts';
import type { GrowthWorld } from '../tests/worlds/growth/growth-world.ts';
import { pageWalks } from '../tests/worlds/growth/page-walks.ts';
import { storeWalks } from '../tests/worlds/growth/store-walks.ts';
import type { Cpu } from './growth-cpu.ts';
import { yardstick } from './yardstick.ts';

/** What a platform does again and again. */
export type Duty = 'window' | 'tick' | 'training' | 'traffic' | 'segment' | 'page';

const repeats = 10;

/** What one of each costs on the average, and what the yardstick cost meanwhile, once before each. */
export interface DutyCosts {
  readonly duties: Readonly<Record<Duty, Cpu>>;
  readonly yardstick: Cpu;
}

/** Does every duty, measured by `measureAlone`, with the yardstick between them. */
export async function duties(
  world: GrowthWorld,
  measureAlone: (work: () => Promise<unknown>) => Promise<Cpu>,
): Promise<DutyCosts> {
  const yards: Cpu[] = [];
  const measure = async (work: () => Promise<unknown>): Promise<Cpu> => {
    yards.push(await measureAlone(() => yardstick(world.deps.database)));
    return measureAlone(work);
  };
  await trainBefore(world);
  const walks = activityWalks(world);
  const named = (name: string): Walk => {
    const found = walks.find((walk) => walk.name === name);
    if (found === undefined) throw new Error(`there is no activity ${name}`);
    return found;
  };
  const pages = await pageWalks(world);
  const [store] = storeWalks(world);
  if (store === undefined) throw new Error('nothing is stored');
  const tick = ['judgeWindows', 'readEntityFacts', 'deliverAlerts'].map(named);
  // Once unmeasured: caches are warm and code is compiled at any age.
  await all(pages);
  await all([named('readEntityFacts'), named('decideRetrain')]);
  const window = await measure(() => judgeAll(named('judgeWindows')));
  const done = {
    window: per(window, world.size.unjudgedWindows),
    tick: per(await measure(() => repeated(tick)), repeats),
    training: per(await measure(() => repeated([named('decideRetrain'), named('resolveRollback')])), repeats),
    traffic: await measure(() => named('snapshotTraffic').run()),
    segment: await measure(() => store.run()),
    page: per(await measure(() => repeated(pages)), repeats * pages.length),
  };
  return { duties: done, yardstick: per(yards.reduce(sum), yards.length) };
}

/** A call judges as many windows as fit into its batch. */
async function judgeAll(judge: Walk): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- the next batch is there when this one is judged
  while (((await judge.run()) as { readonly more: boolean }).more);
}

async function repeated(walks: readonly Walk[]): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- one after the other, as a platform does it
  for (let i = 0; i < repeats; i++) await all(walks);
}

async function all(walks: readonly Walk[]): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- one after the other, as a platform does it
  for (const walk of walks) await walk.run();
}

function sum(a: Cpu, b: Cpu): Cpu {
  const postgresMs = a.postgresMs === null || b.postgresMs === null ? null : a.postgresMs + b.postgresMs;
  return { nodeMs: a.nodeMs + b.nodeMs, postgresMs };
}

function per({ nodeMs, postgresMs }: Cpu, count: number): Cpu {
  const each = (ms: number): number => Math.round((100 * ms) / count) / 100;
  return { nodeMs: each(nodeMs), postgresMs: postgresMs === null ? null : each(postgresMs) };
}
