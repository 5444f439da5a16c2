import { readFile, readdir } from 'node:fs/promises';

/** CPU of every thread of a process, in milliseconds (Linux). */
export async function cpuMsOf(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0')),
  );
  return times.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0) / 1e6;
}

/** A process and all below it: Postgres serves each connection in a child of its own. */
export async function familyCpuMsOf(pid: number): Promise<number> {
  const below = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''))
    .split(' ')
    .filter((text) => text !== '');
  const times = await Promise.all(below.map((child) => familyCpuMsOf(Number(child))));
  return times.reduce((sum, ms) => sum + ms, await cpuMsOf(pid).catch(() => 0));
}

/** Ticks of /proc in a second. */
const ticksPerSecond = 100;

/** CPU of children that a process has waited for, in milliseconds: what ended between two looks is lost otherwise. */
export async function endedCpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Behind the name, which may hold blanks, stand the state (field 3) and so on: 16 and 17 are those of children.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * 1_000) / ticksPerSecond;
}
