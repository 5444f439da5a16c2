// Plain JavaScript, because bin/prepare.mjs needs it before anything is installed. Types: process-lock.d.mts.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Names one life of a process: start time and boot, so that a reused pid is never taken for the old process.
 * Undefined when no such process runs; a zombie counts as gone, since it holds nothing and can do nothing.
 */
export function processStartToken(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in parentheses may hold spaces and parentheses: fields count from the last one (field 3 follows).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8)}:${fields[19]}`;
    } catch {
      return undefined;
    }
  }
  const result = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    timeout: 5_000,
  });
  const line = (result.stdout ?? '').trim();
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

export function isSameProcess(pid, startToken) {
  return Number.isInteger(pid) && pid > 0 && typeof startToken === 'string' && processStartToken(pid) === startToken;
}

function readHolder(file) {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8'));
    return typeof holder?.pid === 'number' ? holder : { pid: 0, startToken: '' };
  } catch (error) {
    // A lock appears by link(2) with its content; an unreadable one was cut off by a full disk and holds nothing.
    return error.code === 'ENOENT'
      ? undefined
      : error instanceof SyntaxError
        ? { pid: 0, startToken: '' }
        : fail(error);
  }
}

function fail(error) {
  throw error;
}

function unlinkIfThere(file) {
  try {
    unlinkSync(file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** Creates `file` with this process as its content in one step: there is never a lock file without an owner. */
function create(file) {
  const draft = `${file}.${process.pid}.${randomUUID().slice(0, 8)}`;
  writeFileSync(draft, `${JSON.stringify({ pid: process.pid, startToken: processStartToken(process.pid) })}\n`, {
    mode: 0o644,
    flag: 'wx',
  });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkIfThere(draft);
  }
}

/**
 * One try to take the lock. A lock whose process is gone is broken; that is done under a second lock and looked at
 * again there, so that two breakers never remove the lock that one of them has just taken.
 */
export function tryLock(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  for (let round = 0; round < 5; round += 1) {
    if (create(file)) return { release: () => releaseOwn(file) };
    const holder = readHolder(file);
    if (holder === undefined) continue;
    if (isSameProcess(holder.pid, holder.startToken)) return { heldByPid: holder.pid };
    const breaking = `${file}.breaking`;
    const breaker = readHolder(breaking);
    if (breaker !== undefined && !isSameProcess(breaker.pid, breaker.startToken)) unlinkIfThere(breaking);
    if (!create(breaking)) continue;
    try {
      const seen = readHolder(file);
      if (seen !== undefined && !isSameProcess(seen.pid, seen.startToken)) unlinkIfThere(file);
    } finally {
      unlinkIfThere(breaking);
    }
  }
  return { heldByPid: readHolder(file)?.pid ?? 0 };
}

function releaseOwn(file) {
  if (readHolder(file)?.pid === process.pid) unlinkIfThere(file);
}

/** Waits for the lock, at most `waitMs`; `onWait` hears the holder's pid about every 2 s. Undefined: still held. */
export async function waitForLock(file, waitMs, onWait = () => {}) {
  const start = performance.now();
  let toldAt = -Infinity;
  for (;;) {
    const result = tryLock(file);
    if (result.release) return result;
    const now = performance.now();
    if (now - start > waitMs) return undefined;
    if (now - toldAt >= 2_000) {
      toldAt = now;
      onWait(result.heldByPid, now - start);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
