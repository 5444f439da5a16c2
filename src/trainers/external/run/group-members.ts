import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { externalVariables } from '../../../domain/training/external.ts';

/** A process that belongs to a command. */
export interface Member {
  readonly pid: number;
  readonly residentBytes: number;
}

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Tells a process from a later one of the same number. */
  readonly started: string;
}

const kibibyte = 1024;

/** The variable by which processes of the command that works in this folder are known. */
export function markOf(folder: string): string {
  return `${externalVariables.folder}=${folder}`;
}

/**
 * Finds the processes of a command again and again: those of the group and session that `leader` leads, all that
 * descend from them, and what left both but kept the environment that it was started with, which holds `marker`. What
 * leaves the group between two looks, loses its parent and clears its environment is not found. Null: no leader is
 * known, and what bears the marker is all there is.
 */
export function findMembers(leader: number | null, marker: string): () => readonly Member[] {
  return existsSync('/proc/self/stat') ? findInProc(leader, marker) : () => findByPs(leader);
}

function findInProc(leader: number | null, marker: string): () => readonly Member[] {
  const ours = new Map<number, string>();
  const looked = new Map<number, string>();
  const isNew = ({ pid, started }: Row): boolean => looked.get(pid) !== started;
  const bears = (row: Row): boolean => {
    if (!isNew(row)) return false;
    looked.set(row.pid, row.started);
    return row.pid !== process.pid && environmentOf(row.pid).includes(marker);
  };
  return () => {
    const rows = readRows();
    const alive = new Map(rows.map((row) => [row.pid, row]));
    for (const [pid, started] of ours) if (alive.get(pid)?.started !== started) ours.delete(pid);
    for (const [pid, started] of looked) if (alive.get(pid)?.started !== started) looked.delete(pid);
    for (const row of rows)
      if (row.group === leader || row.session === leader || bears(row)) ours.set(row.pid, row.started);
    // A child may stand before its parent: as long as one is found, there may be another.
    for (let found = true; found;) {
      found = false;
      for (const row of rows)
        if (!ours.has(row.pid) && ours.has(row.parent)) {
          ours.set(row.pid, row.started);
          found = true;
        }
    }
    return [...ours.keys()].map((pid) => ({ pid, residentBytes: residentOf(pid) }));
  };
}

function readRows(): readonly Row[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const text = readOr('', `/proc/${name}/stat`);
    // The name of a program may hold spaces and brackets; what follows the last one are fields.
    const [state = 'X', parent, group, session, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return [];
    return [
      {
        pid: Number(name),
        parent: Number(parent),
        group: Number(group),
        session: Number(session),
        started: rest[15] ?? '',
      },
    ];
  });
}

function environmentOf(pid: number): readonly string[] {
  return readOr('', `/proc/${pid}/environ`).split('\u0000');
}

function residentOf(pid: number): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readOr('', `/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) * kibibyte;
}

/** Of a process that is gone, or of somebody else, nothing can be read. */
function readOr(otherwise: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}

/** Where there is no /proc, only the group itself is known. */
function findByPs(leader: number | null): readonly Member[] {
  if (leader === null) return [];
  const text = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,rss=,stat='], { encoding: 'utf8' });
  return text.split('\n').flatMap((line) => {
    const [pid, group, kilobytes, state = 'Z'] = line.trim().split(/\s+/);
    if (Number(group) !== leader || state.startsWith('Z')) return [];
    return [{ pid: Number(pid), residentBytes: Number(kilobytes) * kibibyte }];
  });
}
