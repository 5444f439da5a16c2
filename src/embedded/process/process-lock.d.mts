/** A lock held by this process; `release` is safe to call twice. */
export interface HeldLock {
  readonly release: () => void;
  readonly heldByPid?: undefined;
}

export interface RefusedLock {
  readonly release?: undefined;
  readonly heldByPid: number;
}

/** Start time and boot of a running process; undefined when it is gone (or a zombie). */
export function processStartToken(pid: number): string | undefined;
export function isSameProcess(pid: number, startToken: string): boolean;
/** One try; a lock left by a dead process is broken. The file's folder is created. */
export function tryLock(file: string): HeldLock | RefusedLock;
/** Tries for at most `waitMs`; `onWait(pid, waitedMs)` is called about every 2 s. Undefined when still held. */
export function waitForLock(
  file: string,
  waitMs: number,
  onWait?: (heldByPid: number, waitedMs: number) => void,
): Promise<HeldLock | undefined>;
