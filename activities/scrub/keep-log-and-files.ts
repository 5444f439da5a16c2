import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseAway } from '../../src/db/base/connect.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { keepLogStep, type KeptLog } from '../log/keep-log.ts';
import { joinViewSnapshots } from '../views/join-view-snapshots.ts';
import { scrubArtifacts } from './scrub-artifacts.ts';

/** Longest time that one step joins, and reads, files; what is left is the next step's. A file is read to its end. */
const stepMsMax = 60_000;
/** Reading what nobody asks for must leave the disk to those who do: 64 MiB/s at most, in the mean. */
const bytesPerMs = (64 * 1024 * 1024) / 1_000;

/** Files are joined and read again in the steps that keep the log: runs of it under way go on as they began. */
export function keepLogAndFilesActivities(deps: ActivityDependencies) {
  /** Keeps the log, joins snapshots of views, then reads files that are due again; none keeps another from its work. */
  async function keepLog(): Promise<KeptLog> {
    const { text, ...log } = await keepLogStep(deps, deps.logPlan);
    const joining = await unlessItFails('snapshots of views could not be joined', () => joinStep(deps));
    const scrubbing = await unlessItFails('files could not be read again', () => scrubStep(deps));
    return { text, more: log.more || joining || scrubbing };
  }

  async function unlessItFails(title: string, step: () => Promise<boolean>): Promise<boolean> {
    try {
      return await step();
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      deps.log.error({ err: error }, `${title}; the next tick goes on`);
      return false;
    }
  }

  return { keepLog };
}

async function joinStep(deps: ActivityDependencies): Promise<boolean> {
  const endMs = performance.now() + stepMsMax;
  return joinViewSnapshots(deps, () => performance.now() > endMs);
}

async function scrubStep({ database, store, scrubDays }: ActivityDependencies): Promise<boolean> {
  const endMs = performance.now() + stepMsMax;
  let lastMs = performance.now();
  const pace = async (bytes: number): Promise<void> => {
    const waitMs = bytes / bytesPerMs - (performance.now() - lastMs);
    if (waitMs > 0) await delay(waitMs);
    lastMs = performance.now();
  };
  const ask = { database, store, periodMs: scrubDays * 86_400_000, nowMs: Date.now(), pace };
  return scrubArtifacts(ask, () => performance.now() > endMs);
}
