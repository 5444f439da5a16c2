import type { Worker } from 'node:cluster';
import type { Forked } from './spare-worker.ts';
import { fromWorkerKinds, isMessage, type FromPrimary, type FromWorker } from './cluster-messages.ts';
import { deferred } from '../model-process/deferred.ts';
import { pulseLimits, watchWorker } from './watch-pulse.ts';

/** One forked worker, from its first word to its end. The sets and flags change as it speaks. */
export interface WorkerHandle {
  readonly processId: string;
  readonly pid: number;
  /** Versions that it has begun to load. */
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
  readonly hasCrashed: boolean;
  readonly how: string;
}

interface State {
  phase: 'starting' | 'loading' | 'serving';
  port: number;
  hasEnded: boolean;
  unable: string | null;
  hasTimedOut: boolean;
  isSilent: boolean;
  isRetired: boolean;
}

const crashSignals = new Set(['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP']);
const killAfterGraceMs = 3_000;

/**
 * Follows a worker and starts it as soon as it has greeted. Until then, and with each version that it loads, it may
 * take `loadTimeoutMs`; between that it is asked for signs of life.
 */
export function followWorker(
  { worker, hasGreeted }: Forked,
  start: { readonly processId: string; readonly excluded: readonly string[] },
  loadTimeoutMs: number,
): WorkerHandle {
  const state: State = {
    phase: 'starting',
    port: 0,
    hasEnded: false,
    unable: null,
    hasTimedOut: false,
    isSilent: false,
    isRetired: false,
  };
  const touched = new Set<string>();
  const loaded = new Set<string>();
  const failed = new Set<string>();
  const starting = deferred<string | null>();
  const ending = deferred<WorkerEnd>();
  const silence = limitSilence(worker, state, loadTimeoutMs);
  const begin = (): void => {
    tell(worker, { say: 'start', ...start });
    silence.askForLife();
  };

  worker.on('message', (message: unknown) => {
    if (!isMessage<FromWorker>(message, fromWorkerKinds)) return;
    if (message.say === 'hello') begin();
    if (message.say === 'unable') state.unable = message.reason;
    if (message.say === 'loading') {
      touched.add(message.key);
      state.phase = 'loading';
      silence.waitForLoading();
    }
    if (message.say === 'ready') {
      for (const key of message.loaded) loaded.add(key);
      for (const key of message.failed) failed.add(key);
      state.phase = 'serving';
      state.port = message.port;
      silence.askForLife();
      starting.resolve(null);
    }
  });
  worker.on('error', () => undefined);
  worker.once('exit', (code: number | null, signal: string | null) => {
    silence.end();
    const how = howOf(state, code, signal, loadTimeoutMs);
    ending.resolve({ hasCrashed: isCrash(state, code, signal), how });
    starting.resolve(state.unable ?? `the process ended (${how})`);
    state.hasEnded = true;
  });
  // Whoever waits for a worker that never says a word would wait for ever.
  if (hasGreeted) begin();
  else silence.waitForLoading();
  return {
    processId: start.processId,
    pid: worker.process.pid ?? 0,
    touched,
    loaded,
    failed,
    get port() {
      return state.port;
    },
    started: starting.promise,
    ended: ending.promise,
    get hasEnded() {
      return state.hasEnded;
    },
    retire(graceMs) {
      // While it drains the grace bounds it.
      silence.end();
      return retire(worker, state, ending.promise, graceMs);
    },
    kill: () => {
      state.isRetired = true;
      worker.process.kill('SIGKILL');
    },
  };
}

interface Silence {
  waitForLoading(): void;
  askForLife(): void;
  end(): void;
}

/** Ends a worker that is silent for too long. Loading blocks its event loop: then a time-out stands for questions. */
function limitSilence(worker: Worker, state: State, loadTimeoutMs: number): Silence {
  let end = (): void => undefined;
  return {
    waitForLoading() {
      end();
      const timer = setTimeout(() => {
        state.hasTimedOut = true;
        worker.process.kill('SIGKILL');
      }, loadTimeoutMs);
      end = () => clearTimeout(timer);
    },
    askForLife() {
      end();
      if (state.isRetired) return;
      const pulse = watchWorker(worker, () => (state.isSilent = true));
      end = () => pulse.stop();
    },
    end: () => end(),
  };
}

function howOf(state: State, code: number | null, signal: string | null, loadTimeoutMs: number): string {
  if (state.hasTimedOut) return `loading took more than ${loadTimeoutMs} ms`;
  if (state.isSilent) return `it gave no sign of life for ${pulseLimits.everyMs * pulseLimits.unansweredMax} ms`;
  return signal ?? `code ${code}`;
}

/** SIGKILL is how people and the kernel end processes: it accuses a version only while one is being loaded. */
function isCrash(state: State, code: number | null, signal: string | null): boolean {
  if (state.isRetired || state.unable !== null) return false;
  if (state.hasTimedOut || state.isSilent) return true;
  if (signal === null) return code !== 0;
  return crashSignals.has(signal) || (signal === 'SIGKILL' && state.phase === 'loading');
}

async function retire(worker: Worker, state: State, ended: Promise<WorkerEnd>, graceMs: number): Promise<WorkerEnd> {
  state.isRetired = true;
  // One that does not serve yet has nothing to drain.
  if (state.phase !== 'serving') worker.process.kill('SIGKILL');
  tell(worker, { say: 'retire', graceMs });
  const killer = setTimeout(() => worker.process.kill('SIGKILL'), graceMs + killAfterGraceMs);
  return ended.finally(() => clearTimeout(killer));
}

/** The channel may close at any moment; the end of the worker is then noticed by itself. */
function tell(worker: Worker, message: FromPrimary): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}
