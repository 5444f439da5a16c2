import type { Worker } from 'node:cluster';
import { fromWorkerKinds, isMessage, type FromPrimary, type FromWorker } from './cluster-messages.ts';
import { deferred } from './deferred.ts';

export interface WorkerHandle {
  readonly processId: string;
  readonly pid: number;
  /** Versions in memory, or being loaded. */
  readonly touched: ReadonlySet<string>;
  readonly loaded: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
  readonly port: number;
  /** Resolves once: with null when it serves, or with why it never will. */
  readonly started: Promise<string | null>;
  readonly ended: Promise<WorkerEnd>;
  readonly hasEnded: boolean;
  /** Asks it to drain and end; kills it when it has not within `graceMs` and a little. */
  retire(graceMs: number): Promise<WorkerEnd>;
  kill(): void;
}

export interface WorkerEnd {
  /** True when native code or a bug ended it: the versions that it held are suspects. */
  readonly crashed: boolean;
  readonly how: string;
}

const crashSignals = new Set(['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP']);
const killAfterGraceMs = 3_000;

/** Follows one forked worker from its first word to its end. Loading one version may take `loadTimeoutMs`. */
export function followWorker(worker: Worker, start: { readonly processId: string; readonly excluded: readonly string[] }, loadTimeoutMs: number): WorkerHandle {
  const touched = new Set<string>();
  const loaded = new Set<string>();
  const failed = new Set<string>();
  let port = 0;
  let hasEnded = false;
  let serving = false;
  let loading = false;
  let unable: string | null = null;
  let timedOut = false;
  let retired = false;
  let loadTimer: NodeJS.Timeout | undefined;
  const starting = deferred<string | null>();
  const ending = deferred<WorkerEnd>();

  const say = (message: FromPrimary): void => {
    // The channel may close at any moment; the end is then noticed by itself.
    if (worker.isConnected()) worker.send(message, (error: Error | null) => void error);
  };
  worker.on('message', (message: unknown) => {
    if (!isMessage<FromWorker>(message, fromWorkerKinds)) return;
    if (message.say === 'hello') say({ say: 'start', ...start });
    if (message.say === 'unable') unable = message.reason;
    if (message.say === 'loading') {
      touched.add(message.key);
      loading = true;
      clearTimeout(loadTimer);
      loadTimer = setTimeout(() => {
        timedOut = true;
        worker.process.kill('SIGKILL');
      }, loadTimeoutMs);
    }
    if (message.say === 'ready') {
      clearTimeout(loadTimer);
      serving = true;
      loading = false;
      port = message.port;
      for (const key of message.loaded) loaded.add(key);
      for (const key of message.failed) failed.add(key);
      starting.resolve(null);
    }
  });
  worker.on('error', () => undefined);
  worker.once('exit', (code: number | null, signal: string | null) => {
    clearTimeout(loadTimer);
    hasEnded = true;
    const how = timedOut ? `loading took more than ${loadTimeoutMs} ms` : (signal ?? `code ${code}`);
    // SIGKILL is how people and the kernel end processes: it accuses a version only while one is being loaded.
    const crashed = !retired && unable === null && (timedOut || (signal === null ? code !== 0 : crashSignals.has(signal) || (signal === 'SIGKILL' && loading)));
    starting.resolve(unable ?? `the process ended (${how})`);
    ending.resolve({ crashed, how });
  });

  return {
    processId: start.processId,
    pid: worker.process.pid ?? 0,
    touched,
    loaded,
    failed,
    get port() {
      return port;
    },
    started: starting.promise,
    ended: ending.promise,
    get hasEnded() {
      return hasEnded;
    },
    async retire(graceMs) {
      retired = true;
      if (!serving) worker.process.kill('SIGKILL');
      say({ say: 'retire', graceMs });
      const killer = setTimeout(() => worker.process.kill('SIGKILL'), graceMs + killAfterGraceMs);
      return ending.promise.finally(() => clearTimeout(killer));
    },
    kill: () => {
      retired = true;
      worker.process.kill('SIGKILL');
    },
  };
}
