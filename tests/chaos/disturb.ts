import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/statistics/numeric/random.ts';
import type { Installation } from './installation.ts';
import { chooseVictim } from './victims.ts';

export interface Disturbance {
  readonly installation: Installation;
  readonly random: Random;
  /** Processes that end by `kill -9`. */
  readonly kills: number;
  /** Between two of them, at random. */
  readonly betweenMs: { readonly min: number; readonly max: number };
  /** After so many kills in a row `calm` is awaited: whoever is killed faster than it starts gets nowhere. */
  readonly burst: number;
  readonly calm: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly onKill: (name: string, pid: number, number: number) => void;
  readonly onPause: (name: string, ms: number) => void;
}

/** Of five disturbances one is a stop instead of an end: a process, or an engine, that is silent for a while. */
const pauseShare = 0.2;
const pauseMsMax = 3_000;

/** Kills until the number is spent or the signal comes; gives how many were killed, by name. */
export async function disturb(given: Disturbance): Promise<Readonly<Record<string, number>>> {
  const { installation, random, kills, betweenMs, signal } = given;
  const killed: Record<string, number> = {};
  for (let done = 0; done < kills && !signal.aborted;) {
    await sleep(betweenMs.min + random.integer(betweenMs.max - betweenMs.min), undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    const victim = installation.pid() === 0 ? undefined : chooseVictim(installation.pid(), (n) => random.integer(n));
    if (victim === undefined) continue;
    if (random.next() < pauseShare) {
      await pause(victim, random.integer(pauseMsMax), given.onPause);
      continue;
    }
    if (!send(victim.pid, 'SIGKILL')) continue;
    done += 1;
    killed[victim.name] = (killed[victim.name] ?? 0) + 1;
    given.onKill(victim.name, victim.pid, done);
    if (done % given.burst === 0) await given.calm();
  }
  return killed;
}

async function pause(
  { name, pid }: { readonly name: string; readonly pid: number },
  ms: number,
  onPause: Disturbance['onPause'],
): Promise<void> {
  if (!send(pid, 'SIGSTOP')) return;
  onPause(name, ms);
  await sleep(ms);
  send(pid, 'SIGCONT');
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
