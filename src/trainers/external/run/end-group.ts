import { setTimeout as delay } from 'node:timers/promises';
import { findMembers, markOf, type Member } from './group-members.ts';

/** A program may tidy up for so long once it is told to end. */
const graceMs = 400;
const lookEveryMs = 20;
/** What the kernel itself holds on to cannot be waited for without end. */
const killMsMax = 5_000;

/** Asks all processes of a command to end, then ends them; null: no group is known. Resolves true when none is left. */
export async function endGroup(leader: number | null, members: () => readonly Member[]): Promise<boolean> {
  const fromMs = performance.now();
  tell(leader, members(), 'SIGTERM');
  for (;;) {
    const left = members();
    if (left.length === 0) return true;
    const tookMs = performance.now() - fromMs;
    if (tookMs > killMsMax) return false;
    if (tookMs > graceMs) tell(leader, left, 'SIGKILL');
    // oxlint-disable-next-line no-await-in-loop -- until they are gone
    await delay(lookEveryMs);
  }
}

/** What an attempt whose worker and supervisor were killed has left running in this folder. */
export function endLeftBehind(folder: string): Promise<boolean> {
  return endGroup(null, findMembers(null, markOf(folder)));
}

function tell(leader: number | null, members: readonly Member[], signal: NodeJS.Signals): void {
  for (const pid of [...(leader === null ? [] : [-leader]), ...members.map((member) => member.pid)]) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone already.
    }
  }
}
