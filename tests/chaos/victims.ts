import { readFileSync, readdirSync } from 'node:fs';

export interface Victim {
  readonly name: string;
  readonly pid: number;
}

const names: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/main-inference/, 'inference'],
  [/main-control/, 'control'],
  [/main-worker/, 'worker'],
  [/main-train/, 'training'],
  [/guardian/, 'guardian'],
  [/server start-dev|temporal\0server/, 'temporal'],
  [/postgres/, 'postgres'],
  [/esbuild/, 'transpiler'],
];

/**
 * The processes that `perennial dev` has started, and itself, in the order of their pids. Linux only: it reads /proc.
 */
export function processesOf(pid: number): readonly Victim[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = parentOf(Number(entry));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const found: Victim[] = [{ name: 'dev', pid }];
  const open = [...(children.get(pid) ?? [])];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    found.push({ name: nameOf(next), pid: next });
    open.push(...(children.get(next) ?? []));
  }
  return found.sort((a, b) => a.pid - b.pid);
}

/** As long as `dev` has hardly anything running it is rarely chosen: else it would never get to its end. */
const startKinds = 3;
const startShare = 5;

/**
 * One of them: first what kind, then which, so that the many backends of Postgres are not nearly all of the victims.
 */
export function chooseVictim(pid: number, integer: (below: number) => number): Victim | undefined {
  const victims = processesOf(pid).filter(({ name }) => !['gone', 'transpiler', 'process'].includes(name));
  const kinds = [...new Set(victims.map(({ name }) => name))].sort();
  if (kinds.length < startKinds && integer(startShare) > 0) return undefined;
  const chosen = kinds[integer(Math.max(1, kinds.length))];
  const kind = victims.filter(({ name }) => name === chosen);
  return kind[integer(Math.max(1, kind.length))];
}

function parentOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function nameOf(pid: number): string {
  let command = '';
  try {
    command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return 'gone';
  }
  return names.find(([pattern]) => pattern.test(command))?.[1] ?? 'process';
}
