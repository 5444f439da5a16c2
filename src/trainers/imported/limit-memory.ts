import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';

/** What an import may take beside copies of its own files. */
const importMemoryBytes = 1024 * 1024 * 1024;
/** A model file is in memory as it came, renamed, and as the runtime holds it, before and after it is wrapped. */
const copiesOfModel = 6;
/** A table is in memory as text, as cells and as columns. */
const copiesOfTable = 10;
const lookEveryMs = 10;

/** The process is busy in native code while it takes memory, so another thread looks; it cannot be kept waiting. */
const watcher = `
  const { workerData } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  setInterval(() => {
    if (process.memoryUsage.rss() <= workerData.bytesMax) return;
    try { writeSync(1, workerData.answer); } catch {}
    process.kill(process.pid, 'SIGKILL');
  }, workerData.lookEveryMs);
`;

/**
 * Ends this process, with a refusal as its answer, as soon as it holds more than an import may: 1 GiB beside its own
 * files. Resolves once the memory is watched.
 */
export async function limitMemory(models: readonly string[], tables: readonly (string | null)[]): Promise<void> {
  const modelBytes = await sizeOf(models);
  const bytesMax = importMemoryBytes + copiesOfModel * modelBytes + copiesOfTable * (await sizeOf(tables));
  const error = {
    code: 'unsupported',
    message: `The model needs more than ${Math.round(bytesMax / 1024 ** 2)} MiB of memory to be tried.`,
    hint: 'Export a smaller model, whose memory grows only as the number of rows does.',
    path: 'model',
  };
  const worker = new Worker(watcher, {
    eval: true,
    execArgv: [],
    workerData: { bytesMax, lookEveryMs, answer: `${JSON.stringify({ error })}\n` },
  });
  worker.unref();
  await new Promise<void>((resolve, reject) => {
    worker.once('online', resolve);
    worker.once('error', reject);
  });
}

async function sizeOf(files: readonly (string | null)[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (file === null ? 0 : (await stat(file)).size)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
