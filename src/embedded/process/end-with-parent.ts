/** Set for every process that `superviseProcesses` starts. */
export const supervisedVariable = 'PERENNIAL_SUPERVISED';

const hardExitMs = 15_000;

/**
 * Calls `onEnd` once when this process should stop: on SIGTERM or SIGINT, and, when it runs under the supervisor, when
 * its parent is gone. The supervisor holds the other end of our standard input; the kernel closes it also after
 * `kill -9` of the parent. Whatever `onEnd` does, the process is gone 15 s later.
 * Started by hand (no supervisor), standard input is left alone.
 */
export function endWithParent(onEnd: (reason: 'signal' | 'parent') => void): void {
  let hasEnded = false;
  const end = (reason: 'signal' | 'parent') => {
    if (hasEnded) return;
    hasEnded = true;
    setTimeout(() => process.exit(1), hardExitMs).unref();
    onEnd(reason);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end('signal'));
  if (process.env[supervisedVariable] !== '1') return;
  for (const event of ['end', 'close', 'error'] as const) process.stdin.once(event, () => end('parent'));
  process.stdin.resume();
}

const repeatMs = 1_500;

/**
 * For the process that a person started: `onStop` once on Ctrl-C, SIGTERM or a closed terminal; `onForce` when the
 * signal comes again at least 1.5 s later. Closer ones are the same key press: npm forwards what the terminal has
 * sent already.
 */
export function onStopSignal(
  onStop: (signal: NodeJS.Signals) => void,
  onForce: () => void = () => process.exit(130),
): void {
  let firstAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        onStop(signal);
      } else if (performance.now() - firstAt > repeatMs) {
        onForce();
      }
    });
  }
}
