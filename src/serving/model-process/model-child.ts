import { spawn, type ChildProcess } from 'node:child_process';
import { rootDir } from '../../config.ts';
import { sayMebibytes, type ModelProcessSpec } from '../../domain/spec/parts/model-process.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { startArguments } from '../../entry-point.ts';
import { deferred, type Deferred } from './deferred.ts';
import { memoryWord, type FromModel, type PackedRows, type ToModel } from './model-messages.ts';

export type ChildLimits = Omit<ModelProcessSpec, 'process'>;

export interface ChildEnd {
  /** What ended it: `stopped` is our own word. */
  readonly how: 'memory' | 'timeout' | 'refused' | 'crashed' | 'stopped';
  /** A part of a sentence: `it held more than 512 MiB of memory`. */
  readonly why: string;
}

/** One child process with one model in it, from its start to its end. */
export interface ModelChild {
  readonly pid: number;
  /** Resolves with the type of each input once it answers; rejects where it ends before. */
  readonly loaded: Promise<ReadonlyMap<string, string>>;
  /** Rejects with `unsupported` where the model fails on these rows, and with `unavailable` when the child ends. */
  score(rows: PackedRows): Promise<Float64Array>;
  readonly ended: Promise<ChildEnd>;
  /** Resident memory, as it was last told. */
  readonly bytes: number;
  /** What it held before the model was loaded. */
  readonly idleBytes: number;
  /** The most that it ever held. */
  peakBytes(): Promise<number>;
  end(): void;
}

/** As for an inference process, which loads the same files. */
const loadTimeoutMs = 120_000;

/** Starts a child for the file at `path`. A load or a run beyond its time ends it. */
export function startModelChild(path: string, signature: Signature, limits: ChildLimits): ModelChild {
  const child = spawn(process.execPath, startArguments('main-model'), {
    cwd: rootDir,
    env: {},
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  const loaded = deferred<ReadonlyMap<string, string>>();
  loaded.promise.catch(() => undefined);
  const ended = deferred<ChildEnd>();
  const runs = new Map<number, Deferred<Float64Array>>();
  const memory = { bytes: 0, idleBytes: 0 };
  let measuring: Deferred<number> | null = null;
  let lastId = 0;
  let end: ChildEnd | null = null;
  let isGone = false;

  const endFor = (how: ChildEnd['how'], why: string): void => {
    end ??= { how, why };
    child.kill('SIGKILL');
  };
  const loading = setTimeout(() => endFor('timeout', `it took more than ${loadTimeoutMs} ms to load`), loadTimeoutMs);
  child.stdout?.on('data', (said: Buffer) => {
    if (said.toString().includes(memoryWord))
      end ??= { how: 'memory', why: `it held more than ${sayMebibytes(limits.memoryBytesMax)} of memory` };
  });
  child.on('message', (message: FromModel) => {
    if (message.say === 'memory') memory.bytes = message.bytes;
    else if (message.say === 'measured') measuring?.resolve(message.peakBytes);
    else if (message.say === 'refused') endFor('refused', message.reason);
    else if (message.say === 'loaded') {
      clearTimeout(loading);
      memory.idleBytes = message.idleBytes;
      loaded.resolve(message.inputTypes);
    } else if (message.say === 'scored') runs.get(message.id)?.resolve(message.scores);
    else runs.get(message.id)?.reject(new PerennialError('unsupported', message.reason));
  });
  whenGone(child, (how) => {
    clearTimeout(loading);
    isGone = true;
    end ??= { how: 'crashed', why: `it ended (${how})` };
    const error = new PerennialError('unavailable', `The process of the model has ended: ${end.why}.`);
    // First of all, so that whoever is told of a failed run finds the child gone.
    ended.resolve(end);
    loaded.reject(error);
    measuring?.reject(error);
    for (const run of runs.values()) run.reject(error);
  });
  tell(child, { say: 'load', path, signature, memoryBytesMax: limits.memoryBytesMax });
  return {
    pid: child.pid ?? 0,
    loaded: loaded.promise,
    ended: ended.promise,
    get bytes() {
      return memory.bytes;
    },
    get idleBytes() {
      return memory.idleBytes;
    },
    async peakBytes() {
      if (isGone) throw new PerennialError('unavailable', 'The process of the model has ended.');
      measuring = deferred<number>();
      tell(child, { say: 'measure' });
      return measuring.promise;
    },
    async score(rows) {
      if (isGone) throw new PerennialError('unavailable', 'The process of the model has ended.');
      const id = ++lastId;
      const run = deferred<Float64Array>();
      runs.set(id, run);
      const { timeoutMs } = limits;
      const timer = setTimeout(() => endFor('timeout', `a run took more than ${timeoutMs} ms`), timeoutMs);
      tell(child, { say: 'score', id, ...rows });
      return run.promise.finally(() => {
        clearTimeout(timer);
        runs.delete(id);
      });
    },
    end: () => endFor('stopped', 'it was stopped'),
  };
}

/** Once, when the process is gone and its last words have been read, or when it could not be started. */
function whenGone(child: ChildProcess, then: (how: string) => void): void {
  let hasHappened = false;
  const once = (how: string): void => {
    if (!hasHappened) then(how);
    hasHappened = true;
  };
  child.once('error', () => {
    if (child.pid === undefined) once('it could not be started');
  });
  child.once('close', (code, signal) => once(signal ?? `code ${code}`));
}

/** The channel may close at any moment; the end of the child is then noticed by itself. */
function tell(child: ChildProcess, message: ToModel): void {
  if (child.connected) child.send(message, () => undefined);
}
