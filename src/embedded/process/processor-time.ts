import { readFile, readdir } from 'node:fs/promises';

/**
 * CPU that a process has ever taken, in milliseconds (Linux). Of threads that live it is known to the nanosecond, with
 * ended ones in hundredths of a second.
 */
export async function cpuMsOf(pid: number): Promise<number> {
  const { ownMs } = await tickedOf(pid);
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0')),
  );
  const livingMs = times.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1e6;
  return Math.max(livingMs, ownMs);
}

/**
 * CPU that a process and all below it have ever taken, in milliseconds: Postgres serves each connection in a child of
 * its own. Children that have ended count as well, in hundredths of a second: without them the difference of two looks
 * would lose what they took, and could be negative. Only a child that outlives its parent is lost.
 */
export async function familyCpuMsOf(pid: number): Promise<number> {
  // A child that ends between two readings would count twice, or not at all: its parent is asked before and after.
  for (let attempt = 1; ; attempt++) {
    const { childrenMs } = await tickedOf(pid);
    const livingMs = await livingBelow(pid);
    const ownMs = await cpuMsOf(pid).catch(() => 0);
    const after = await tickedOf(pid);
    if (childrenMs === after.childrenMs || attempt === attemptsMax) return ownMs + livingMs + after.childrenMs;
  }
}

/** Children that end all the time: from then on what ended meanwhile counts twice, as it is. */
const attemptsMax = 20;
/** Ticks of /proc in a second. */
const ticksPerSecond = 100;

async function livingBelow(pid: number): Promise<number> {
  const below = await childrenOf(pid);
  const times = await Promise.all(below.map(familyCpuMsOf));
  return times.reduce((sum, ms) => sum + ms, 0);
}

/** Children of all its threads: a worker of Node starts its own. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((text) =>
    text
      .split(' ')
      .filter((word) => word !== '')
      .map(Number),
  );
}

interface Ticked {
  /** Of all its threads, ended ones too. */
  readonly ownMs: number;
  /** Of children that it has waited for, with theirs. */
  readonly childrenMs: number;
}

async function tickedOf(pid: number): Promise<Ticked> {
  const field = await fieldsOf(pid);
  const msOf = (at: number): number => (field(at) * 1_000) / ticksPerSecond;
  return { ownMs: msOf(14) + msOf(15), childrenMs: msOf(16) + msOf(17) };
}

/** Who started a process, such as the Postgres behind a connection; null where the system does not tell. */
export async function parentOf(pid: number): Promise<number | null> {
  const field = await fieldsOf(pid);
  return field(4) === 0 ? null : field(4);
}

/** Behind the name, which may hold blanks, stand the state (field 3) and so on: numbers, and 0 of what is gone. */
async function fieldsOf(pid: number): Promise<(at: number) => number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (at) => Number(fields[at - 3] ?? 0);
}
