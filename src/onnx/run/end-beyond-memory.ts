import { Worker } from 'node:worker_threads';

const lookEveryMs = 10;

/** The process is busy in native code while it takes memory, so another thread looks; it cannot be kept waiting. */
const watcher = `
  const { workerData } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  const parent = process.ppid;
  setInterval(() => {
    const isTooLarge = process.memoryUsage.rss() > workerData.bytesMax;
    if (!isTooLarge && process.ppid === parent) return;
    try { if (isTooLarge) writeSync(1, workerData.lastWords); } catch {}
    process.kill(process.pid, 'SIGKILL');
  }, workerData.lookEveryMs);
`;

/**
 * Ends this process, whatever it is doing, within some 10 ms of holding more resident memory than `bytesMax` (then with
 * `lastWords` on its standard output), or of losing its parent. Resolves once that is watched.
 */
export async function endBeyondMemory(bytesMax: number, lastWords: string): Promise<void> {
  const worker = new Worker(watcher, { eval: true, execArgv: [], workerData: { bytesMax, lookEveryMs, lastWords } });
  worker.unref();
  await new Promise<void>((resolve, reject) => {
    worker.once('online', resolve);
    worker.once('error', reject);
  });
}
