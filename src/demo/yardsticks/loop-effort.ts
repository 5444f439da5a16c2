import { cpuMsOf, familyCpuMsOf } from '../../embedded/process/processor-time.ts';
import type { Stage } from '../stage.ts';

/** CPU that the worker of the stack has taken. */
export interface LoopEffort {
  /** Of the processes in which it trains: rows are prepared, models fitted and judged there. */
  readonly trainingCpuSeconds: number;
  /** Of itself: windows, drift, corrections, decisions. */
  readonly workerCpuSeconds: number;
}

interface Watched extends Pick<Stage, 'isResumed'> {
  readonly stack: Pick<Stage['stack'], 'pids' | 'restartCount'>;
}

/** Null where the system does not tell, and where what a killed demo or an ended worker has taken is lost. */
export async function loopEffort({ stack, isResumed }: Watched): Promise<LoopEffort | null> {
  const pid = stack.pids()['worker'];
  if (pid === undefined || isResumed || stack.restartCount() > 0) return null;
  try {
    const ownMs = await cpuMsOf(pid);
    const familyMs = await familyCpuMsOf(pid);
    return { trainingCpuSeconds: Math.max(0, familyMs - ownMs) / 1_000, workerCpuSeconds: ownMs / 1_000 };
  } catch {
    return null;
  }
}
